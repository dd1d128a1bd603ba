/**
 * Rules that span steps or guardrails. They look at each item that can be read by itself, so that a mistake elsewhere
 * in the plan does not hide theirs. The same rules hold for a plan as people write it and as the engine runs it.
 */
import type { z } from 'zod';
import { definitionOf } from '../metrics/index.ts';
import { audienceProblems, fallingSplits } from './audience-rules.ts';
import type { AskedSplit } from './audience-rules.ts';
import { judgingProblems } from './judging-rules.ts';
import { noCardProblems } from './no-card.ts';
import type { Guardrail, Policies } from './plan.ts';
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';
import { guardrailLabel } from './guardrail-label.ts';
import { sumOf } from './error-budget.ts';
import type { ErrorBudget } from './error-budget.ts';
import { slicesSchema } from './slices-schema.ts';
import type { Step, WrittenStep } from './steps/steps.ts';
import { targetProblems } from './target-rules.ts';
import { DEFAULT_TARGET } from './target-schema.ts';
import { splitAfter } from './steps/steps.ts';

/** All enforced guardrails together may raise a false alarm with at most this chance. */
export const MAX_ALPHA = 0.5;
/** Each adds to what the judge carries of every agent. */
const MAX_CUSTOM = 3;

interface Item<T> {
  readonly index: number;
  readonly value: T;
}

/** What the rules look at of a step; of a written bake it is not yet known what it requires. */
type RuledStep = Step | WrittenStep;

/** How a plan is put into words. */
export interface Dialect {
  readonly step: z.ZodType<RuledStep>;
  readonly guardrail: z.ZodType<Guardrail>;
  readonly policies: z.ZodType<Policies>;
  /** What a split is called within its step, and the holdback within the policies. */
  readonly splitField: string;
  readonly holdbackField: string;
}

export function checkRules(raw: unknown, dialect: Dialect): Problem[] {
  const steps = listAt(raw, 'steps');
  const ruled = readable(dialect.step, steps);
  const guardrails = listAt(raw, 'guardrails');
  const guarded = readable(dialect.guardrail, guardrails);
  return [
    ...checkSteps(ruled, steps.length, dialect.splitField),
    ...checkHoldback(ruled, raw, dialect),
    ...checkGuardrails(guarded, guardrails.length, budgetBeside(raw)),
    ...checkNoCard(raw, guarded, ruled),
    ...judgingProblems({
      maxCards: fieldOf(fieldOf(raw, 'policies'), 'maxCards'),
      learning: fieldOf(fieldOf(raw, 'policies'), 'learning'),
      steps: ruled,
      guardrails: guarded.length === guardrails.length ? guarded : null,
    }),
    ...targetProblems({
      target: fieldOf(raw, 'target') ?? DEFAULT_TARGET,
      action: fieldOf(raw, 'action'),
      control: fieldOf(raw, 'control'),
      retire: fieldOf(raw, 'retire'),
      guardrails: guarded,
    }),
    ...audienceProblems({
      target: fieldOf(raw, 'target') ?? DEFAULT_TARGET,
      action: fieldOf(raw, 'action'),
      splits: askedSplits(ruled),
      splitField: dialect.splitField,
    }),
  ];
}

function askedSplits(steps: readonly Item<RuledStep>[]): AskedSplit[] {
  return steps.flatMap(({ index, value }) => {
    const percent = splitAfter(value);
    return percent === null ? [] : [{ index, percent, of: value.kind === 'setSplit' ? (value.of ?? null) : null }];
  });
}

function checkSteps(steps: readonly Item<RuledStep>[], written: number, splitField: string): Problem[] {
  const problems: Problem[] = [];
  const first = steps.find((step) => step.index === 0);
  if (first !== undefined && splitAfter(first.value) === null) {
    problems.push(
      problemAt('steps.0', {
        code: 'plan-step',
        message: `The first step is ${first.value.kind}, but until a split is set nobody sees the candidate.`,
        remedy: 'Begin with a small split, such as setSplit: 5.',
      }),
    );
  }
  problems.push(...fallingSplits(askedSplits(steps), splitField));
  return steps.length === written ? [...problems, ...unbaked(steps)] : problems;
}

/** A version that goes from its last split straight to everybody was judged by nobody there. */
function unbaked(steps: readonly Item<RuledStep>[]): Problem[] {
  const lastSplit = steps.findLast(({ value }) => splitAfter(value) !== null);
  const lastBake = steps.findLast(({ value }) => value.kind === 'bake');
  if (lastSplit === undefined || (lastBake !== undefined && lastBake.index > lastSplit.index)) return [];
  return [
    problemAt(`steps.${lastSplit.index}`, {
      code: 'plan-step',
      message:
        `No bake follows the last split, ${splitAfter(lastSplit.value)}; the candidate would be promoted without ` +
        'being judged there.',
      remedy: 'Add a bake after it, such as bake: { for: 2h }.',
    }),
  ];
}

/** After the last split comes everybody but the holdback; that must not be a step back. */
function checkHoldback(steps: readonly Item<RuledStep>[], raw: unknown, dialect: Dialect): Problem[] {
  const policies = dialect.policies.safeParse(fieldOf(raw, 'policies') ?? {});
  if (!policies.success || policies.data.afterPromotionMs === 0) return [];
  const { holdbackPercent: held } = policies.data;
  const highest = Math.max(0, ...steps.map(({ value }) => splitAfter(value) ?? 0));
  const most = Number((100 - highest).toFixed(2));
  return held <= most
    ? []
    : [
        problemAt(`policies.${dialect.holdbackField}`, {
          code: 'plan-holdback',
          message:
            `The last stage holds back ${held} percent, and so goes to ${Number((100 - held).toFixed(2))} after ` +
            `${highest}; a rollout's splits only rise.`,
          remedy: `Write holdback: ${most} or less, or end at a lower split.`,
        }),
      ];
}

function checkNoCard(
  raw: unknown,
  guardrails: readonly Item<Guardrail>[],
  steps: readonly Item<RuledStep>[],
): Problem[] {
  return noCardProblems({
    control: fieldOf(raw, 'control'),
    retire: fieldOf(raw, 'retire'),
    hasSlices: fieldOf(raw, 'slices') !== undefined,
    hasLongWatch: fieldOf(fieldOf(raw, 'policies'), 'longWatch') != null,
    maxCardsAt: [
      ...steps.flatMap(({ index, value }) =>
        value.kind === 'bake' && value.maxCards !== undefined ? [`steps.${index}.bake.maxCards`] : [],
      ),
      ...(fieldOf(fieldOf(raw, 'policies'), 'maxCards') == null ? [] : ['policies.maxCards']),
    ],
    guardrails,
  });
}

type BudgetBeside = Omit<ErrorBudget, 'guardrails' | 'pausing'>;

/** Of slices and of the long watch: 0 without them, and where they cannot be read. */
function budgetBeside(raw: unknown): BudgetBeside {
  const slices = slicesSchema.safeParse(fieldOf(raw, 'slices'));
  const longWatch = fieldOf(fieldOf(fieldOf(raw, 'policies'), 'longWatch'), 'alpha');
  return {
    slices: slices.success ? slices.data.alpha : 0,
    longWatch: typeof longWatch === 'number' && longWatch > 0 && longWatch < 0.5 ? longWatch : 0,
  };
}

function checkGuardrails(items: readonly Item<Guardrail>[], written: number, beside: BudgetBeside): Problem[] {
  const problems = [...duplicates(items), ...tooManyCustom(items)];
  const enforced = items.filter((item) => item.value.mode === 'enforce');
  const allReadable = items.length === written;
  if (enforced.length === 0 && allReadable && written > 0) {
    problems.push(
      problemAt('guardrails', {
        code: 'plan-guardrail-none',
        message: 'Every guardrail only observes or pauses, so nothing could be proven safe or roll this rollout back.',
        remedy: 'Give at least one guardrail mode: enforce.',
      }),
    );
  }
  const sum = (mode: Guardrail['mode']): number =>
    items.reduce((all, { value }) => all + (value.mode === mode ? value.alpha : 0), 0);
  const pausing = sum('pause');
  const alpha = sumOf({ ...beside, guardrails: sum('enforce'), pausing });
  if (alpha > MAX_ALPHA) {
    problems.push(
      problemAt('guardrails', {
        code: 'plan-alpha',
        message:
          `The enforced guardrails' alphas${besideText({ ...beside, pausing })} add up to ${alpha}; ` +
          `expected at most ${MAX_ALPHA}, or a harmless version is as likely to be rolled back as not.`,
        remedy: 'Lower each alpha; 0.01 is usual.',
      }),
    );
  }
  return problems;
}

function besideText({ pausing, slices, longWatch }: Omit<ErrorBudget, 'guardrails'>): string {
  const others = [
    ...(pausing > 0 ? ['those of the guardrails that pause'] : []),
    ...(slices > 0 ? ['that of the slices'] : []),
    ...(longWatch > 0 ? ['that of longWatch'] : []),
  ];
  return others.map((other) => ` and ${other}`).join('');
}

function duplicates(items: readonly Item<Guardrail>[]): Problem[] {
  const firstAt = new Map<string, number>();
  const problems: Problem[] = [];
  for (const { index, value } of items) {
    const name = definitionOf(value.metric).unit === 'own' ? `${value.metric} ${value.name}` : guardrailLabel(value);
    const earlier = firstAt.get(name);
    if (earlier === undefined) firstAt.set(name, index);
    else {
      problems.push(
        problemAt(`guardrails.${index}`, {
          code: 'plan-guardrail-duplicate',
          message: `${name} already has a guardrail, number ${earlier + 1} of the list.`,
          remedy: 'Keep one of the two.',
        }),
      );
    }
  }
  return problems;
}

function tooManyCustom(items: readonly Item<Guardrail>[]): Problem[] {
  const tooMany = items.filter(({ value }) => value.metric === 'custom')[MAX_CUSTOM];
  return tooMany === undefined
    ? []
    : [
        problemAt(`guardrails.${tooMany.index}`, {
          code: 'plan-guardrail-custom',
          message: `This is custom metric number ${MAX_CUSTOM + 1}; a plan has at most ${MAX_CUSTOM}.`,
          remedy: 'Keep those that you would roll back for.',
        }),
      ];
}

function readable<T>(schema: z.ZodType<T>, list: readonly unknown[]): Item<T>[] {
  return list.flatMap((raw, index) => {
    const parsed = schema.safeParse(raw);
    return parsed.success ? [{ index, value: parsed.data }] : [];
  });
}

function listAt(raw: unknown, key: 'steps' | 'guardrails'): readonly unknown[] {
  const list = fieldOf(raw, key);
  return Array.isArray(list) ? list : [];
}

function fieldOf(raw: unknown, key: string): unknown {
  return typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>)[key] : undefined;
}
