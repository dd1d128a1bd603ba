/**
 * As much of npm's version ranges as packages use for `engines.node`: `>=20`, `^18.14.0 || ^20`, `6.*`, `>= 10.x`, `16
 * || 14 >=14.17`.
 */
type Version = readonly [number, number, number];

export function accepts(range: string, version: string): boolean {
  const wanted = parse(version).version;
  return range.split('||').some((alternative) => comparators(alternative).every((holds) => holds(wanted)));
}

const COMPARATOR = /(?<sign>>=|<=|>|<|=|\^|~)?\s*v?(?<version>[\d*x]+(?:\.[\d*x]+){0,2})/gi;

function comparators(alternative: string): ((version: Version) => boolean)[] {
  const rest = alternative.replaceAll(COMPARATOR, '').trim();
  if (rest !== '') throw new Error(`cannot read "${rest}" in the range "${alternative}"`);
  return [...alternative.matchAll(COMPARATOR)].map(({ groups }) =>
    comparator(groups?.['sign'] ?? '', groups?.['version'] ?? ''),
  );
}

function comparator(sign: string, text: string): (version: Version) => boolean {
  const { version: limit, precision } = parse(text);
  switch (sign) {
    case '>=':
      return (version) => compare(version, limit) >= 0;
    case '>':
      return (version) => compare(version, limit) > 0;
    case '<':
      return (version) => compare(version, limit) < 0;
    case '<=':
      return (version) => compare(version, limit) <= 0;
    case '^':
      return (version) => compare(version, limit) >= 0 && version[0] === limit[0];
    case '~':
      return (version) => compare(version, limit) >= 0 && same(version, limit, Math.min(precision, 2));
    default:
      return (version) => same(version, limit, precision);
  }
}

/** `20`, `20.x` and `20.*` have precision 1. */
function parse(text: string): { version: Version; precision: number } {
  const parts = text
    .split('.')
    .map(Number)
    .filter((part) => !Number.isNaN(part));
  return { version: [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0], precision: parts.length };
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function same(a: Version, b: Version, precision: number): boolean {
  return a.slice(0, precision).every((part, index) => part === b[index]);
}
