/** Times by the clocks of a place; whoever shows them says which. */

/** ISO's order of digits, whatever the language of the machine. */
const ORDER = 'sv-SE';

/** `04:10:17` */
export function clockText(instant: string, zone: string): string {
  return whole(instant, zone).slice(11);
}

/** `2026-11-29 04:10` */
export function minuteText(instant: string, zone: string): string {
  return whole(instant, zone).slice(0, 16);
}

function whole(instant: string, zone: string): string {
  return new Intl.DateTimeFormat(ORDER, { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
    new Date(instant),
  );
}
