/** The preflight inside a rollout: asked anew at every start, and its answer kept for the audit log. */
import { calendarProblems } from '../domain/calendar/plan-check.ts';
import { forceProblems, minimumProblems } from '../domain/minimums/check.ts';
import type { OrganisationPolicy } from '../domain/minimums/policy.ts';
import { parseEnginePlan } from '../domain/plan/check.ts';
import { noCardIn } from '../domain/plan/no-card.ts';
import { isCard } from '../domain/plan/plan.ts';
import { approverProblems } from '../domain/identity/approver-problems.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import { hookPlace } from '../domain/plan/steps/hook.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Problem } from '../domain/plan/problem.ts';
import type { TargetKind } from '../domain/plan/target-schema.ts';
import { problemAt, show } from '../domain/plan/problem.ts';
import { PREFLIGHT_RULES_VERSION, preflightDataVersion, preflightStatus } from '../domain/preflight/compliance.ts';
import { preflight } from '../domain/preflight/preflight.ts';
import type { PreflightSettings } from '../domain/preflight/settings.ts';
import { DEFAULT_SETTINGS } from '../domain/preflight/settings.ts';
import type { Insisted } from '../domain/registry/harm.ts';
import { HARM_WAY_OUT, harmBefore } from '../domain/registry/harm.ts';
import { rolloutWorkflowId } from '../domain/rollout/workflow-id.ts';
import { comparabilityProblems } from '../domain/trigger/comparability.ts';
import { conditionProblems } from '../domain/trigger/condition-ids.ts';
import { contentSha256 } from '../targets/index.ts';
import type { Surroundings } from '../targets/target.ts';
import { splitText } from '../domain/split/audience.ts';
import { saveCompliance } from '../store/compliance.ts';
import type { Database } from '../store/database.ts';
import { harmfulEntry } from '../store/registry.ts';
import type { CalendarDeps } from './calendar.ts';
import type { HookDeps } from './hook.ts';
import { sharedConditionIds } from './shared-condition-ids.ts';
import { feasibilityProblems, forecastAtStart, trafficBefore } from './traffic-before.ts';
import type { TrafficDeps } from './traffic-before.ts';
import type { PreflightResult, ValidateInput } from './types.ts';

export interface ValidateDeps extends HookDeps, TrafficDeps {
  /** What cards are held to here; the defaults if absent. */
  readonly preflight?: PreflightSettings;
  readonly targets: { of(kind: TargetKind): Pick<Surroundings, 'describe' | 'conditionIds' | 'audienceTroubles'> };
  /** What the organisation asks of every plan; nothing if absent. */
  readonly minimums?: OrganisationPolicy | null;
  /** Null or absent: nobody can be told apart here. */
  readonly operators?: OperatorsSource | null;
  /** When splits may rise; always if absent. */
  readonly calendar?: CalendarDeps['calendar'];
  /** Of messages, by name; null or absent: nobody is told anything. */
  readonly messageRoutes?: () => readonly string[] | null;
}

/**
 * What is handed in was sent by any client of Temporal, so it is read as if by nobody; rubbish is answered with its
 * problems. The answer is on record before the rollout hears it: whatever the audit log says of this content later is
 * this answer.
 */
export async function validate(
  deps: ValidateDeps,
  input: unknown,
  rolloutId: string | null = null,
): Promise<PreflightResult> {
  const { plan: given, workflowId, force, reason, startedBy, isDryRun } = fieldsOf(input);
  const parsed = parseEnginePlan(given);
  if (!parsed.ok) return { problems: parsed.problems };
  const { plan } = parsed;
  const unfit = [
    ...(workflowId === undefined ? [] : workflowIdProblems(workflowId, plan)),
    ...approverProblems(plan, (await deps.operators?.now()) ?? null, startedBy),
  ];
  const undercut = deps.minimums
    ? [...minimumProblems(plan, deps.minimums), ...forceProblems(force, plan, deps.minimums)]
    : [];
  const untimely = calendarProblems(plan, {
    organisation: deps.calendar ? await deps.calendar.now() : null,
    nowMs: deps.now(),
  });
  if (untimely.some(({ severity }) => severity === 'error')) return { problems: untimely };
  const uncalled = hookProblems(deps, plan);
  if (unfit.length + undercut.length + uncalled.length > 0) return { problems: [...unfit, ...undercut, ...uncalled] };
  // A card may be retired for what is wrong with it, and is not said to have passed.
  const content =
    plan.retire === true ? { problems: [] } : await checkContent(deps, plan, { rolloutId, isKept: isDryRun !== true });
  // What the organisation has, and what the plan can prove, say nothing of the content: they are no part of the
  // compliance on record.
  const traffic = await trafficBefore(deps, plan);
  const problems = [
    ...content.problems,
    ...(await harmProblems(deps.db, plan, {
      force: force === true,
      reason: typeof reason === 'string' ? reason : '',
    })),
    ...(await organisationProblems(deps.targets, plan)),
    ...notifyProblems(plan, deps.messageRoutes?.() ?? null),
    ...(force === true || traffic === null ? [] : await feasibilityProblems(deps, plan, traffic)),
  ];
  const begins = isDryRun !== true && !problems.some(({ severity }) => severity === 'error');
  if (begins && rolloutId !== null && traffic !== null) await forecastAtStart(deps, plan, rolloutId, traffic);
  return { problems, ...('checked' in content && { checked: content.checked }) };
}

/** The preflight of the plan's content, kept under its hash unless somebody only asks. */
async function checkContent(
  deps: ValidateDeps,
  plan: Plan,
  { rolloutId, isKept }: { readonly rolloutId: string | null; readonly isKept: boolean },
): Promise<Required<PreflightResult>> {
  const settings = deps.preflight ?? DEFAULT_SETTINGS;
  const problems = preflight(plan, settings);
  const checked = {
    contentSha256: contentSha256(plan),
    status: preflightStatus(problems),
    rulesVersion: PREFLIGHT_RULES_VERSION,
    dataVersion: preflightDataVersion(settings),
  };
  if (!isKept) return { problems, checked };
  const found = [...new Set(problems.map(({ code }) => code))];
  await saveCompliance(deps.db, {
    ...checked,
    at: new Date(deps.now()),
    action: plan.action.name,
    version: plan.action.version,
    rolloutId,
    found,
  });
  return { problems, checked };
}

function fieldsOf(input: unknown): Partial<Record<keyof ValidateInput, unknown>> {
  return typeof input === 'object' && input !== null ? input : {};
}

/** Hooks that could never be asked from here: better said before anything is written than at their step. */
function hookProblems({ hooks }: HookDeps, { steps }: Plan): Problem[] {
  return steps.flatMap((step, index) => {
    if (step.kind !== 'hook') return [];
    const refusal = hooks === undefined ? { of: 'url' as const, why: 'it calls none' } : hooks.refusal(step);
    if (refusal === null) return [];
    const { of, why } = refusal;
    const remedy =
      of === 'url'
        ? 'Write https and a public host, or have whoever runs the worker name it in HOOKS_ALLOWED_HOSTS.'
        : 'Have whoever runs the worker add it to HOOK_SECRETS, or write the name of one that it has.';
    return [
      problemAt(`steps.${index}.${of}`, {
        code: of === 'url' ? 'plan-hook-host' : 'plan-hook-secret',
        message: `The worker does not call ${hookPlace(step)}: ${why}.`,
        remedy,
      }),
    ];
  });
}

/** Warnings only: a rollout is not kept back for who would hear of it. */
function notifyProblems({ notify = [] }: Plan, routes: readonly string[] | null): Problem[] {
  return notify
    .filter((name) => routes?.includes(name) !== true)
    .map((name) =>
      problemAt(
        'notify',
        {
          code: 'plan-notify',
          message:
            routes === null
              ? `The plan names the route ${show(name)}, and the worker sends no messages.`
              : `The plan names the route ${show(name)}; the worker's file of messages has ${routes.join(', ')}.`,
          remedy: 'Name one of its routes, or add this one to the file of MESSAGES_FILE.',
        },
        { severity: 'warning' },
      ),
    );
}

function workflowIdProblems(workflowId: unknown, { action }: Plan): Problem[] {
  const expected = rolloutWorkflowId(action.name);
  return workflowId === expected
    ? []
    : [
        problemAt('', {
          code: 'plan-workflow-id',
          message:
            `This rollout runs as the workflow ${show(workflowId)}; expected ${show(expected)}, of which there is ` +
            'one at a time.',
          remedy: 'Start rollouts with `assist-rollouts start <plan.yaml>`, or with startRollout of the library.',
        }),
      ];
}

/**
 * What lacks nothing but a look at the organisation: ids that it does not have, and a trigger that its serving version
 * does not share.
 */
async function organisationProblems(targets: ValidateDeps['targets'], plan: Plan): Promise<Problem[]> {
  const { target, action } = plan;
  const noCard = noCardIn(plan);
  if (!isCard(action)) return [];
  const { trigger } = action;
  const surroundings = targets.of(target.kind);
  const { baseline } = noCard === null ? await surroundings.describe(plan) : { baseline: null };
  return [
    ...conditionProblems(trigger, await sharedConditionIds(surroundings, trigger)),
    ...(await audienceProblems(surroundings, plan)),
    ...(baseline === null || !isCard(baseline.action) ? [] : comparabilityProblems(baseline.action.trigger, trigger)),
  ];
}

/** A split for somebody who is not there would wait for cards that cannot come. */
async function audienceProblems(surroundings: Pick<Surroundings, 'audienceTroubles'>, plan: Plan): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [index, step] of plan.steps.entries()) {
    if (step.kind !== 'setSplit' || step.of === undefined) continue;
    const troubles = (await surroundings.audienceTroubles?.(step.of)) ?? [];
    if (troubles.length > 0)
      problems.push(
        problemAt(`steps.${index}`, {
          code: 'plan-audience',
          message: `Of the audience of ${splitText(step.percent, step.of)} ${troubles.join('; ')}.`,
          remedy: 'Name what there is, by the ids that the organisation gives; a team or division needs a member.',
        }),
      );
  }
  return problems;
}

/** Whoever starts it, and by whatever client: it is for the worker to hold. */
async function harmProblems(db: Database, plan: Plan, insisted: Insisted): Promise<Problem[]> {
  if (plan.retire === true) return [];
  const { name, version } = plan.action;
  const started = { version, contentSha256: contentSha256(plan) };
  const harmful = await harmfulEntry(db, { action: name, ...started });
  const why = harmful === null ? null : harmBefore([{ ...harmful, verdict: 'harm' }], started, insisted);
  return why === null
    ? []
    : [problemAt('action.version', { code: 'plan-harm-before', message: `${name} ${why}`, remedy: HARM_WAY_OUT })];
}
