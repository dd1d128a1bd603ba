/** A level from outside as both arms had it so far: a part of the comparison. */
import type { AgentScore } from './agent-ledger.ts';
import { joinSpans, noSpans } from '../maths/bin-spans.ts';
import type { BinSpans } from '../maths/bin-spans.ts';
import { effectiveCards } from './block.ts';
import { addSketch, emptySketch } from '../maths/latency-sketch.ts';
import type { LatencySketch } from '../maths/latency-sketch.ts';
import { levelGrid } from '../maths/level-grid.ts';
import type { GridPlace } from '../maths/level-grid.ts';
import { levelScore } from './level-track.ts';
import type { LevelBlock, LevelTrack } from './level-track.ts';

export interface ComparedArm {
  /** As in comparison.ts, of the cards that carry the figure. */
  readonly noise: number;
  readonly sketch: LatencySketch;
  /** Of a level. */
  readonly spans?: BinSpans;
}

/** What a comparison keeps of a level. */
export interface ComparedLevel {
  readonly name: string;
  readonly place: GridPlace;
  readonly score: AgentScore;
  readonly weight: number;
  readonly baseline: ComparedArm;
  readonly candidate: ComparedArm;
}

/** The levels of a comparison after one more block of level number `at`. */
export function addComparedLevel(
  levels: readonly ComparedLevel[],
  track: LevelTrack,
  at: number,
  block: LevelBlock,
): readonly ComparedLevel[] {
  const known = levels.find(({ name }) => name === track.name);
  if (known !== undefined) return levels.map((level) => (level === known ? added(known, block) : level));
  return track.place === null
    ? levels
    : [
        ...levels,
        added(
          {
            name: track.name,
            place: track.place,
            score: levelScore(at),
            weight: 0,
            baseline: nothing,
            candidate: nothing,
          },
          block,
        ),
      ];
}

const nothing: ComparedArm = { noise: 0, sketch: emptySketch, spans: noSpans };

function added(level: ComparedLevel, { baseline, candidate }: LevelBlock): ComparedLevel {
  const weight = effectiveCards(baseline.cards, candidate.cards);
  const grid = levelGrid(level.place);
  const arm = (sum: ComparedArm, tally: LevelBlock['baseline']): ComparedArm => {
    const perCard = weight / tally.cards;
    return {
      noise: sum.noise + weight * perCard,
      sketch: addSketch(sum.sketch, tally.sketch, perCard),
      spans: joinSpans(grid, { ...sum, spans: sum.spans ?? noSpans }, tally),
    };
  };
  return {
    ...level,
    weight: level.weight + weight,
    baseline: arm(level.baseline, baseline),
    candidate: arm(level.candidate, candidate),
  };
}
