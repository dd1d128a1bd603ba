/** Times in the zone of whoever looks, with how long that is yet where it is waited for. */

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const SECOND_MS = 1000;
const DAY_S = 86_400;
let isTicking = false;

export function showTimes() {
  const place = document.getElementById('zone');
  if (place !== null && place.textContent !== zone) place.textContent = zone;
  for (const time of document.querySelectorAll('time[datetime]')) if (time instanceof HTMLTimeElement) show(time);
  if (isTicking || document.querySelector('time[data-until]') === null) return;
  isTicking = true;
  setInterval(() => {
    for (const time of document.querySelectorAll('time[data-until]')) if (time instanceof HTMLTimeElement) show(time);
  }, SECOND_MS);
}

/** @param {HTMLTimeElement} time */
function show(time) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const left = time.dataset['until'] === undefined ? '' : ` (${leftText(at.getTime() - Date.now())})`;
  const text = `${clockText(at)}${left}`;
  if (time.textContent === text) return;
  time.textContent = text;
  time.title = `${zone}; ${time.dateTime}`;
}

/** The Swedish way to write it is ISO's; without the day where it is today's. @param {Date} at */
function clockText(at) {
  const day = at.toLocaleDateString('sv-SE');
  const clock = at.toLocaleTimeString('sv-SE');
  return day === new Date().toLocaleDateString('sv-SE') ? clock : `${day} ${clock}`;
}

/** @param {number} ms */
function leftText(ms) {
  if (ms <= 0) return 'now';
  const s = Math.round(ms / SECOND_MS);
  if (s >= DAY_S) return `in ${Math.floor(s / DAY_S)} d ${Math.floor((s % DAY_S) / 3600)} h`;
  if (s >= 3600) return `in ${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} m`;
  return s >= 60 ? `in ${Math.floor(s / 60)} m ${s % 60} s` : `in ${s} s`;
}
