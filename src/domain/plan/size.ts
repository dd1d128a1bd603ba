/**
 * Whether a value of JSON has more than `most` values in it, itself and all within. Looks at no more than that, however
 * deep it is.
 */
export function isLargerThan(value: unknown, most: number): boolean {
  const left: unknown[] = [value];
  for (let seen = 1; left.length > 0; seen++) {
    const next = left.pop();
    const within: unknown[] = typeof next === 'object' && next !== null ? Object.values(next) : [];
    if (seen + left.length + within.length > most) return true;
    left.push(...within);
  }
  return false;
}
