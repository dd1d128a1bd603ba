/** An ISO instant to the second, as tables and pages show it: `2026-11-29 03:10:17`, UTC. */
export function secondText(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ');
}

const INSTANT = /\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z| UTC)/g;

/** What is said between instants (UTC), and each of them as ISO has it, in turn: the first, the third … are words. */
export function splitAtInstants(text: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: found, 1: day, 2: clock, index } of text.matchAll(INSTANT)) {
    parts.push(text.slice(from, index), `${day}T${clock}Z`);
    from = index + found.length;
  }
  return [...parts, text.slice(from)];
}

/** A sentence with its instants to the second, for who reads it as text. */
export function withSeconds(text: string): string {
  return splitAtInstants(text)
    .map((part, at) => (at % 2 === 0 ? part : `${secondText(part)} UTC`))
    .join('');
}
