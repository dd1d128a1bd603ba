/**
 * SHA-256 of a text in UTF-8 (FIPS 180-4). Here and not from the platform, as the domain runs wherever plain values do.
 */

/** As a content policy writes it: `sha256-<base64>`. */
export function sha256Source(text: string): string {
  return `sha256-${btoa(String.fromCharCode(...digestOf(text)))}`;
}

export function sha256Hex(text: string): string {
  return digestOf(text)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

function digestOf(text: string): readonly number[] {
  const words = padded(new TextEncoder().encode(text));
  const state = [...INITIAL];
  for (let block = 0; block < words.length; block += 16) compress(state, words.subarray(block, block + 16));
  return state.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

/** Fractional parts of the roots of the first primes, as the standard defines its constants. */
const PRIMES = firstPrimes(64);
const INITIAL = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32) >>> 0;
}

/** The message, a one bit, zeros, and its length in bits, as words of 32 bits. */
function padded(message: Uint8Array): Uint32Array {
  const words = new Uint32Array((((message.length + 8) >> 6) + 1) * 16);
  const at = (index: number): number => message[index] ?? (index === message.length ? 0x80 : 0);
  for (let i = 0; i <= message.length; i++) words[i >> 2] = (words[i >> 2] ?? 0) | (at(i) << (24 - (i & 3) * 8));
  words[words.length - 2] = Math.floor(message.length / 2 ** 29);
  words[words.length - 1] = message.length << 3;
  return words;
}

function compress(state: number[], block: Uint32Array): void {
  const w = schedule(block);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i++) {
    const t1 =
      (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + (ROUND[i] ?? 0) + (w[i] ?? 0)) | 0;
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i] = ((state[i] ?? 0) + word) >>> 0;
  });
}

function schedule(block: Uint32Array): Uint32Array {
  const w = new Uint32Array(64);
  w.set(block);
  for (let i = 16; i < 64; i++) {
    const [x, y] = [w[i - 15] ?? 0, w[i - 2] ?? 0];
    const small = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const large = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[i] = (w[i - 16] ?? 0) + small + (w[i - 7] ?? 0) + large;
  }
  return w;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
