/** By how much better a candidate must be proven before it is promoted: beside a guardrail's margin, and of its kind. */
import { definitionOf } from '../metrics/index.ts';
import type { MetricName } from '../metrics/index.ts';
import type { WrittenMargin } from './margin.ts';
import { measureOf, readMargin } from './margin.ts';
import type { Guardrail } from './plan.ts';
import type { Fault } from './problem.ts';
import { show } from './problem.ts';

export function parseGoal(value: unknown): WrittenMargin | Fault {
  const read = readMargin(value);
  return typeof read === 'string'
    ? refuse(read)
    : read.margin.value > 0
      ? read
      : refuse(`${show(value)} is not above zero`);
}

type Beside = Pick<Guardrail, 'metric' | 'mode' | 'worseWhen' | 'margin'>;

/** Does the goal fit the guardrail? Undefined when it does. */
export function goalFault(goal: WrittenMargin, margin: WrittenMargin, beside: Beside): Fault | undefined {
  if (measureOf(goal.text) !== measureOf(margin.text))
    return refuse(`"${goal.text}" is of another kind than the margin, "${margin.text}"`);
  return goalRangeFault(goal.margin.value, beside, `"${goal.text}"`);
}

/** The same for a goal as people write it and as the engine runs it. */
export function goalRangeFault(
  goal: number,
  { metric, mode, worseWhen, margin }: Beside,
  seen = String(goal),
): Fault | undefined {
  if (mode === 'observe')
    return {
      ...refuse(`a goal of ${seen} would hold the promotion, and a guardrail that observes stops nothing`),
      remedy: 'Write mode: enforce or pause, or leave the goal out.',
    };
  const isWhole =
    goal >= 1 && (isRate(metric) ? margin.kind === 'absolute' || worseWhen === 'higher' : isFall(worseWhen, margin));
  return isWhole ? refuse(`${seen} is more than any version can be better by`) : undefined;
}

function isRate(metric: MetricName): boolean {
  return definitionOf(metric).kind === 'rate';
}

function isFall(worseWhen: Guardrail['worseWhen'], { kind }: Guardrail['margin']): boolean {
  return kind === 'relative' && worseWhen === 'higher';
}

function refuse(seen: string): Fault {
  return {
    code: 'plan-goal',
    message: `${seen}; expected by how much better than the baseline a version must be proven to be promoted.`,
    remedy: 'Write it as the margin is written, such as goal: 2% beside margin: 10%, or leave it out.',
  };
}
