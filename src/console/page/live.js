/** Puts what a stream tells in the place of the elements that it names; what somebody does there meanwhile stays. */
import { Idiomorph } from './idiomorph.js';
import { showTimes } from './times.js';

const CUT_AFTER_MS = 3000;
const AGAIN_MS = 10_000;
/** @type {Record<string, string>} */
const OVER = {
  session: 'Your session has ended: sign in again.',
  right: 'You may not look at it any more: an admin grants it in operators.yaml.',
};

/** @param {string} address */
export function follow(address) {
  const state = liveSign();
  let source = open();

  function open() {
    const opened = new EventSource(address);
    opened.addEventListener('open', () => state.live());
    opened.addEventListener('fragments', (event) => {
      put(JSON.parse(event.data));
      state.live();
    });
    opened.addEventListener('end', (event) => {
      opened.close();
      const { why } = JSON.parse(event.data);
      state.over(OVER[why] ?? 'Not live any more: load it again.');
    });
    opened.addEventListener('error', () => {
      state.cut();
      // Refused, not cut: the browser does not try again by itself.
      if (opened.readyState === EventSource.CLOSED) setTimeout(() => (source = open()), AGAIN_MS);
    });
    return opened;
  }

  addEventListener('pagehide', () => source.close());
  // Out of the browser's back-forward cache.
  addEventListener('pageshow', (event) => {
    if (event.persisted) source = open();
  });
}

function liveSign() {
  const place = document.getElementById('live');
  /** @type {number | undefined} */
  let timer;
  let isOver = false;
  /** @param {string} text @param {string} style */
  const show = (text, style) => {
    if (place === null || place.textContent === text) return;
    place.textContent = text;
    place.className = style;
  };
  return {
    live() {
      clearTimeout(timer);
      timer = undefined;
      show('● live', 'good');
    },
    cut() {
      if (isOver || timer !== undefined) return;
      const since = new Date().toLocaleTimeString('sv-SE');
      timer = window.setTimeout(() => show(`✖ not live since ${since}: trying again`, 'bad'), CUT_AFTER_MS);
    },
    /** @param {string} text */
    over(text) {
      isOver = true;
      clearTimeout(timer);
      show(`✖ ${text}`, 'bad');
    },
  };
}

/** @param {Record<string, string>} fragments */
export function put(fragments) {
  for (const [id, text] of Object.entries(fragments)) {
    const place = document.getElementById(id);
    if (place !== null)
      void Idiomorph.morph(place, text, {
        restoreFocus: true,
        callbacks: { beforeNodeMorphed, beforeAttributeUpdated },
      });
  }
  showTimes();
}

/** What somebody has typed or chosen is theirs. @param {Node} old */
function beforeNodeMorphed(old) {
  return !isTouched(old);
}

/** @param {Node} node */
function isTouched(node) {
  if (node instanceof HTMLTextAreaElement) return node.value !== node.defaultValue;
  if (node instanceof HTMLSelectElement) return [...node.options].some((one) => one.selected && one.index > 0);
  if (!(node instanceof HTMLInputElement) || node.type === 'hidden') return false;
  return node.value !== node.defaultValue || node.checked !== node.defaultChecked || node === document.activeElement;
}

/** What somebody has opened or shut stays so. @param {string} name @param {Element} node */
function beforeAttributeUpdated(name, node) {
  return !(name === 'open' && node instanceof HTMLDetailsElement);
}
