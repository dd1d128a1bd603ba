/** Approvals of a plan that could never be given here. Pure. */
import type { Plan } from '../plan/plan.ts';
import type { Problem } from '../plan/problem.ts';
import { problemAt, show } from '../plan/problem.ts';
import { namesOfWhoMay } from './decide.ts';
import type { Operators } from './operators.ts';
import { queuesOf } from './queues.ts';

/** `operators`: null where nobody can be told apart. */
export function approverProblems(plan: Plan, operators: Operators | null, startedBy: unknown): Problem[] {
  return operators === null ? groupProblems(plan) : whoMayProblems(plan, operators, startedBy);
}

/** Anybody can claim to be in a group; where nobody can be told apart, that would be four eyes in name only. */
function groupProblems({ steps }: Plan): Problem[] {
  return steps.flatMap((step, index) =>
    step.kind !== 'approve' || step.by === undefined
      ? []
      : [
          problemAt(`steps.${index}.by`, {
            code: 'plan-approvers',
            message: `${step.by.join(' or ')} may approve, and this worker knows nobody's groups: it has no OPERATORS_FILE.`,
            remedy:
              'Give the worker OPERATORS_FILE, or leave "by" out; count and notStarter then go by the names that ' +
              'people claim.',
          }),
        ],
  );
}

/** An approval that so many people can never give, by the list as it is now. */
function whoMayProblems(plan: Plan, operators: Operators, startedBy: unknown): Problem[] {
  const at = { act: 'approve', action: plan.action.name, queues: queuesOf(plan) };
  return plan.steps.flatMap((step, index) => {
    if (step.kind !== 'approve') return [];
    const { by = [], count = 1, notStarter = false } = step;
    const people = namesOfWhoMay(operators, at, by);
    const left = people?.filter((name) => !notStarter || name !== startedBy);
    if (people === null || left === undefined || left.length >= count) return [];
    const starter =
      left.length < people.length ? `; ${show(startedBy)} started it, and does not count (notStarter)` : '';
    const can = left.length === 0 ? 'nobody' : `only ${left.join(', ')}`;
    const whom = by.length === 0 ? 'who may approve' : by.join(' or ');
    return [
      problemAt(`steps.${index}.${by.length > 0 ? 'by' : 'count'}`, {
        code: 'plan-approvers',
        message: `${count} of ${whom} must approve, and by operators.yaml ${can} could${starter}: it would wait in vain.`,
        remedy:
          'Have an admin give more people the group, and the role approver for this action and its queues ' +
          '(`assist-rollouts operator add`); or ask for fewer, or for another group.',
      }),
    ];
  });
}
