/** A custom metric as both arms had it so far: a part of the comparison. */
import { joinSpans, noSpans } from '../maths/bin-spans.ts';
import type { BinSpans } from '../maths/bin-spans.ts';
import { effectiveCards } from './block.ts';
import { round } from '../maths/rounding.ts';
import { addCoarse, coarsen, refine } from '../maths/coarse.ts';
import { addSketch, emptySketch } from '../maths/sketch.ts';
import type { Sketch } from '../maths/sketch.ts';
import { asinhGrid } from '../maths/asinh-grid.ts';
import type { GridPlace } from '../maths/asinh-grid.ts';
import type { CustomBlock } from './custom-track.ts';

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

/** What a block of one of them is a comparison of. */
export function compareCustomBlock(
  name: string,
  place: GridPlace,
  { baseline, candidate }: CustomBlock,
): ComparedCustom {
  const weight = effectiveCards(baseline.cards, candidate.cards);
  const arm = ({ cards, sketch, spans }: CustomBlock['baseline']): ComparedArm => ({
    noise: round((weight * weight) / cards, 4),
    sketch: addSketch(emptySketch, sketch, weight / cards),
    spans,
  });
  return { name, place, weight, baseline: arm(baseline), candidate: arm(candidate) };
}

/** The custom metrics of a comparison after one more of one of them. */
export function addComparedCustom(all: readonly ComparedCustom[], added: ComparedCustom): readonly ComparedCustom[] {
  const known = all.find(({ name }) => name === added.name);
  return known === undefined ? [...all, added] : all.map((one) => (one === known ? joinCustom(known, added) : one));
}

function joinCustom(a: ComparedCustom, b: ComparedCustom): ComparedCustom {
  const grid = asinhGrid(a.place);
  const joinArms = (one: ComparedArm, other: ComparedArm): ComparedArm => ({
    noise: round(one.noise + other.noise, 4),
    sketch: addSketch(one.sketch, other.sketch),
    spans: joinSpans(grid, { ...one, spans: one.spans ?? noSpans }, { ...other, spans: other.spans ?? noSpans }),
  });
  return {
    ...a,
    weight: round(a.weight + b.weight, 4),
    baseline: joinArms(a.baseline, b.baseline),
    candidate: joinArms(a.candidate, b.candidate),
  };
}

/** What is kept of one beside the whole: without spans, on coarse bins. */
export type LightCustom = Pick<ComparedCustom, 'weight' | 'baseline' | 'candidate'>;

export function lightenCustom({ weight, baseline, candidate }: ComparedCustom): LightCustom {
  const lighten = ({ noise, sketch }: ComparedArm): ComparedArm => ({ noise, sketch: coarsen(sketch) });
  return { weight, baseline: lighten(baseline), candidate: lighten(candidate) };
}

export function joinLightCustom(a: LightCustom, b: LightCustom): LightCustom {
  const joinArms = (one: ComparedArm, other: ComparedArm): ComparedArm => ({
    noise: round(one.noise + other.noise, 4),
    sketch: addCoarse(one.sketch, other.sketch),
  });
  return {
    weight: round(a.weight + b.weight, 4),
    baseline: joinArms(a.baseline, b.baseline),
    candidate: joinArms(a.candidate, b.candidate),
  };
}

/** On the bins of the whole, which holds its cards too. */
export function refineCustom(light: LightCustom, whole: ComparedCustom): ComparedCustom {
  const refineArm = (one: ComparedArm, all: ComparedArm): ComparedArm => ({
    ...all,
    noise: one.noise,
    sketch: refine(one.sketch, all.sketch),
  });
  return {
    ...whole,
    weight: light.weight,
    baseline: refineArm(light.baseline, whole.baseline),
    candidate: refineArm(light.candidate, whole.candidate),
  };
}
