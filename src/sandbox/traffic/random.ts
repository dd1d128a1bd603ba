/**
 * Seeded randomness: one independent stream per key, so that a change in one place never shifts the draws of another.
 */
export interface Random {
  /** [0, 1) */
  uniform(): number;
  /** Integer in [0, below). */
  below(below: number): number;
  normal(): number;
  /** Mean in the unit that comes back. */
  exponential(mean: number): number;
  uuid(): string;
}

// Taken once: these run dozens of times per card.
const { cos, floor, imul, log, sqrt, PI } = Math;

export function createRandom(seed: number, ...key: readonly number[]): Random {
  const next = sfc32(seed, ...key);
  const uniform = (): number => next() / 4_294_967_296;
  return {
    uniform,
    below: (below) => floor(uniform() * below),
    normal: () => sqrt(-2 * log(1 - uniform())) * cos(2 * PI * uniform()),
    exponential: (mean) => -mean * log(1 - uniform()),
    uuid: () => uuidOf(next(), next(), next(), next()),
  };
}

/**
 * Small Fast Counter (32 bit, Doty-Humphrey): 128 bits of state, enough for streams that must not resemble each other.
 */
function sfc32(seed: number, ...key: readonly number[]): () => number {
  let state = mix(0x9e3779b9, seed);
  for (const part of key) state = mix(state, part);
  let a = mix(state, 1);
  let b = mix(state, 2);
  let c = mix(state, 3);
  let counter = 1;
  const next = (): number => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

function mix(state: number, part: number): number {
  let h = imul(state ^ (part | 0), 0x85ebca6b);
  h = imul(h ^ floor(part / 4_294_967_296) ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) + 0x6d2b79f5) | 0;
}

/** Shaped as a version 4 UUID. */
function uuidOf(a: number, b: number, c: number, d: number): string {
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  const [second, third] = [hex(b), hex(c)];
  const variant = ((Number.parseInt(third[0] ?? '0', 16) & 3) | 8).toString(16);
  return `${hex(a)}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${hex(d)}`;
}
