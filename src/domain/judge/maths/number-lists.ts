/**
 * Lists of numbers as text: some 40 % of the characters of JSON, and back to the last bit.
 *
 * A list whose numbers are all whole in some decimal place becomes `~`, how many decimals, and each number as whole
 * parts: sign in the lowest bit, then five bits a character, the sixth saying that more follow.
 *
 * Reference: Source Map format (ECMA-426), "Base64 VLQ". Worked number: [0.5, -1, 16] is 5, -10 and 160 tenths:
 * "~1KVgK".
 */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const MIN_LENGTH = 3;
const MAX_DECIMALS = 7;
/** Beyond it twice a number is no longer exact. */
const MAX_PARTS = 2 ** 51;

/** The value with its lists packed, wherever they are in it. */
export function packLists(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('~') ? `~~${value}` : value;
  if (Array.isArray(value)) return packList(value) ?? value.map(packLists);
  return mapFields(value, packLists);
}

/** What was packed. */
export function unpackLists(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('~~') ? value.slice(2) : unpackList(value);
  return Array.isArray(value) ? value.map(unpackLists) : mapFields(value, unpackLists);
}

function mapFields(value: unknown, change: (field: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, change(field)]));
}

/** null where there is nothing to gain, or some number is of no few decimals. */
function packList(list: readonly unknown[]): string | null {
  if (list.length < MIN_LENGTH) return null;
  let decimals = 0;
  for (const number of list) {
    while (decimals <= MAX_DECIMALS && !isWhole(number, 10 ** decimals)) decimals++;
    if (decimals > MAX_DECIMALS) return null;
  }
  let text = `~${decimals}`;
  for (const number of list) text += packParts(Math.round(Number(number) * 10 ** decimals));
  return text;
}

function isWhole(number: unknown, parts: number): boolean {
  if (typeof number !== 'number') return false;
  const whole = Math.round(number * parts);
  return Math.abs(whole) < MAX_PARTS && whole / parts === number;
}

function packParts(parts: number): string {
  let rest = 2 * Math.abs(parts) + (parts < 0 ? 1 : 0);
  let text = '';
  do {
    const low = rest % 32;
    rest = Math.floor(rest / 32);
    text += DIGITS[low + (rest > 0 ? 32 : 0)] ?? '';
  } while (rest > 0);
  return text;
}

function unpackList(text: string): string | readonly number[] {
  if (!text.startsWith('~')) return text;
  const parts = 10 ** Number(text[1]);
  const list: number[] = [];
  for (let at = 2, sum = 0, place = 1; at < text.length; at++) {
    const digit = DIGITS.indexOf(text[at] ?? 'A');
    sum += (digit % 32) * place;
    place *= 32;
    if (digit >= 32) continue;
    const whole = Math.floor(sum / 2);
    list.push((sum % 2 === 1 ? -whole : whole) / parts);
    [sum, place] = [0, 1];
  }
  return list;
}
