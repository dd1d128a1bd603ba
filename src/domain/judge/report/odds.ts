/** Numbers as a release manager reads them. Without locales, so that the same record always gives the same text. */

export function countText(value: number): string {
  return String(Math.round(value));
}

const MAX_ODDS = 1e9;

/** e^7.3 -> "1:1500": one chance in so many that a candidate without this effect would look like this. */
export function oddsText(logEvidence: number): string {
  if (logEvidence >= Math.log(MAX_ODDS)) return 'beyond 1:1000000000';
  const odds = Math.exp(Math.max(0, logEvidence));
  return `1:${odds < 10 ? String(Number(odds.toPrecision(2))) : String(Math.round(Number(odds.toPrecision(3))))}`;
}
