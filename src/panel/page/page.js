/** The page beside a conversation: signs in, follows the stream, shows cards, tells what became of them. */
import { createCardList } from './card-list.js';
import { connectDesktop } from './desktop.js';
import { createEventQueue } from './event-queue.js';
import { createSession } from './session.js';
import { answerOpener, createSignIn, openedWith } from './sign-in.js';
import { followStream, waitMs } from './stream.js';
import { createVisibility } from './visibility.js';
import { WORDS } from './words.js';

const state = /** @type {HTMLElement} */ (document.getElementById('state'));
const said = /** @type {HTMLElement} */ (document.getElementById('said'));
const signInButton = /** @type {HTMLButtonElement} */ (document.getElementById('sign-in'));
const pageId = uuid();
/** Told once, until something else is. @param {string} text */
const show = (text) => void (state.textContent !== text && (state.textContent = text));
const sleep = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Not `crypto.randomUUID`: the oldest browsers of agents have none. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** @param {URLSearchParams} query @param {string} conversationId @param {ReturnType<typeof createSignIn>} signIn */
function start(query, conversationId, signIn) {
  const session = createSession(conversationId, signIn);
  let isOver = false;
  let current = new AbortController();

  const queue = createEventQueue(async (events, keepalive) => {
    if (session.current() === null) return 'later';
    try {
      const answer = await fetch('panel/events', {
        method: 'POST',
        credentials: 'omit',
        keepalive,
        headers: { authorization: `Bearer ${session.current()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ page: pageId, events }),
      });
      if (answer.ok) return 'taken';
      if (answer.status === 401) current.abort();
      return [401, 408, 429].includes(answer.status) || answer.status >= 500 ? 'later' : 'refused';
    } catch {
      return 'later';
    }
  });
  const visibility = createVisibility((visible) => {
    queue.push({ id: uuid(), kind: visible ? 'visible' : 'hidden' });
    // The timers of a page that nobody sees are slowed down.
    noticeSilence();
    cards.tellRendered();
  });
  const desktop = connectDesktop({ onVisible: (visible) => visibility.desktopSays(visible), onStop: stop }, query);
  const cards = createCardList(/** @type {HTMLElement} */ (document.getElementById('cards')), {
    tell: (kind, { cardId, receipt }, sinceMs, sha256) =>
      queue.push({ id: uuid(), kind, cardId, receipt, sinceMs, ...(sha256 ? { sha256 } : {}) }),
    isVisible: visibility.is,
    onChange: () => {
      desktop.setAttention(visibility.is() ? 0 : cards.unseen());
      if (isFollowing) show(cards.count() > 0 ? WORDS.none : WORDS.waiting);
    },
    say: (text) => void (said.textContent = text),
  });
  let isFollowing = false;

  /** @param {string} name @param {any} data */
  const onEvent = (name, data) => {
    cards.hearWord();
    if (name === 'card') {
      if (cards.showCard(data) && !visibility.is()) desktop.toast(WORDS.newCard(data.title));
    } else if (name === 'withdraw') cards.withdraw(data.cardId);
    else if (name === 'conceal') cards.conceal(data.cardId);
    else if (name === 'open') cards.keepOnly(data.cards);
    else if (name === 'end' && data.why === 'replaced') {
      isFollowing = false;
      stopAll();
      show(WORDS.elsewhere);
    }
  };

  // A server that fell silent may be dead, and what it showed taken back: the way to another is looked for.
  function noticeSilence() {
    if (cards.concealSilent()) current.abort();
  }
  const watch = setInterval(() => {
    noticeSilence();
    if (session.isDue()) current.abort();
  }, 250);

  const stopAll = () => {
    isOver = true;
    clearInterval(watch);
    current.abort();
    // Nobody watches over them any more.
    cards.keepOnly([]);
  };
  async function stop() {
    queue.push({ id: uuid(), kind: 'hidden' });
    queue.flush();
    stopAll();
  }
  window.addEventListener('pagehide', () => queue.flush());
  window.addEventListener('online', () => queue.tryAgain());

  /** Until it is over. */
  return async function follow() {
    for (let tries = 0; ; tries += 1) {
      const hindrance = !isOver && session.isDue() ? await session.open() : null;
      // Perhaps meanwhile.
      if (isOver) return;
      if (hindrance !== null) {
        isFollowing = false;
        if (hindrance.why === 'signIn') {
          // Nobody watches over them until somebody has.
          cards.concealAll();
          await signInSomehow(signIn);
          show(WORDS.starting);
          continue;
        }
        show(WORDS[/** @type {'notYours'} */ (hindrance.why)]);
        await sleep(Math.max(hindrance.again, waitMs(tries)));
        continue;
      }
      current = new AbortController();
      const query = `page=${pageId}&state=${visibility.is() ? 'visible' : 'hidden'}`;
      try {
        await followStream(`panel/stream?${query}`, session.current() || '', {
          onOpen: () => {
            tries = 0;
            cards.awaitWord();
            isFollowing = true;
            show(cards.count() > 0 ? WORDS.none : WORDS.waiting);
            queue.tryAgain();
          },
          onEvent,
          signal: current.signal,
        });
      } catch (broken) {
        const { status } = /** @type {{ status?: number }} */ (broken);
        if (status === 401) session.end();
        if (!current.signal.aborted && status !== 401) {
          isFollowing = false;
          show(status === 429 ? WORDS.tooMany : WORDS.unreachable);
        }
      }
      // What was broken off by us goes on at once.
      if (!isOver && !(current.signal.aborted && tries === 0)) await sleep(waitMs(tries));
    }
  };
}

const LOOK_MS = 500;

/** @param {ReturnType<typeof createSignIn>} signIn @param {string} why */
function askToSignIn(signIn, why) {
  show(why);
  signInButton.hidden = false;
  return new Promise((resolve) => {
    const press = () => void signInWith();
    const done = () => {
      clearInterval(watch);
      signInButton.hidden = true;
      signInButton.removeEventListener('click', press);
      resolve(undefined);
    };
    // Another panel of the tab may get the token.
    const watch = setInterval(() => {
      if (signIn.heldToken() !== null) done();
    }, LOOK_MS);
    const signInWith = async () => {
      show(WORDS.signingIn);
      try {
        await signIn.inWindow();
      } catch (error) {
        const code = /** @type {Error} */ (error).message;
        show(code === 'popupBlocked' || code === 'popupClosed' ? WORDS[code] : WORDS.signInRefused);
        return;
      }
      done();
    };
    signInButton.addEventListener('click', press);
  });
}

/** @param {ReturnType<typeof createSignIn>} signIn */
async function signInSomehow(signIn) {
  let why = signIn.isStorageBlocked ? WORDS.storageBlocked : WORDS.signIn;
  try {
    if (await signIn.finish()) return;
  } catch {
    why = WORDS.signInRefused;
  }
  if (!signIn.needsWindow && why !== WORDS.signInRefused) {
    show(WORDS.signingIn);
    // Never comes back from there.
    if (await signIn.leave()) await new Promise(() => undefined);
    why = WORDS.signInRefused;
  }
  await askToSignIn(signIn, why);
}

async function readConfig() {
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await fetch('panel/config', { credentials: 'omit', cache: 'no-store' });
      if (answer.ok) return await answer.json();
    } catch {
      // Said below.
    }
    show(WORDS.unreachable);
    await sleep(waitMs(tries));
  }
}

async function main() {
  if (answerOpener()) return;
  const { search, returned } = openedWith();
  const conversationId = search.get('conversation');
  if (!conversationId) return show(WORDS.noConversation);
  if (!window.crypto || !window.crypto.subtle) return show(WORDS.insecure);
  const signIn = createSignIn(await readConfig(), { popup: search.get('popup') === 'true', returned });
  await signInSomehow(signIn);
  show(WORDS.starting);
  await start(search, conversationId, signIn)();
}

void main();
