/**
 * A ladder: splits that rise in one line of the plan, with the same bake on each of them. It is taken apart before a
 * plan is read, so the engine knows nothing of it.
 */
import { z } from 'zod';
import { didYouMean } from '../did-you-mean.ts';
import { addFault, readField } from '../fields.ts';
import type { Fault } from '../problem.ts';
import { show } from '../problem.ts';
import { bake } from '../steps/bake.ts';
import { parseSplit } from '../steps/set-split.ts';
import { isFields } from './fields.ts';
import type { Fields } from './fields.ts';

/** As it stands in a file: its fields, unread. */
export type Ladders = Readonly<Record<string, Fields>>;

/** What a ladder is called that needs no figures of its own; docs/plan.md tells them. */
export const PRESETS: Ladders = {
  careful: { splits: [1, 2, 5, 10, 25, 50], bake: { for: '4h', atMost: '2d' } },
  usual: { splits: [5, 10, 25, 50], bake: { for: '1h', atMost: '12h' } },
  quick: { splits: [10, 50], bake: { for: '15m', atMost: '3h' } },
};

const MAX_RUNGS = 50;

const percent = (description: string) =>
  readField({ type: 'number', description, minimum: 0, exclusiveMaximum: 100 }, parseSplit);

const fields = z.strictObject({
  preset: z.string().optional().describe('A ladder with a name, to begin with; what is said beside it wins.'),
  splits: z
    .array(percent('A split.'))
    .min(1)
    .max(MAX_RUNGS)
    .optional()
    .describe('The splits themselves, instead of a shape.'),
  shape: z
    .enum(['linear', 'exponential'])
    .optional()
    .describe('linear: each rung higher by as much; exponential: by as many times.'),
  from: percent('The first split.').optional(),
  to: percent('The last split, below 100.').optional(),
  rungs: z.number().int().min(2).max(MAX_RUNGS).optional().describe('How many splits there are, both ends included.'),
  by: z.number().gt(0).lt(100).optional().describe('Of a linear ladder, instead of rungs: percentage points for each.'),
  factor: z.number().gt(1).max(100).optional().describe('Of an exponential ladder, instead of rungs: times for each.'),
  bake: bake.written.optional().describe('What follows each split, as in a bake step.'),
});

type Written = z.output<typeof fields>;

/** The splits of a ladder whose fields are all in place. */
export const ladderSchema = fields.transform((raw, ctx): readonly number[] => {
  if (ctx.issues.length > 0) return z.NEVER;
  const splits = raw.bake === undefined ? noBake : splitsOf(raw);
  if (Array.isArray(splits)) return splits as readonly number[];
  addFault(ctx, splits as Fault);
  return z.NEVER;
});

/** For editors: a name alone, or fields. */
export const writtenLadder = z.union([z.string(), fields]).describe('Splits that rise, with a bake on each.');

/** The fields of a ladder, with those of the one that it names put in; or why not. */
export function namedLadder(given: unknown, known: Ladders): { readonly ladder: Fields } | { readonly fault: Fault } {
  const own = typeof given === 'string' ? { preset: given } : given;
  if (!isFields(own))
    return {
      fault: fault(`A ladder is a name or a set of fields; here stands ${show(given)}.`, 'Write ladder: usual.'),
    };
  const { preset, ...rest } = own;
  if (preset === undefined) return { ladder: own };
  const found = typeof preset === 'string' && Object.hasOwn(known, preset) ? known[preset] : undefined;
  if (found === undefined)
    return {
      fault: fault(
        `There is no ladder ${show(preset)}.`,
        didYouMean(typeof preset === 'string' ? preset : '', Object.keys(known)),
      ),
    };
  return { ladder: { ...withoutReplaced(found, rest), ...rest, ...bakeOf(found['bake'], rest['bake']) } };
}

/** What is said in another way now. */
function withoutReplaced(preset: Fields, own: Fields): Fields {
  const says = (names: readonly string[]): boolean => names.some((name) => own[name] !== undefined);
  const gone = [
    ...(says(SPACINGS) || says(ENDS) ? ['splits'] : []),
    ...(says(['splits']) ? [...SPACINGS, ...ENDS] : []),
    ...(says(SPACINGS) ? SPACINGS : []),
  ];
  return Object.fromEntries(Object.entries(preset).filter(([name]) => !gone.includes(name)));
}

const SPACINGS = ['rungs', 'by', 'factor'];
const ENDS = ['shape', 'from', 'to'];

function bakeOf(preset: unknown, own: unknown): Fields {
  if (isFields(preset) && isFields(own)) return { bake: { ...preset, ...own } };
  const bakes = own ?? preset;
  return bakes === undefined ? {} : { bake: bakes };
}

const noBake = fault(
  'This ladder has no bake, so that nobody would look at its splits.',
  'Add for example bake: { for: 1h }.',
);

function splitsOf(raw: Written): readonly number[] | Fault {
  if (raw.splits !== undefined) return given(raw, raw.splits);
  const { shape, from, to } = raw;
  if (shape === undefined || from === undefined || to === undefined)
    return fault(
      'It cannot be told which splits this ladder has; expected shape, from and to, or splits.',
      'Write for example { shape: linear, from: 5, to: 50, rungs: 4, bake: { for: 1h } }.',
    );
  if (from >= to)
    return fault(`This ladder goes from ${from} to ${to}; a rollout's splits only rise.`, 'Write a to above its from.');
  if (shape === 'exponential' && from === 0)
    return fault('An exponential ladder cannot begin with 0: no number of times leads away from it.', 'Write from: 1.');
  const steps = stepsOf(raw, shape, from, to);
  return typeof steps === 'number' ? spread(shape, from, to, steps, raw) : steps;
}

/** The list as it stands; whether it rises is a rule of all splits of a plan. */
function given(raw: Written, splits: readonly number[]): readonly number[] | Fault {
  const beside = [...ENDS, ...SPACINGS].filter((name) => raw[name as keyof Written] !== undefined);
  return beside.length === 0
    ? splits
    : fault(`This ladder lists its splits, and says ${beside.join(' and ')} beside them.`, 'Write one of the two.');
}

/** How many splits there are after the first. */
function stepsOf(
  { rungs, by, factor }: Written,
  shape: 'linear' | 'exponential',
  from: number,
  to: number,
): number | Fault {
  const said = Object.entries({ rungs, by, factor }).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const usual = shape === 'linear' ? 'by' : 'factor';
  if (said.length !== 1 || (said[0] !== 'rungs' && said[0] !== usual))
    return fault(
      `This ${shape} ladder says ${said.join(' and ') || 'nothing'} of how far its rungs are apart; expected rungs or ${usual}.`,
      `Write for example ${usual === 'by' ? 'by: 10' : 'factor: 2'}, or rungs: 4.`,
    );
  if (rungs !== undefined) return rungs - 1;
  const exact = by !== undefined ? (to - from) / by : Math.log(to / from) / Math.log(factor ?? 2);
  const steps = Math.ceil(Number(exact.toFixed(6)));
  return steps < MAX_RUNGS
    ? steps
    : fault(`This ladder has ${steps + 1} rungs; expected at most ${MAX_RUNGS}.`, `Write a larger ${usual}.`);
}

function spread(
  shape: 'linear' | 'exponential',
  from: number,
  to: number,
  steps: number,
  { by, factor }: Written,
): readonly number[] | Fault {
  const add = by ?? (to - from) / steps;
  const times = factor ?? (to / from) ** (1 / steps);
  const inner = Array.from({ length: steps - 1 }, (_, at) =>
    shape === 'linear' ? from + add * (at + 1) : from * times ** (at + 1),
  );
  // Who says by how much means just that; of what is computed, two digits are enough where they tell rungs apart.
  const splits = (by === undefined ? [2, 4] : [4]).map((digits) => [from, ...roundTo(inner, digits), to]).find(rises);
  return (
    splits ??
    fault(
      `${steps + 1} rungs from ${from} to ${to} are closer together than splits can be; the smallest step is 0.01.`,
      'Write fewer rungs.',
    )
  );
}

/** To so many digits that count, and to no more than a split can have. */
function roundTo(splits: readonly number[], digits: number): readonly number[] {
  return splits.map((split) => Number(Number(split.toPrecision(digits)).toFixed(2)));
}

function rises(splits: readonly number[]): boolean {
  return splits.every((split, at) => at === 0 || split > (splits[at - 1] ?? 0));
}

function fault(message: string, remedy: string): Fault {
  return { code: 'plan-ladder', message, remedy };
}
