/** What a block of cards amounts to: counts by arm, gathered until both arms have been seen. */
import { AGENT_KEYS, agentKeyOf } from './agent-key.ts';
import { byOwnScore, HABIT_UNIT, HABITUAL_RATES, habitUnits, ownScore } from './habits.ts';
import type { OwnScore } from './habits.ts';
import { relieveMs } from './reliefs.ts';
import type { Reliefs } from './reliefs.ts';
import type { TwoByTwo } from '../maths/fisher-noncentral.ts';
import { binOf, copySketch, countIn, emptySketch } from '../maths/sketch.ts';
import type { MutableSketch, Sketch } from '../maths/sketch.ts';
import { byRate, definitionOf, RATES } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import type { Margin } from '../../metrics/definition.ts';
import { isTimed } from '../../metrics/latency.ts';
import type { Mutable } from '../../shared/mutable.ts';
import type { Arm, Card, Look } from '../types.ts';

/** Cards that count towards each rate. */
export type RateCounts = Readonly<Record<RateName, number>>;
export const noHits: RateCounts = byRate(() => 0);
const noOwn = byOwnScore(() => 0);

/** What is told apart by agent, in the order in which an agent's numbers are kept. */
export const TALLIED = [
  'cards',
  ...RATES.map(({ name }) => name),
  ...HABITUAL_RATES.map(ownScore),
  'location',
  'tail',
] as const;
export type Tallied = (typeof TALLIED)[number];

export interface ArmTally {
  readonly cards: number;
  readonly hits: RateCounts;
  /** The same without the agents' habits, in their units (habits.ts). */
  readonly own: Readonly<Record<OwnScore, number>>;
  /** Cards whose latency is known: neither undelivered nor skewed. */
  readonly timed: number;
  /** Cards no later than most of the remembered baseline's, and what became of them. */
  readonly onTime: { readonly cards: number; readonly hits: RateCounts };
  readonly latencies: Sketch;
  /** Of the candidate alone: its latencies without what is tolerated, by tolerance (reliefs.ts). */
  readonly relieved: Readonly<Record<string, RelievedLatencies>>;
  /** Sum of the location scores (sixteenths) and of their squares (256ths), and cards in the tail. */
  readonly location: number;
  readonly locationSquares: number;
  readonly tail: number;
  /** Agent by agent (agent-key.ts), as many numbers for each as `TALLIED` names. */
  readonly agents: readonly number[];
}

export interface RelievedLatencies {
  readonly sketch: Sketch;
  /** Cards in the tail. */
  readonly tail: number;
}

export interface Block {
  readonly splitPercent: number | null;
  readonly sinceMs: number;
  readonly baseline: ArmTally;
  readonly candidate: ArmTally;
}

/** How a card's latency is scored for its agent's record (card-scores.ts). */
export interface CardScores {
  /** Normal score in sixteenths (whole numbers add up to the same sum in any order). */
  locationOf(bin: number): number;
  /** Bins above it are the tail. */
  readonly tailBin: number;
  /** Bins up to it are on time; -1 while nothing is known. */
  readonly onTimeBin: number;
  readonly reliefs: Reliefs;
}

/** Longer apart, two cards are no longer of "the same span of time". */
const MAX_BLOCK_MS = 3_600_000;

export const emptyTally: ArmTally = {
  cards: 0,
  hits: noHits,
  timed: 0,
  onTime: { cards: 0, hits: noHits },
  latencies: emptySketch,
  relieved: {},
  own: noOwn,
  location: 0,
  locationSquares: 0,
  tail: 0,
  agents: [],
};

/**
 * A block takes whole looks until it holds cards of both arms, since a one-armed look compares nothing. When it closes
 * depends
 * on arms, split and time alone, never on outcomes, so it costs no error budget. A change of split or an hour starts a
 * new one.
 */
export function mayJoin(block: Pick<Block, 'splitPercent' | 'sinceMs'>, look: Look): boolean {
  return block.splitPercent === look.splitPercent && look.atMs - block.sinceMs <= MAX_BLOCK_MS;
}

export function hasBothArms(block: Block): boolean {
  return block.baseline.cards > 0 && block.candidate.cards > 0;
}

export function startBlock(look: Look): Block {
  return { splitPercent: look.splitPercent, sinceMs: look.atMs, baseline: emptyTally, candidate: emptyTally };
}

/** How cards are tallied. */
export interface Tallying {
  /** Under which of how many keys an agent's numbers are added up, and with which sign. */
  readonly keys: number;
  readonly keyOf: (agentKey: number) => number;
  readonly signOf: (agentKey: number) => 1 | -1;
  /** Without sketches, locations and habits. */
  readonly isLight: boolean;
}

const IN_FULL: Tallying = { keys: AGENT_KEYS, keyOf: (key) => key, signOf: () => 1, isLight: false };

/** The block with these cards counted; their order does not matter. */
export function fillBlock(block: Block, cards: readonly Card[], scores: CardScores, how = IN_FULL): Block {
  const { splitPercent, sinceMs } = block;
  return {
    splitPercent,
    sinceMs,
    baseline: fillTally(block.baseline, cards, 'baseline', { scores, how }),
    candidate: fillTally(block.candidate, cards, 'candidate', { scores, how }),
  };
}

export function rateTable(block: Block, rate: RateName): TwoByTwo {
  return {
    baselineHits: block.baseline.hits[rate],
    baselineCards: block.baseline.cards,
    candidateHits: block.candidate.hits[rate],
    candidateCards: block.candidate.cards,
  };
}

/** Cards in units of a balanced comparison: baseline x candidate / both. Zero when an arm is empty. */
export function effectiveCards(baseline: number, candidate: number): number {
  return baseline + candidate === 0 ? 0 : (baseline * candidate) / (baseline + candidate);
}

interface ArmSums extends Mutable<Omit<ArmTally, 'hits' | 'own' | 'onTime' | 'latencies' | 'relieved' | 'agents'>> {
  readonly hits: Mutable<RateCounts>;
  readonly own: Mutable<ArmTally['own']>;
  readonly onTime: { cards: number; readonly hits: Mutable<RateCounts> };
  readonly latencies: MutableSketch;
  readonly relieved: Record<string, { readonly sketch: MutableSketch; tail: number }>;
  readonly agents: number[];
}

const NOTHING = Array.from({ length: AGENT_KEYS * TALLIED.length }, () => 0);

interface Filling {
  readonly scores: CardScores;
  readonly how: Tallying;
}

function fillTally(tally: ArmTally, cards: readonly Card[], arm: Arm, filling: Filling): ArmTally {
  const { scores, how } = filling;
  const own = cards.filter((card) => card.arm === arm);
  if (own.length === 0) return tally;
  const sums: ArmSums = {
    cards: tally.cards,
    timed: tally.timed,
    location: tally.location,
    locationSquares: tally.locationSquares,
    tail: tally.tail,
    hits: { ...tally.hits },
    own: { ...tally.own },
    onTime: { cards: tally.onTime.cards, hits: { ...tally.onTime.hits } },
    latencies: copySketch(tally.latencies),
    relieved: arm === 'candidate' ? startRelieved(tally, scores) : {},
    agents: tally.agents.length > 0 ? [...tally.agents] : NOTHING.slice(0, how.keys * TALLIED.length),
  };
  const relieved = reliefsOf(sums, scores);
  for (const card of own) countCard(sums, card, filling, relieved);
  return sums;
}

function countCard(sums: ArmSums, card: Card, { scores, how }: Filling, relieved: readonly Relieved[]): void {
  const { agents, hits, onTime } = sums;
  const key = agentKeyOf(card.agent);
  const [first, one] = [how.keyOf(key) * TALLIED.length, how.signOf(key)];
  const bin = isTimed(card) ? binOf(card.latencyMs) : null;
  const isOnTime = bin !== null && bin <= scores.onTimeBin;
  sums.cards++;
  addAt(agents, first, one);
  if (isOnTime) onTime.cards++;
  for (let rate = 0; rate < RATES.length; rate++) {
    const counted = RATES[rate];
    if (counted === undefined || !counted.counts(card)) continue;
    hits[counted.name]++;
    addAt(agents, first + 1 + rate, one);
    if (isOnTime) onTime.hits[counted.name]++;
  }
  for (const { score, rate, counts, field } of how.isLight ? [] : OWN) {
    const own = (counts(card) ? HABIT_UNIT : 0) - habitUnits(card.habits, rate);
    sums.own[score] += own;
    addAt(agents, first + field, own);
  }
  if (bin === null || card.latencyMs === null) return;
  sums.timed++;
  for (const relief of relieved) countRelieved(relief, card.latencyMs, { scores, how });
  if (!how.isLight) {
    countIn(sums.latencies, bin);
    const score = scores.locationOf(bin);
    sums.location += score;
    sums.locationSquares += score * score;
    addAt(agents, first + LOCATION, score);
  }
  if (bin <= scores.tailBin) return;
  sums.tail++;
  addAt(agents, first + TAIL, one);
}

function addAt(numbers: number[], place: number, more: number): void {
  numbers[place] = (numbers[place] ?? 0) + more;
}

const OWN = HABITUAL_RATES.map((rate) => ({
  score: ownScore(rate),
  rate,
  counts: definitionOf(rate).counts,
  field: TALLIED.indexOf(ownScore(rate)),
}));
const [LOCATION, TAIL] = [TALLIED.indexOf('location'), TALLIED.indexOf('tail')];

function startRelieved({ relieved }: ArmTally, { reliefs }: CardScores): ArmSums['relieved'] {
  return Object.fromEntries(
    [...reliefs.keys()].map((key) => [
      key,
      { sketch: copySketch(relieved[key]?.sketch ?? emptySketch), tail: relieved[key]?.tail ?? 0 },
    ]),
  );
}

interface Relieved {
  readonly relief: Margin;
  readonly into: { readonly sketch: MutableSketch; tail: number };
}

function reliefsOf({ relieved }: ArmSums, { reliefs }: CardScores): readonly Relieved[] {
  return Object.entries(relieved).flatMap(([key, into]) => {
    const relief = reliefs.get(key);
    return relief === undefined ? [] : [{ relief, into }];
  });
}

function countRelieved({ relief, into }: Relieved, latencyMs: number, { scores, how }: Filling): void {
  const bin = binOf(relieveMs(relief, latencyMs));
  if (!how.isLight) countIn(into.sketch, bin);
  if (bin > scores.tailBin) into.tail++;
}
