/** The kinds of steps. A new one is a file beside this one, a line here, and how it runs in `workflows/steps.ts`. */
import { z } from 'zod';
import type { Audience } from '../../split/audience.ts';
import { addFault } from '../fields.ts';
import { approve } from './approve.ts';
import { bake } from './bake.ts';
import type { Bake, StepDefinition } from './definition.ts';
import { hook } from './hook.ts';
import { notify } from './notify.ts';
import { setSplit } from './set-split.ts';

const STEPS = { setSplit, bake, approve, hook, notify };

export type StepKind = keyof typeof STEPS;
export type StepOf<K extends StepKind> = Readonly<z.output<(typeof STEPS)[K]['engine']>>;
export type Step = StepOf<StepKind>;
/** As it stands in a plan file: of a bake, what it requires may be left out. */
export type WrittenStep = z.output<(typeof STEPS)[StepKind]['written']>;
export type StepPhase = (typeof STEPS)[StepKind]['phase'];

const KINDS = Object.keys(STEPS) as StepKind[];
const definitions = Object.values(STEPS);

export const STEP_PHASES: readonly StepPhase[] = definitions.map(({ phase }) => phase);

export function stepLabel(step: Step): string {
  return definitionOf(step).label(step);
}

/** 0..100, the share of conversations that see the candidate from here on; null: as before. */
export function splitAfter(step: Step | WrittenStep): number | null {
  return definitionOf(step as Step).splitAfter(step as Step);
}

/** Whose conversations that split is of; null: everybody's. */
export function splitOfAfter(step: Step): Audience | null {
  return step.kind === 'setSplit' ? (step.of ?? null) : null;
}

/** What a forecast makes of the step: the bake in which cards are judged; null: it is over at once. */
export function forecastAs(step: Step): Bake | null {
  return definitionOf(step).forecastAs(step);
}

/** Each definition is for its own kind, which only the step at hand tells. */
function definitionOf(step: Step): StepDefinition<Step> {
  return STEPS[step.kind] as StepDefinition<Step>;
}

/** A step as people write it: its kind, and behind it what there is to say. */
export const stepSchema = z
  .strictObject(
    Object.fromEntries(Object.entries(STEPS).map(([kind, { written }]) => [kind, written.optional()])) as {
      [K in StepKind]: z.ZodOptional<(typeof STEPS)[K]['written']>;
    },
  )
  .meta({ minProperties: 1, maxProperties: 1 })
  .transform((step, ctx): WrittenStep => {
    const given = KINDS.flatMap((kind) => step[kind] ?? []);
    const [only] = given;
    if (only !== undefined && given.length === 1) return only;
    if (ctx.issues.length > 0) return z.NEVER; // a misspelt step already says why
    addFault(ctx, {
      code: 'plan-step',
      message:
        `This step says ${given.map((one) => one.kind).join(' and ') || 'nothing'}; expected exactly one of ` +
        `${KINDS.join(', ')}.`,
      remedy: 'Begin a new list item ("- ") for each step.',
    });
    return z.NEVER;
  });

type Engine = (typeof STEPS)[StepKind]['engine'];

/** A step in the engine's words. */
export const engineStepSchema = z.discriminatedUnion(
  'kind',
  definitions.map(({ engine }) => engine) as unknown as [Engine, ...Engine[]],
);
