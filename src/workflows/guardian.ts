/**
 * The standing look from outside: short runs, started by a schedule, that leave nothing half done which the next would
 * not find again.
 */
import { log, ParentClosePolicy, proxyActivities, sleep, startChild, workflowInfo } from '@temporalio/workflow';
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { GuardianFinding } from '../domain/guardian/finding.ts';
import type { Recovery } from '../domain/guardian/recovery.ts';
import { GUARDIAN_RULES } from '../domain/guardian/seen.ts';
import type { GuardianRules } from '../domain/guardian/seen.ts';
import type { ActProof } from '../activities/types.ts';
import { proofProblem } from '../domain/identity/signed-act.ts';
import { actionProblem } from '../domain/plan/identity.ts';
import { actorProblem, reasonProblem } from '../domain/rollout/actor.ts';
import { createFirstUse } from '../domain/shared/first-use.ts';
import type { GuardianActivities } from '../guardian/create.ts';
import { authoriseAct, proofOfRefused } from './authorise.ts';
import type { Authorised } from './authorise.ts';
import type { GuardianInput, RecoverInput } from './messages.ts';
import { recoverWorkflowId, ROLLOUTS_QUEUE, SAFETY_QUEUE } from './messages.ts';
import { priorityOf } from '../domain/rollout/priority.ts';
import { followCurrent } from './follow-current.ts';
import { WRITE_LIMIT_MS } from '../domain/rollout/limits.ts';

const backoff = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;

/** Bounded: the next run of the schedule looks anew. */
const looking = proxyActivities<Pick<GuardianActivities, 'guardianLook' | 'guardianAct'>>({
  taskQueue: SAFETY_QUEUE,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '40s',
  heartbeatTimeout: '10s',
  retry: backoff,
});

const restoring = proxyActivities<Pick<GuardianActivities, 'restoreBaseline' | 'recordRecovery'>>({
  taskQueue: SAFETY_QUEUE,
  startToCloseTimeout: WRITE_LIMIT_MS,
  heartbeatTimeout: '5s',
  retry: { ...backoff, initialInterval: '200ms' },
});

const GAP_MS = 20_000;
/** With the gap between them they fill a minute; then the next run is due. */
const LOOKS = 4;
const LEAST_MS = 500;

/** Acts on what two looks agree on, or one and the record of Temporal. Returns the keys of what it acted on. */
export async function guardian(input?: GuardianInput): Promise<string[]> {
  const rules = rulesOf(input);
  const gapMs = isDuration(input?.gapMs) ? input.gapMs : GAP_MS;
  const handled = new Set<string>();
  let before: ReadonlySet<string> = new Set();
  for (let look = 1; ; look += 1) {
    const found = await looking.guardianLook.executeWithOptions({ summary: `look ${look}` }, [{ rules }]);
    const left = found.filter(({ key }) => !handled.has(key));
    const agreed = left.filter(({ key, ripe, ripeInMs }) => ripe && (ripeInMs !== undefined || before.has(key)));
    for (const { key } of agreed) handled.add(key);
    await Promise.all(agreed.map(act));
    if (agreed.length === left.length || look === LOOKS) return [...handled];
    before = new Set(left.map(({ key }) => key));
    await sleep(untilNext(left, gapMs), { summary: 'look again before anything is done' });
  }
}
followCurrent(guardian);

/** What becomes ripe before the gap is over waits for nothing else. */
function untilNext(left: readonly GuardianFinding[], gapMs: number): number {
  const soonest = left.flatMap(({ ripe, ripeInMs }) => (ripe || ripeInMs === undefined ? [] : [ripeInMs]));
  return Math.min(gapMs, ...soonest.map((ms) => Math.max(ms, LEAST_MS)));
}

/** Whoever starts it by hand may be quicker; what is no duration is left as it is. */
function rulesOf(input: GuardianInput | undefined): GuardianRules {
  const given = Object.entries(input?.rules ?? {}).filter(
    ([name, value]) => name in GUARDIAN_RULES && isDuration(value),
  );
  return { ...GUARDIAN_RULES, ...Object.fromEntries(given) };
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 86_400_000;
}

/** One that fails keeps the others from nothing; it is found again in a minute. */
async function act(finding: GuardianFinding): Promise<void> {
  try {
    if (finding.remedy === 'restore' && finding.action !== null) await startRecovery(finding.action, finding);
    else await looking.guardianAct.executeWithOptions({ summary: finding.kind }, [{ finding }]);
  } catch (error) {
    log.error('guardian: could not act', {
      finding: finding.key,
      error: error instanceof Error ? error.message : String(error),
    });
  }
}

/** Anybody may hold its id: what does so and brings nothing back is ended first. */
async function startRecovery(action: string, finding: GuardianFinding): Promise<void> {
  if (await couldStart(action, finding)) return;
  const summary = `${action}: who holds the recovery`;
  await looking.guardianAct.executeWithOptions({ summary }, [{ finding: { ...finding, remedy: 'free' } }]);
  await couldStart(action, finding);
}

/**
 * A child that outlives this run: it tries for as long as it takes, and holds up no other look. One at a time for an
 * action. False: its id is held.
 */
async function couldStart(action: string, { sentence }: GuardianFinding): Promise<boolean> {
  try {
    await startChild(recover, {
      workflowId: recoverWorkflowId(action),
      args: [{ action, by: 'guardian', reason: sentence }],
      priority: priorityOf('safety', recoverWorkflowId(action)),
      taskQueue: ROLLOUTS_QUEUE,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${action}: the baseline comes back`,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/**
 * Brings the baseline back without the plan, proves it, and puts it on record. Whoever asks by hand is held to their
 * role; where nobody can say who that is it is done all the same, as an abort is.
 */
export async function recover(given: RecoverInput): Promise<Recovery> {
  const { action, by, reason } = parsed(given);
  const asked = isGuardians(by) ? null : await mayRecover(given);
  const record = {
    action,
    by,
    reason,
    key: `recover/${workflowInfo().runId}`,
    ...(asked !== null && { proof: asked.proof }),
  };
  if (asked !== null && !asked.ok) {
    const recovery = { kind: 'refused', why: asked.refusal } as const;
    await restoring.recordRecovery.executeWithOptions({ summary: 'audit: refused' }, [{ ...record, recovery }]);
    throw refused(asked.refusal);
  }
  const recovery = await restoring.restoreBaseline.executeWithOptions({ summary: `${action}: baseline back` }, [
    { action, by },
  ]);
  await restoring.recordRecovery.executeWithOptions({ summary: 'audit' }, [{ ...record, recovery }]);
  return recovery;
}
followCurrent(recover);

/** Only its own child bears that name. */
function isGuardians(by: string): boolean {
  return workflowInfo().parent !== undefined && by === 'guardian';
}

/** Of which queues it is, only its plan knew: whoever may act on the action may recover it. */
async function mayRecover(given: RecoverInput): Promise<Authorised & { readonly proof: ActProof }> {
  const places = [{ action: given.action, queues: [] }];
  const answer = await authoriseAct(places, { firstUse: createFirstUse() }, 'recover', given);
  return answer.ok ? answer : { ...answer, proof: proofOfRefused(answer, given) };
}

/** Whoever starts it, and under whichever id: what may not stand in the audit log, or beside another, is refused. */
function parsed(input: unknown): Pick<RecoverInput, 'action' | 'by' | 'reason'> {
  const given = (input ?? {}) as Partial<Record<keyof RecoverInput, unknown>>;
  const { action, by, reason } = given;
  const problem =
    typeof action !== 'string' || action === ''
      ? '"action" is no name of an action.'
      : (idProblem(action) ??
        // What the guardian finds in the organisation may have any name.
        (by === 'guardian' && isGuardians(by) ? null : (actionProblem(action) ?? actorProblem(by))) ??
        reasonProblem(reason) ??
        proofProblem(given));
  if (problem !== null) throw refused(`${problem} Recover with \`assist-rollouts recover <action>\`.`);
  return { action: action as string, by: by as string, reason: reason as string };
}

/** One at a time for an action is kept by the id. */
function idProblem(action: string): string | null {
  const { workflowId } = workflowInfo();
  const expected = recoverWorkflowId(action);
  return workflowId === expected ? null : `The workflow id is ${workflowId}; expected ${expected}.`;
}

function refused(why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(why, 'RecoverRefused');
}
