/**
 * Rules that span steps or guardrails. They look at each item that can be read by itself, so that a mistake elsewhere
 * in the plan does not hide theirs.
 */
import type { z } from 'zod';
import type { Guardrail, Problem } from './plan.ts';
import { problemAt } from './problem.ts';
import type { WrittenStep } from './schema.ts';
import { guardrailLabel } from './guardrail-label.ts';
import { guardrailSchema } from './guardrail-schema.ts';
import { stepSchema } from './schema.ts';
import { slicesSchema } from './slices-schema.ts';

/** All enforced guardrails together may raise a false alarm with at most this chance. */
const MOST_ALPHA = 0.5;
/** Each adds to what the judge carries of every agent. */
const MOST_LEVELS = 3;

interface Item<T> {
  readonly index: number;
  readonly value: T;
}

export function checkRules(raw: unknown): Problem[] {
  const steps = listAt(raw, 'steps');
  const guardrails = listAt(raw, 'guardrails');
  return [...checkSteps(readable(stepSchema, steps)), ...checkGuardrails(readable(guardrailSchema, guardrails), guardrails.length, slicesAlpha(raw))];
}

function checkSteps(steps: readonly Item<WrittenStep>[]): Problem[] {
  const problems: Problem[] = [];
  const first = steps.find((step) => step.index === 0);
  if (first !== undefined && first.value.kind !== 'setSplit') {
    problems.push(problemAt('steps.0', {
      code: 'plan-step',
      message: `The first step is ${first.value.kind}, but until a split is set nobody sees the candidate.`,
      remedy: 'Begin with a small split, such as setSplit: 5.',
    }));
  }
  let highest = -1;
  for (const { index, value } of steps) {
    if (value.kind !== 'setSplit') continue;
    if (value.percent <= highest) problems.push(fallingSplit(index, value.percent, highest));
    highest = Math.max(highest, value.percent);
  }
  return problems;
}

function fallingSplit(index: number, percent: number, highest: number): Problem {
  return problemAt(`steps.${index}.setSplit`, {
    code: 'plan-split',
    message: `The split goes to ${percent} after ${highest}; a rollout's splits only rise.`,
    remedy: `Write more than ${highest}, or remove this step. To go back, a rollout is rolled back as a whole.`,
  });
}

/** 0 without slices, and where they cannot be read. */
function slicesAlpha(raw: unknown): number {
  const parsed = slicesSchema.safeParse(typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>)['slices'] : undefined);
  return parsed.success ? parsed.data.alpha : 0;
}

function checkGuardrails(items: readonly Item<Guardrail>[], written: number, ofSlices: number): Problem[] {
  const problems = [...duplicates(items), ...tooManyLevels(items)];
  const enforced = items.filter((item) => item.value.mode === 'enforce');
  const allReadable = items.length === written;
  if (enforced.length === 0 && allReadable && written > 0) {
    problems.push(problemAt('guardrails', {
      code: 'plan-guardrail-none',
      message: 'Every guardrail only observes, so nothing could stop this rollout.',
      remedy: 'Give at least one guardrail mode: enforce.',
    }));
  }
  const alpha = Number(enforced.reduce((sum, item) => sum + item.value.alpha, ofSlices).toFixed(9));
  if (alpha > MOST_ALPHA) {
    problems.push(problemAt('guardrails', {
      code: 'plan-alpha',
      message: `The enforced guardrails' alphas${ofSlices > 0 ? ' and that of the slices' : ''} add up to ${alpha}; expected at most ${MOST_ALPHA}, or a harmless version is as likely to be rolled back as not.`,
      remedy: 'Lower each alpha; 0.01 is usual.',
    }));
  }
  return problems;
}

function duplicates(items: readonly Item<Guardrail>[]): Problem[] {
  const firstAt = new Map<string, number>();
  const problems: Problem[] = [];
  for (const { index, value } of items) {
    const name = value.metric === 'level' ? `level ${value.name}` : guardrailLabel(value);
    const earlier = firstAt.get(name);
    if (earlier === undefined) firstAt.set(name, index);
    else {
      problems.push(problemAt(`guardrails.${index}`, {
        code: 'plan-guardrail-duplicate',
        message: `${name} already has a guardrail, number ${earlier + 1} of the list.`,
        remedy: 'Keep one of the two.',
      }));
    }
  }
  return problems;
}

function tooManyLevels(items: readonly Item<Guardrail>[]): Problem[] {
  const tooMany = items.filter(({ value }) => value.metric === 'level')[MOST_LEVELS];
  return tooMany === undefined ? [] : [problemAt(`guardrails.${tooMany.index}`, {
    code: 'plan-guardrail-levels',
    message: `This is level number ${MOST_LEVELS + 1}; a plan has at most ${MOST_LEVELS}.`,
    remedy: 'Keep those that you would roll back for.',
  })];
}

function readable<T>(schema: z.ZodType<T>, list: readonly unknown[]): Item<T>[] {
  return list.flatMap((raw, index) => {
    const parsed = schema.safeParse(raw);
    return parsed.success ? [{ index, value: parsed.data }] : [];
  });
}

function listAt(raw: unknown, key: 'steps' | 'guardrails'): readonly unknown[] {
  const list = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>)[key] : undefined;
  return Array.isArray(list) ? list : [];
}
