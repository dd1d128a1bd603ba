/** One thing that analytics counts, and when it comes to know it. */
export interface Fact {
  readonly metric: string;
  /** A duration in milliseconds; for a count 1; for a count of different things, which one. */
  readonly value: number | string;
  readonly dimensions: Readonly<Record<string, string | undefined>>;
  readonly conversationStartMs: number;
  readonly eventMs: number;
}

/** How figures come to be what they stay. */
export interface Settling {
  /** From what happens to the first figure of it. */
  readonly analyticsDelayMs: number;
  /** From what happens to the figure that stays. */
  readonly settlesMs: number;
  /** Of the facts: those that are missing until then. */
  readonly lateShare: number;
  /** Of the durations: those told too short until then. */
  readonly correctedShare: number;
}

/** Of a duration that is not settled yet. */
const TOLD_AT_FIRST = 0.8;

/** The fact as analytics knows it at this instant; the same facts are late in every run. */
export function knownAt(fact: Fact, settling: Settling, nowMs: number): Fact | undefined {
  const age = nowMs - fact.eventMs;
  if (age < settling.analyticsDelayMs) return undefined;
  if (age >= settling.settlesMs) return fact;
  const luck = luckOf(`${fact.dimensions['conversationId']} ${fact.dimensions['suggestionId']} ${fact.metric}`);
  if (luck < settling.lateShare) return undefined;
  const isShort = typeof fact.value === 'number' && fact.value > 1 && luck >= 1 - settling.correctedShare;
  return isShort ? { ...fact, value: Math.round(fact.value * TOLD_AT_FIRST) } : fact;
}

/** [0, 1), evenly. */
function luckOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 4_294_967_296;
}
