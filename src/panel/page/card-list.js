/**
 * The cards on the screen. Each is in a frame where nothing of it can run; what the agent answers is ours, outside of
 * it. A card counts as rendered when it was painted and could be seen, and with the hash of what its frame holds.
 */
import { steadyNow } from './steady-now.js';
import { WORDS } from './words.js';

/**
 * @typedef {{ cardId: string, title: string, html: string, before: string, after: string, receipt: string,
 *   silenceMs: number | null, size?: string, position?: string }} CardMessage
 * @typedef {{ message: CardMessage, element: HTMLElement, frame: HTMLIFrameElement, receivedAt: number,
 *   isPainted: boolean, isInView: boolean, isTold: boolean, isAnswered: boolean,
 *   isVouched: boolean, heardAt: number }} Card
 */

/** Half of a card, or as much of it as fits. */
const IN_VIEW = 0.5;

/**
 * @param {HTMLElement} container
 * @param {{ tell: (kind: string, card: CardMessage, sinceMs: number, sha256?: string) => void,
 *   isVisible: () => boolean, onChange: () => void, say: (text: string) => void }} deps
 */
export function createCardList(container, { tell, isVisible, onChange, say }) {
  /** @type {Map<string, Card>} */
  const cards = new Map();
  /** Of cards that were here and are gone: they do not come again. @type {Set<string>} */
  const over = new Set();

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, intersectionRatio } of entries)
        for (const card of cards.values())
          if (card.frame === target) card.isInView = isIntersecting && intersectionRatio > 0;
      tellRendered();
    },
    { threshold: [0, IN_VIEW] },
  );

  const since = (/** @type {Card} */ card) => performance.now() - card.receivedAt;

  function tellRendered() {
    if (!isVisible()) return;
    for (const card of cards.values()) {
      if (!card.isPainted || !card.isInView || card.isTold || card.element.hidden) continue;
      card.isTold = true;
      const sinceMs = since(card);
      const { before, after } = card.message;
      const painted = card.frame.srcdoc.slice(before.length, card.frame.srcdoc.length - after.length);
      void sha256Of(painted).then((sha256) => tell('rendered', card.message, sinceMs, sha256));
    }
    onChange();
  }

  /** @param {Card} card */
  function remove(card) {
    observer.unobserve(card.frame);
    card.element.remove();
    cards.delete(card.message.cardId);
    over.add(card.message.cardId);
    onChange();
  }

  /** @param {Card} card @param {'accepted' | 'dismissed'} kind */
  function answer(card, kind) {
    if (card.isAnswered) return;
    card.isAnswered = true;
    tell(kind, card.message, since(card));
    if (kind === 'dismissed') remove(card);
    else showUsed(card);
  }

  /** @param {Card} card */
  function showUsed(card) {
    const answers = /** @type {HTMLElement} */ (card.element.querySelector('.answers'));
    const close = button(WORDS.close, () => remove(card));
    const used = document.createElement('p');
    used.textContent = WORDS.used;
    answers.replaceChildren(used, close);
    close.focus();
    say(WORDS.used);
    onChange();
  }

  /** @param {CardMessage} message */
  function build(message) {
    const element = document.createElement('article');
    element.className = ['card', ...(/^(small|medium|large)$/.test(message.size || '') ? [message.size] : [])].join(
      ' ',
    );
    const heading = document.createElement('h2');
    heading.id = `card-${message.cardId}`;
    heading.textContent = message.title;
    element.setAttribute('aria-labelledby', heading.id);
    const frame = document.createElement('iframe');
    // Before anything is in it.
    frame.setAttribute('sandbox', '');
    frame.setAttribute('referrerpolicy', 'no-referrer');
    frame.title = WORDS.cardOf(message.title);
    const answers = document.createElement('div');
    answers.className = 'answers';
    element.append(heading, frame, answers);
    /** @type {Card} */
    const card = {
      message,
      element,
      frame,
      receivedAt: performance.now(),
      isPainted: false,
      isInView: false,
      isTold: false,
      isAnswered: false,
      isVouched: true,
      heardAt: steadyNow(),
    };
    const use = button(WORDS.use, () => answer(card, 'accepted'));
    use.classList.add('first');
    answers.append(
      use,
      button(WORDS.dismiss, () => answer(card, 'dismissed')),
    );
    return card;
  }

  return {
    tellRendered,
    /** @param {CardMessage} message */
    showCard(message) {
      const known = cards.get(message.cardId);
      if (known) {
        known.element.hidden = false;
        known.isVouched = true;
        known.heardAt = steadyNow();
        known.message.silenceMs = message.silenceMs;
        onChange();
        return false;
      }
      if (over.has(message.cardId)) return false;
      const card = build(message);
      cards.set(message.cardId, card);
      card.frame.addEventListener('load', () =>
        afterPaint(() => {
          card.isPainted = true;
          tellRendered();
        }),
      );
      card.frame.srcdoc = message.before + message.html + message.after;
      if (message.position === 'bottom') container.append(card.element);
      else container.prepend(card.element);
      observer.observe(card.frame);
      say(WORDS.newCard(message.title));
      onChange();
      return true;
    },
    /** @param {string} cardId */
    withdraw(cardId) {
      const card = cards.get(cardId);
      over.add(cardId);
      if (!card) return;
      remove(card);
      say(WORDS.withdrawn);
    },
    /** What else is here is no longer open. @param {string[]} cardIds */
    keepOnly(cardIds) {
      for (const [cardId, card] of cards) if (!cardIds.includes(cardId)) remove(card);
    },
    /** Off the screen until it comes again. @param {string} cardId */
    conceal(cardId) {
      const card = cards.get(cardId);
      if (!card) return;
      card.element.hidden = true;
      onChange();
    },
    /** All of them, until the next stream shows them. */
    concealAll() {
      for (const { element } of cards.values()) element.hidden = true;
      onChange();
    },
    /** A stream began: of what is here it has said nothing yet. */
    awaitWord() {
      for (const card of cards.values()) card.isVouched = false;
    },
    /** The stream spoke: whatever it showed is still open. */
    hearWord() {
      for (const card of cards.values()) if (card.isVouched) card.heardAt = steadyNow();
    },
    /** True when a card was on the screen for too long without a word of the server that showed it. */
    concealSilent() {
      let concealed = false;
      for (const { element, message, heardAt } of cards.values()) {
        if (message.silenceMs === null || steadyNow() - heardAt <= message.silenceMs || element.hidden) continue;
        element.hidden = true;
        concealed = true;
      }
      if (concealed) onChange();
      return concealed;
    },
    /** Cards that wait for the agent's eye. */
    unseen: () => [...cards.values()].filter(({ isTold, isAnswered }) => !isTold && !isAnswered).length,
    count: () => [...cards.values()].filter(({ element }) => !element.hidden).length,
  };
}

/** @param {string} text @param {() => void} onPress */
function button(text, onPress) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.addEventListener('click', onPress);
  return made;
}

/** The frame after the next one begins when this one is on the screen; in a page that is hidden neither comes. @param {() => void} work */
function afterPaint(work) {
  requestAnimationFrame(() => requestAnimationFrame(work));
}

/** @param {string} text */
async function sha256Of(text) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
