/**
 * Colour codes of this program, told apart from those that hide in text of others: each carries a number that nobody
 * outside of
 * this process can know (in groups of four digits, for what measures widths knows no longer ones). What writes to the
 * terminal
 * keeps these and shows all others.
 */
import { randomInt } from 'node:crypto';

const OWN = Array.from({ length: 4 }, () => randomInt(1000, 10_000)).join(';');
const OWN_CODE = new RegExp(`\u001B\\[${OWN};(\\d+)m`);

/** `code`: of SGR, such as 31 for red. */
export function colour(code: number, text: string): string {
  return `\u001B[${OWN};${code}m${text}\u001B[${OWN};0m`;
}

/** The text with its own colours as terminals take them, and `clean` applied to everything else. */
export function withOwnColours(text: string, clean: (text: string) => string): string {
  return text
    .split(OWN_CODE)
    .map((part, at) => (at % 2 === 1 ? `\u001B[${part}m` : clean(part)))
    .join('');
}
