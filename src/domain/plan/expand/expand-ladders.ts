/** Ladders of a plan's steps, each put in place as the splits and bakes that it stands for. */
import { problemsOf } from '../issues.ts';
import type { FieldsAt } from '../issues.ts';
import type { Problem } from '../problem.ts';
import { problemAt } from '../problem.ts';
import { isFields } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Ladders } from './ladder.ts';
import { ladderSchema, namedLadder } from './ladder.ts';
import type { Trace } from './trace.ts';

interface Item {
  readonly step: unknown;
  /** As in a trace, within the plan's steps: `1.ladder`. */
  readonly path: string;
  readonly whole?: true;
}

export interface WithoutLadders {
  readonly steps: readonly unknown[];
  /** Of each step, at its place in the list. */
  readonly traces: readonly Trace[];
  readonly problems: readonly Problem[];
  /** Ladders that could not be read stand among the steps as they are: what is said of them there is no news. */
  readonly unread: readonly string[];
  readonly hasLadders: boolean;
}

/** `list`: what the plan says of its steps. Paths are as in `steps.2`. */
export function withoutLadders(list: readonly unknown[], known: Ladders, fieldsAt: FieldsAt): WithoutLadders {
  const problems: Problem[] = [];
  const items = list.map((step, index): readonly Item[] => {
    if (!isLadder(step)) return [{ step, path: `${index}` }];
    const rungs = besideLadder(step, index) ?? rungsOf(step.ladder, ['steps', index, 'ladder'], known, fieldsAt);
    if (!('problems' in rungs)) return rungs.steps.map((one) => atLadder(one, index));
    problems.push(...rungs.problems);
    return [{ step, path: `${index}`, whole: true }];
  });
  const flat = items.flat();
  const unread = flat.flatMap(({ step }, at) => (isLadder(step) ? [`steps.${at}`] : []));
  return {
    steps: flat.map(({ step }) => step),
    traces: flat.map(({ path, whole }, at) => ({ at: `steps.${at}`, path: `steps.${path}`, ...(whole && { whole }) })),
    problems,
    unread,
    hasLadders: list.some(isLadder),
  };
}

/** A split and a bake are both found at the ladder; what is wrong with its bake was told already. */
function atLadder(step: unknown, index: number): Item {
  return { step, path: `${index}.ladder`, whole: true };
}

function isLadder(step: unknown): step is { readonly ladder: unknown } {
  return isFields(step) && step['ladder'] !== undefined;
}

function besideLadder(step: object, index: number): { readonly problems: readonly Problem[] } | null {
  const kinds = Object.keys(step);
  if (kinds.length === 1) return null;
  const fault = {
    code: 'plan-step' as const,
    message: `This step says ${kinds.map((kind) => kind.slice(0, 40)).join(' and ')}; expected exactly one of them.`,
    remedy: 'Begin a new list item ("- ") for each step.',
  };
  return { problems: [problemAt(`steps.${index}`, fault)] };
}

function rungsOf(
  given: unknown,
  at: readonly PropertyKey[],
  known: Ladders,
  fieldsAt: FieldsAt,
): { readonly steps: readonly unknown[] } | { readonly problems: readonly Problem[] } {
  const path = at.join('.');
  const named = namedLadder(given, known);
  if ('fault' in named) return { problems: [problemAt(path, named.fault)] };
  const { ladder } = named;
  const problems = unreadLadder(ladder, at, fieldsAt);
  if (problems.length > 0) return { problems };
  const splits = ladderSchema.parse(ladder);
  return { steps: splits.flatMap((setSplit) => [{ setSplit }, { bake: ladder['bake'] }]) };
}

/** What keeps a ladder that names no other from being taken apart; it stands at the path. */
export function unreadLadder(ladder: Fields, at: readonly PropertyKey[], fieldsAt: FieldsAt): readonly Problem[] {
  const path = at.join('.');
  const read = ladderSchema.safeParse(ladder);
  return read.success
    ? []
    : read.error.issues
        .flatMap((issue) => problemsOf(issue, ladder, (below) => fieldsAt([...at, ...below])))
        .map((problem) => ({ ...problem, path: problem.path === '' ? path : `${path}.${problem.path}` }));
}
