/** What waves are started with, whoever sent it: parsed where they run. */
import { z } from 'zod';
import { MAX_DURATION_MS } from '../plan/duration.ts';
import { parseEnginePlan } from '../plan/check.ts';
import { problemsOf } from '../plan/issues.ts';
import type { Problem } from '../plan/problem.ts';
import { problemAt, show } from '../plan/problem.ts';
import { actorProblem, reasonProblem } from '../rollout/actor.ts';
import type { Member, WavesPlan } from './plan.ts';
import {
  MAX_HTML,
  MAX_MEMBERS,
  MAX_WAVES,
  memberId,
  NAME_PATTERN,
  ORGANISATION_PATTERN,
  PROMOTED_CHOICES,
  RUNNING_CHOICES,
} from './plan.ts';

export interface WavesInput {
  readonly waves: WavesPlan;
  readonly startedBy: string;
  readonly reason?: string;
  readonly signature?: string;
  readonly expiresAt?: string;
}

const inputSchema = z.strictObject({
  waves: z.strictObject({
    name: z.string().regex(NAME_PATTERN),
    waves: z
      .array(
        z.strictObject({
          name: z.string().regex(NAME_PATTERN),
          members: z
            .array(
              z.strictObject({ plan: z.unknown(), organisation: z.string().regex(ORGANISATION_PATTERN).optional() }),
            )
            .min(1)
            .max(MAX_MEMBERS),
        }),
      )
      .min(1)
      .max(MAX_WAVES),
    maxParallel: z.number().int().min(1).max(MAX_MEMBERS),
    betweenMs: z.number().int().min(0).max(MAX_DURATION_MS),
    onRollback: z.strictObject({ running: z.enum(RUNNING_CHOICES), promoted: z.enum(PROMOTED_CHOICES) }),
  }),
  startedBy: z.unknown(),
  reason: z.unknown().optional(),
  signature: z.string().max(8192).optional(),
  expiresAt: z.string().max(64).optional(),
});

export type ParsedWavesInput =
  | { readonly ok: true; readonly input: WavesInput }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The input of waves as the engine runs it, or all that is wrong with it. Never throws. */
export function parseWavesInput(value: unknown): ParsedWavesInput {
  const parsed = inputSchema.safeParse(value);
  if (!parsed.success)
    return {
      ok: false,
      problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, value, () => [])).slice(0, 20),
    };
  const { waves, startedBy, reason, ...rest } = parsed.data;
  const read = waves.waves.map(({ members }, wave) =>
    members.map(({ plan, organisation }, at) => ({
      at: `waves.waves.${wave}.members.${at}.plan`,
      organisation,
      plan: parseEnginePlan(plan),
    })),
  );
  const good: Member[][] = read.map((members) =>
    members.flatMap(({ plan, organisation }) =>
      plan.ok ? [{ plan: plan.plan, ...(organisation !== undefined && { organisation }) }] : [],
    ),
  );
  const whole = waves.waves.map(({ name }, at) => ({ name, members: good[at] ?? [] }));
  const problems = [
    ...read.flat().flatMap(({ at, plan }) => (plan.ok ? [] : plan.problems.map((one) => below(at, one)))),
    ...wavesProblems({ waves: whole }),
    ...personProblems(startedBy, reason),
  ];
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, 100) };
  return {
    ok: true,
    input: {
      ...(Object.fromEntries(Object.entries(rest).filter(([, one]) => one !== undefined)) as object),
      waves: { ...waves, waves: whole },
      startedBy: startedBy as string,
      ...(reason !== undefined && { reason: reason as string }),
    },
  };
}

/** What only all members together can have wrong. */
export function wavesProblems({ waves }: Pick<WavesPlan, 'waves'>): Problem[] {
  const members = waves.flatMap((wave, index) =>
    wave.members.map((member, at) => ({
      id: memberId(member),
      plan: member.plan,
      path: `waves.${index}.members.${at}.action`,
    })),
  );
  const twice = members.filter(({ id }, index) => members.findIndex((other) => other.id === id) !== index);
  const html = members.reduce((sum, { plan }) => sum + ('html' in plan.action ? plan.action.html.length : 0), 0);
  return [
    ...twice.map(({ id, path }) =>
      problemAt(path, {
        code: 'plan-value',
        message: `${show(id)} stands in these waves twice; one action has one rollout at a time.`,
        remedy: 'Give each member an action of its own.',
      }),
    ),
    ...sameNames(waves.map(({ name }) => name)),
    ...(members.length > MAX_MEMBERS ? [tooMany(members.length, `${MAX_MEMBERS} members`)] : []),
    ...(html > MAX_HTML ? [tooMany(html, `${MAX_HTML} characters of html in all`)] : []),
  ];
}

function sameNames(names: readonly string[]): Problem[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          problemAt(`waves.${index}.name`, {
            code: 'plan-value',
            message: `Two waves are called ${show(name)}.`,
            remedy: 'Give each wave a name of its own.',
          }),
        ],
  );
}

function tooMany(seen: number, most: string): Problem {
  return problemAt('waves', {
    code: 'plan-range',
    message: `Here are ${seen}; expected at most ${most}.`,
    remedy: 'Split them into two files of waves.',
  });
}

function personProblems(startedBy: unknown, reason: unknown): Problem[] {
  const actor = actorProblem(startedBy);
  const why = reason === undefined || reason === '' ? null : reasonProblem(reason);
  const remedy = 'Start waves with `assist-rollouts waves start <waves.yaml>`.';
  return [
    ...(actor === null ? [] : [problemAt('startedBy', { code: 'plan-actor', message: actor, remedy })]),
    ...(why === null ? [] : [problemAt('reason', { code: 'plan-reason', message: why, remedy })]),
  ];
}

function below(at: string, problem: Problem): Problem {
  return { ...problem, path: problem.path === '' ? at : `${at}.${problem.path}` };
}
