/**
 * Plain JSON in two thirds of its characters, and back to the last bit.
 *
 * A list whose numbers are all whole in some decimal place becomes `~`, how many decimals, and each number as whole
 * parts: sign in the lowest bit, then five bits a character, the sixth saying that more follow. An object becomes a list
 * of `~`, the number of its shape (which fields, in which order) and the fields' values.
 *
 * Reference: Source Map format (ECMA-426), "Base64 VLQ". Worked number: [0.5, -1, 16] is 5, -10 and 160 tenths:
 * "~1KVgK".
 */
export interface Packed {
  readonly shapes: readonly (readonly string[])[];
  readonly value: unknown;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const MIN_LENGTH = 3;
const MAX_DECIMALS = 7;
/** Beyond it twice a number is no longer exact. */
const MAX_PARTS = 2 ** 51;

export function pack(value: unknown): Packed {
  const known = new Map<string, number>();
  const shapes: (readonly string[])[] = [];
  const shapeOf = (fields: readonly string[]): number => {
    const name = JSON.stringify(fields);
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, shapes.length);
    return shapes.push(fields) - 1;
  };
  const packed = (one: unknown): unknown => {
    if (typeof one === 'string') return one.startsWith('~') ? `~~${one}` : one;
    if (Array.isArray(one)) return packList(one) ?? one.map(packed);
    if (typeof one !== 'object' || one === null) return one;
    return ['~', shapeOf(Object.keys(one)), ...Object.values(one).map(packed)];
  };
  return { value: packed(value), shapes };
}

export function unpack({ shapes, value }: Packed): unknown {
  const unpacked = (one: unknown): unknown => {
    if (typeof one === 'string') return one.startsWith('~~') ? one.slice(2) : unpackList(one);
    if (!Array.isArray(one)) return one;
    if (one[0] !== '~') return one.map(unpacked);
    const fields = shapes[Number(one[1])] ?? [];
    return Object.fromEntries(fields.map((field, i) => [field, unpacked(one[2 + i])]));
  };
  return unpacked(value);
}

/** null where there is nothing to gain, or some number is of no few decimals. */
function packList(list: readonly unknown[]): string | null {
  if (list.length < MIN_LENGTH) return null;
  let decimals = 0;
  for (const number of list) {
    while (decimals <= MAX_DECIMALS && !isWhole(number, 10 ** decimals)) decimals++;
    if (decimals > MAX_DECIMALS) return null;
  }
  // A number of before may be too large for the decimals that a later one has.
  if (!list.every((number) => isWhole(number, 10 ** decimals))) return null;
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
