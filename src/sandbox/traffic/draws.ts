/**
 * Seeded randomness: one independent stream per key, so that a change in one place never shifts the draws of another.
 */
import { seededRandom } from '../../domain/shared/random.ts';

export interface Draws {
  /** [0, 1) */
  uniform(): number;
  /** Integer in [0, below). */
  below(below: number): number;
  normal(): number;
  /** Mean in the unit that comes back. */
  exponential(mean: number): number;
  uuid(): string;
}

/** The key of the streams that the agents are drawn from. */
export const AGENT_DRAWS = 0x6167656e;

// Taken once: these run dozens of times per card.
const { floor, imul, log } = Math;

export function createDraws(seed: number, ...key: readonly number[]): Draws {
  const { next, normal } = seededRandom([seed, ...key].reduce(mix, 0x9e3779b9));
  const word = (): number => next() * 4_294_967_296;
  return {
    uniform: next,
    below: (below) => floor(next() * below),
    normal,
    exponential: (mean) => -mean * log(1 - next()),
    uuid: () => uuidOf(word(), word(), word(), word()),
  };
}

function mix(state: number, part: number): number {
  let h = imul(state ^ (part | 0), 0x85ebca6b);
  h = imul(h ^ floor(part / 4_294_967_296) ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) + 0x6d2b79f5) | 0;
}

/** Shaped as a version 4 UUID. */
function uuidOf(a: number, b: number, c: number, d: number): string {
  const [version, variant] = [(b & 0x0fff) | 0x4000, ((c >>> 16) & 0x3fff) | 0x8000];
  return `${hex(a >>> 16)}${hex(a)}-${hex(b >>> 16)}-${hex(version)}-${hex(variant)}-${hex(c)}${hex(d >>> 16)}${hex(d)}`;
}

/** Four digits: of the lowest two bytes. */
function hex(value: number): string {
  return `${BYTES[(value >>> 8) & 0xff]}${BYTES[value & 0xff]}`;
}

const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
