/** What is new comes into the page by itself; without this script pages are read, and forms sent, all the same. */
import { follow } from './live.js';
import { checkWhileWritten } from './plan.js';
import { showTimes } from './times.js';

showTimes();
const address = document.body.dataset['stream'];
if (address !== undefined) follow(address);
const form = document.getElementById('plan-form');
if (form instanceof HTMLFormElement) checkWhileWritten(form);
const proof = document.querySelector('#sign-in-key textarea');
// A link from the command line signs in: what it carries stands behind the #, which no server is sent.
const linked = new URLSearchParams(location.hash.slice(1)).get('proof');
if (proof instanceof HTMLTextAreaElement && linked !== null) {
  proof.value = linked;
  history.replaceState(null, '', location.pathname + location.search);
  proof.form?.requestSubmit();
}
