/** A plan is checked while it is written: what is wrong stands under it a moment later. */
import { put } from './live.js';

const QUIET_MS = 500;

/** @param {HTMLFormElement} form */
export function checkWhileWritten(form) {
  /** @type {number | undefined} */
  let timer;
  let asked = 0;
  const ask = async (/** @type {string | null} */ forecast) => {
    const at = ++asked;
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.append(name, value);
    if (forecast !== null) fields.set('forecast', forecast);
    const answer = await fetch(form.action, { method: 'POST', body: fields, headers: { accept: 'application/json' } });
    if (at !== asked) return;
    const told = await answer.json();
    if (answer.ok) put(forecast === null ? { lint: told.lint } : told);
    else say(`${told.detail} ${told.remedy}`);
  };
  const run = (/** @type {string | null} */ forecast) => {
    clearTimeout(timer);
    if (forecast !== null) say('It is being simulated: some seconds.', 'forecast');
    ask(forecast).catch(() => say('The console does not answer; what is written stays here.'));
  };
  form.addEventListener('input', (event) => {
    if (!(event.target instanceof HTMLTextAreaElement)) return;
    clearTimeout(timer);
    if (document.querySelector('#forecast > *'))
      say('The plan is another now: ask for its forecast again.', 'forecast');
    timer = window.setTimeout(() => run(null), QUIET_MS);
  });
  form.addEventListener('submit', (event) => {
    const by = event.submitter;
    if (!(by instanceof HTMLButtonElement) || by.hasAttribute('formaction')) return;
    event.preventDefault();
    run(by.name === 'forecast' ? by.value : null);
  });
}

/** @param {string} text */
function say(text, id = 'lint') {
  const place = document.getElementById(id);
  if (place !== null) place.textContent = text;
}
