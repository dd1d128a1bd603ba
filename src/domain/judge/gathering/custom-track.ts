/**
 * A custom metric of the plan, followed from look to look: its first values set the grid, all later ones are gathered
 * until both arms have some within one split and hour, are then compared, and only then remembered. A card without the
 * metric is not in it at all.
 */
import { withChanges } from '../../shared/with-changes.ts';
import { agentKeyOf } from './agent-key.ts';
import { addToSpans, noSpans } from '../maths/bin-spans.ts';
import type { BinSpans } from '../maths/bin-spans.ts';
import { mayJoin } from './block.ts';
import { referenceOf } from '../maths/reference.ts';
import { addSketch, copySketch, countIn, emptySketch, scaleSketch, weightAt } from '../maths/sketch.ts';
import type { Sketch, SketchedCards } from '../maths/sketch.ts';
import { boundValue, asinhGrid, placeGrid } from '../maths/asinh-grid.ts';
import type { Grid } from '../maths/grid.ts';
import type { GridPlace } from '../maths/asinh-grid.ts';
import { addToCells } from './custom-ledger.ts';
import type { CustomScores } from './custom-ledger.ts';
import { relieve, worseSign } from '../maths/margin.ts';
import type { Margin } from '../../metrics/definition.ts';
import type { Guardrail } from '../../plan/plan.ts';
import { toleratedMargin } from '../../plan/tolerance.ts';
import type { Arm, ArmCounts, Card, Look } from '../types.ts';
import { ownOf } from '../../shared/own.ts';

/** Cards of one arm that carry the metric, since the last comparison. */
export type CustomTally = SketchedCards & CustomScores & { readonly spans: BinSpans };

/** The candidate's, and its values without what is tolerated. */
export type CandidateTally = CustomTally & { readonly relieved: Sketch };

export interface CustomBlock {
  readonly splitPercent: number | null;
  readonly sinceMs: number;
  readonly baseline: CustomTally;
  readonly candidate: CandidateTally;
}

export interface CustomTrack {
  readonly name: string;
  /** -1 where lower is worse: values are kept turned round, so that the larger is always the worse. */
  readonly turn: 1 | -1;
  readonly relief: Margin;
  /** null until enough values have come to set it. */
  readonly place: GridPlace | null;
  /**
   * Values until then, of both arms, in rising order. They set the grid and are not compared, so that nothing is chosen
   * by what it is to judge.
   */
  readonly first: readonly number[];
  /** Cards that carry the metric. */
  readonly n: ArmCounts;
  readonly memory: SketchedCards;
  readonly pending: CustomBlock | null;
}

const FIRST_VALUES = 40;
/** As for latency: older cards fade, and with fewer there are no scores. */
const MAX_REMEMBERED = 5000;
const MIN_FOR_SCORES = 50;
const MAX_SCORE = 3;

const emptyTally: CustomTally = {
  cards: 0,
  sketch: emptySketch,
  spans: noSpans,
  location: 0,
  locationSquares: 0,
  cells: [],
};

const emptyCandidate: CandidateTally = { ...emptyTally, relieved: emptySketch };

export function startCustom(guardrails: readonly Guardrail[]): readonly CustomTrack[] {
  return guardrails
    .filter(({ metric }) => metric === 'custom')
    .map((guardrail) => ({
      name: guardrail.name ?? '',
      turn: worseSign(guardrail),
      relief: toleratedMargin(guardrail),
      place: null,
      first: [],
      n: { baseline: 0, candidate: 0 },
      memory: { cards: 0, sketch: emptySketch },
      pending: null,
    }));
}

/** The track with the look's cards counted; their order does not matter. */
export function followCustom(track: CustomTrack, look: Look): CustomTrack {
  const values = look.cards.flatMap((card) => valueOn(card, track));
  if (values.length === 0) return track;
  const n = {
    baseline: track.n.baseline + ofArm(values, 'baseline').length,
    candidate: track.n.candidate + ofArm(values, 'candidate').length,
  };
  if (track.place === null)
    return { ...track, n, ...collectFirst([...track.first, ...values.map(({ value }) => value)]) };
  const joins = track.pending !== null && mayJoin(track.pending, look);
  const settled = joins || track.pending === null ? track : learnCustom(track);
  const { baseline, candidate } = settled.pending ?? { baseline: emptyTally, candidate: emptyCandidate };
  const ofCandidate = ofArm(values, 'candidate');
  const fill = createFiller(settled.memory, track.place);
  const since = settled.pending ?? { splitPercent: look.splitPercent, sinceMs: look.atMs };
  const pending = {
    ...since,
    baseline: fill(baseline, ofArm(values, 'baseline')),
    candidate: {
      ...fill(candidate, ofCandidate),
      relieved: addRelieved(candidate.relieved, ofCandidate, track.relief, asinhGrid(track.place)),
    },
  };
  return withChanges(settled, { n, pending });
}

/** What waits to be compared; null while an arm is missing. */
export function comparable({ pending }: CustomTrack): CustomBlock | null {
  return pending !== null && pending.baseline.cards > 0 && pending.candidate.cards > 0 ? pending : null;
}

/** Only after a comparison may its cards teach what to bet on next. */
export function learnCustom(track: CustomTrack): CustomTrack {
  if (track.pending === null) return track;
  const { cards, sketch } = track.pending.baseline;
  const sum = { cards: track.memory.cards + cards, sketch: addSketch(track.memory.sketch, sketch) };
  const keep = MAX_REMEMBERED / sum.cards;
  return {
    ...track,
    pending: null,
    memory: keep >= 1 ? sum : { cards: sum.cards * keep, sketch: scaleSketch(sum.sketch, keep) },
  };
}

interface Value {
  readonly arm: Arm;
  readonly agent: string;
  readonly value: number;
}

function valueOn({ arm, agent, custom }: Card, { name, turn }: CustomTrack): readonly Value[] {
  const value = ownOf(custom ?? {}, name);
  return typeof value === 'number' && Number.isFinite(value) ? [{ arm, agent, value: boundValue(turn * value) }] : [];
}

function ofArm(values: readonly Value[], arm: Arm): readonly Value[] {
  return values.filter((one) => one.arm === arm);
}

function collectFirst(values: readonly number[]): Pick<CustomTrack, 'first' | 'place'> {
  const first = values.toSorted((a, b) => a - b);
  return first.length < FIRST_VALUES ? { first, place: null } : { first: [], place: placeGrid(first) };
}

function addRelieved(sketch: Sketch, values: readonly Value[], relief: Margin, grid: Grid): Sketch {
  const relieved = copySketch(sketch);
  for (const { value } of values) countIn(relieved, grid.binOf(relieve(relief, value)));
  return relieved;
}

function createFiller(
  memory: SketchedCards,
  place: GridPlace,
): (tally: CustomTally, values: readonly Value[]) => CustomTally {
  const grid = asinhGrid(place);
  const reference = memory.cards < MIN_FOR_SCORES ? null : referenceOf(memory.sketch, grid);
  const scoreOf = (bin: number): number =>
    reference === null ? 0 : Math.round(16 * Math.min(MAX_SCORE, Math.max(-MAX_SCORE, reference.rankOf(bin).z)));
  return (tally, values) => {
    let { cards, location, locationSquares } = tally;
    const sketch = copySketch(tally.sketch);
    const spans: Record<string, readonly [number, number]> = { ...tally.spans };
    const cells = [...tally.cells];
    for (const { agent, value } of values) {
      const bin = grid.binOf(value);
      const score = scoreOf(bin);
      cards++;
      location += score;
      locationSquares += score * score;
      addToSpans(grid, spans, bin, value, weightAt(sketch, bin) === 0);
      countIn(sketch, bin);
      addToCells(cells, agentKeyOf(agent), score);
    }
    return { cards, location, locationSquares, sketch, spans, cells };
  };
}
