/** Whom a step may be for: an audience only ever grows, and is one that the target can tell. */
import { holds, isSameAudience, splitText } from '../split/audience.ts';
import type { Audience } from '../split/audience.ts';
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';
import { capabilitiesOf } from './target-capabilities.ts';
import { targetSchema } from './target-schema.ts';

export interface AskedSplit {
  readonly index: number;
  readonly percent: number;
  readonly of: Audience | null;
}

/** More of the same, or no less of more: who has met the candidate goes on meeting it. */
export function fallingSplits(splits: readonly AskedSplit[], splitField: string): Problem[] {
  return splits.flatMap((split, at) => {
    const before = splits.slice(0, at);
    const last = before.at(-1);
    const highest = Math.max(...before.map(({ percent }) => percent));
    if (last === undefined) return [];
    const path = `steps.${split.index}.${splitField}`;
    if (!holds(split.of, last.of)) return [leavesOut(path, split, last)];
    const rises = split.percent > highest || (split.percent === highest && !isSameAudience(split.of, last.of));
    return rises ? [] : [falling(path, split.percent, highest)];
  });
}

function falling(path: string, percent: number, highest: number): Problem {
  return problemAt(path, {
    code: 'plan-split',
    message: `The split goes to ${percent} after ${highest}; a rollout's splits only rise.`,
    remedy: `Write more than ${highest}, or remove this step. To go back, a rollout is rolled back as a whole.`,
  });
}

function leavesOut(path: string, { percent, of }: AskedSplit, last: AskedSplit): Problem {
  return problemAt(path, {
    code: 'plan-audience',
    message:
      `The split goes to ${splitText(percent, of)} after ${splitText(last.percent, last.of)}, and leaves out whom that ` +
      'step was for.',
    remedy: 'Name all of the step before and add to it, or leave "of" out: the split is for everybody then.',
  });
}

interface Given {
  readonly target: unknown;
  readonly action: unknown;
  readonly splits: readonly AskedSplit[];
  readonly splitField: string;
}

/** A target that cannot be read says so itself. */
export function audienceProblems({ target, action, splits, splitField }: Given): Problem[] {
  const parsed = targetSchema.safeParse(target);
  if (!parsed.success) return [];
  const { data } = parsed;
  return splits.flatMap(({ index, of }) => {
    if (of === null) return [];
    const path = `steps.${index}.${splitField}`;
    const { audience } = capabilitiesOf(data.kind);
    if (audience !== 'any')
      return [
        problemAt(path, {
          code: 'plan-target',
          message: `Target ${data.kind} cannot show a version to a part of the conversations by queue, team or agent.`,
          remedy: audience.instead,
        }),
      ];
    if (fieldOf(data, 'unit') === 'agent' && of.queues !== undefined)
      return [
        problemAt(path, {
          code: 'plan-audience',
          message: 'With unit: agent an agent meets one version, and who works in several queues would meet two.',
          remedy: 'Name agents, teams or divisions; target.queues says in which queues the card surfaces.',
        }),
      ];
    return unheard(path, of, queuesOf(data) ?? triggerQueues(action));
  });
}

function unheard(path: string, { queues = [] }: Audience, heard: readonly unknown[]): Problem[] {
  const other = queues.filter((queue) => !heard.includes(queue));
  return other.length === 0
    ? []
    : [
        problemAt(path, {
          code: 'plan-audience',
          message: `The panel makes no card in ${other.join(', ')}: ${other.length === 1 ? 'it is' : 'they are'} no queue of the target.`,
          remedy: `Name queues of the target or the trigger: ${heard.join(', ') || 'there are none'}.`,
        }),
      ];
}

function queuesOf(target: unknown): readonly unknown[] | undefined {
  const queues = fieldOf(target, 'queues');
  return Array.isArray(queues) ? queues : undefined;
}

function triggerQueues(action: unknown): readonly unknown[] {
  const conditions = fieldOf(fieldOf(action, 'trigger'), 'conditions');
  return (Array.isArray(conditions) ? conditions : []).flatMap((condition) =>
    fieldOf(condition, 'type') === 'queue' ? [fieldOf(condition, 'id')] : [],
  );
}

function fieldOf(raw: unknown, key: string): unknown {
  return typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>)[key] : undefined;
}
