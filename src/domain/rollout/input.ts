import { parseEnginePlan } from '../plan/check.ts';
import { didYouMean } from '../plan/did-you-mean.ts';
import type { Plan } from '../plan/plan.ts';
import type { Problem } from '../plan/problem.ts';
import { problemAt, show } from '../plan/problem.ts';
import { actorProblem, reasonProblem } from './actor.ts';
import { proofProblem } from '../identity/signed-act.ts';

/** What a rollout is started with. */
export interface RolloutInput {
  readonly plan: Plan;
  readonly startedBy: string;
  readonly reason?: string;
  /** Start even a plan that cannot reach a verdict with the traffic of the last days. */
  readonly force?: boolean;
  /** ISO instant: what comes later is refused. */
  readonly expiresAt?: string;
  /** Of whoever starts it, over all the rest. */
  readonly signature?: string;
}

export type ParsedInput =
  | { readonly ok: true; readonly input: RolloutInput }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const FIELDS: readonly string[] = ['plan', 'startedBy', 'reason', 'force', 'expiresAt', 'signature'];

/** The input of a rollout, whoever sent it: as the engine runs it, or all that is wrong with it. Never throws. */
export function parseRolloutInput(value: unknown): ParsedInput {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      ok: false,
      problems: [
        problemAt('', {
          code: 'plan-type',
          message: `The input of the rollout is ${show(value)}; expected plan and startedBy.`,
          remedy: HOW,
        }),
      ],
    };
  }
  const { plan, startedBy, reason, force, expiresAt, signature } = value as Partial<
    Record<keyof RolloutInput, unknown>
  >;
  const checked = parseEnginePlan(plan);
  const problems = [
    ...(checked.ok ? [] : checked.problems),
    ...aroundProblems({ startedBy, reason, force, expiresAt, signature }),
    ...unknownFields(value),
  ];
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    input: {
      plan: checked.plan,
      startedBy: startedBy as string,
      ...(reason !== undefined && { reason: reason as string }),
      ...(force !== undefined && { force: force as boolean }),
      ...(expiresAt !== undefined && { expiresAt: expiresAt as string }),
      ...(signature !== undefined && { signature: signature as string }),
    },
  };
}

const HOW = 'Start rollouts with `assist-rollouts start <plan.yaml>`, or with startRollout of the library.';

function aroundProblems(given: Partial<Record<keyof RolloutInput, unknown>>): Problem[] {
  const { startedBy, reason, force } = given;
  const proof = proofProblem(given);
  const actor = actorProblem(startedBy);
  const why = reason === undefined || reason === '' ? null : reasonProblem(reason);
  return [
    ...(actor === null ? [] : [problemAt('startedBy', { code: 'plan-actor', message: actor, remedy: HOW })]),
    ...(why === null ? [] : [problemAt('reason', { code: 'plan-reason', message: why, remedy: HOW })]),
    ...(proof === null ? [] : [problemAt('', { code: 'plan-type', message: proof, remedy: HOW })]),
    ...(force === undefined || typeof force === 'boolean'
      ? []
      : [
          problemAt('force', {
            code: 'plan-type',
            message: `Here stands ${show(force)}; expected true or false.`,
            remedy: 'Write true or false here.',
          }),
        ]),
  ];
}

function unknownFields(value: object): Problem[] {
  return Object.keys(value)
    .filter((key) => !FIELDS.includes(key))
    .slice(0, 10)
    .map((key) =>
      problemAt(key.slice(0, 64), {
        code: 'plan-unknown-field',
        message: `The input of a rollout has no field ${show(key)}.`,
        remedy: didYouMean(key, FIELDS),
      }),
    );
}
