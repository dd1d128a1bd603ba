/** A custom metric as both arms had it so far: a part of the comparison. */
import { joinSpans, noSpans } from '../maths/bin-spans.ts';
import type { BinSpans } from '../maths/bin-spans.ts';
import { effectiveCards } from './block.ts';
import { round } from '../maths/rounding.ts';
import { addSketch, emptySketch } from '../maths/sketch.ts';
import type { Sketch } from '../maths/sketch.ts';
import { asinhGrid } from '../maths/asinh-grid.ts';
import type { GridPlace } from '../maths/asinh-grid.ts';
import type { CustomBlock, CustomTrack } from './custom-track.ts';

export interface ComparedArm {
  /** As in comparison.ts, of the cards that carry the metric. */
  readonly noise: number;
  readonly sketch: Sketch;
  /** Of a custom metric. */
  readonly spans?: BinSpans;
}

/** What a comparison keeps of a custom metric. */
export interface ComparedCustom {
  readonly name: string;
  readonly place: GridPlace;
  readonly weight: number;
  readonly baseline: ComparedArm;
  readonly candidate: ComparedArm;
}

/** The custom metrics of a comparison after one more block of one of them. */
export function addComparedCustom(
  all: readonly ComparedCustom[],
  track: CustomTrack,
  block: CustomBlock,
): readonly ComparedCustom[] {
  const known = all.find(({ name }) => name === track.name);
  if (known !== undefined) return all.map((one) => (one === known ? addBlock(known, block) : one));
  return track.place === null
    ? all
    : [
        ...all,
        addBlock(
          {
            name: track.name,
            place: track.place,
            weight: 0,
            baseline: emptyArm,
            candidate: emptyArm,
          },
          block,
        ),
      ];
}

const emptyArm: ComparedArm = { noise: 0, sketch: emptySketch, spans: noSpans };

function addBlock(sum: ComparedCustom, { baseline, candidate }: CustomBlock): ComparedCustom {
  const weight = effectiveCards(baseline.cards, candidate.cards);
  const grid = asinhGrid(sum.place);
  const arm = (before: ComparedArm, tally: CustomBlock['baseline']): ComparedArm => {
    const perCard = weight / tally.cards;
    return {
      noise: round(before.noise + weight * perCard, 4),
      sketch: addSketch(before.sketch, tally.sketch, perCard),
      spans: joinSpans(grid, { ...before, spans: before.spans ?? noSpans }, tally),
    };
  };
  return {
    ...sum,
    weight: round(sum.weight + weight, 4),
    baseline: arm(sum.baseline, baseline),
    candidate: arm(sum.candidate, candidate),
  };
}
