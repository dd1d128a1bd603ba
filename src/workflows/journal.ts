/** What the rollout did, on its way to the audit log. */
import { CancellationScope } from '@temporalio/workflow';
import type { ActProof, Registered, TransitionRecord } from '../activities/types.ts';
import { actOf, actorOf, reasonOf } from '../domain/rollout/audit-reason.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import { messageFor } from '../domain/messages/message-for.ts';
import type { AuditedEvent } from '../domain/rollout/events.ts';
import type { KnownPast, PastDiffers } from '../domain/rollout/past.ts';
import type { RolloutInput } from '../domain/rollout/input.ts';
import type { RolloutState } from '../domain/rollout/state.ts';
import type { RolloutFacts } from '../domain/rollout/view.ts';
import { lastReport } from '../domain/rollout/view.ts';
import { record } from './activity-proxies.ts';

interface Transition {
  readonly before: RolloutState;
  readonly event: AuditedEvent;
  readonly after: RolloutState;
  readonly atMs: number;
  readonly actor?: string;
  readonly correlationId?: string | null;
  readonly proof?: ActProof;
}

export interface Journal {
  write(transition: Transition): TransitionRecord;
  /** What it knows of its record. */
  past(): KnownPast;
  /** From here on it goes on with the record as that is. */
  goOnFrom(differs: PastDiffers): void;
  written(): Promise<void>;
}

/** `registered`: what the registry is to know from the first record on. */
export function createJournal(facts: RolloutFacts, { plan, startedBy }: RolloutInput, registered: Registered): Journal {
  let count = 0;
  let confirmed = 0;
  let lostTo = 0;
  let isRegistered = false;
  let deployment: Deployment | null = null;
  let waiting: readonly TransitionRecord[] = [];
  let writing: Promise<void> = Promise.resolve();

  /** What came to pass while an earlier record was under way travels in one activity. */
  async function writeDown(): Promise<void> {
    const entries = waiting;
    const last = count;
    waiting = [];
    if (entries.length === 0) return;
    await record.executeWithOptions({ summary: `audit: ${entries.map(({ act }) => act).join(', ')}` }, [entries]);
    confirmed = last;
  }

  /** The plan is sent once, and the deployment when it is another: both are large. */
  function newsFor(after: RolloutState): Registered | null {
    const isNew = after.deployment !== null && after.deployment !== deployment;
    deployment = after.deployment;
    const news = {
      ...(!isRegistered && { ...registered, verifiedBy: after.starter?.verifiedBy ?? null }),
      ...(isNew && after.deployment && { deployment: after.deployment }),
    };
    isRegistered = true;
    return Object.keys(news).length === 0 ? null : news;
  }

  return {
    write(transition) {
      count += 1;
      const entry = recordOf(facts, startedBy, transition, `${facts.rolloutId}/${count}`);
      const news = newsFor(transition.after);
      const message = messageFor({ ...transition, facts, plan, startedBy });
      waiting = [...waiting, { ...entry, ...(message && { message }), ...(news !== null && { registered: news }) }];
      // Outside every scope: a cancelled step must not take its own record with it.
      writing = CancellationScope.nonCancellable(() => writing.then(writeDown));
      return entry;
    },
    past: () => ({
      rolloutId: facts.rolloutId,
      written: Math.max(confirmed, lostTo),
      told: count,
      ...(lostTo > 0 && { lostTo }),
    }),
    goOnFrom(differs) {
      if (differs.kind === 'historyBehind') {
        // A number that is taken would make two entries of one.
        count = Math.max(count, differs.highest);
        return;
      }
      lostTo = count;
      isRegistered = false;
      deployment = null;
    },
    written: () => writing,
  };
}

/** What the audit log and the row of a rollout are told of a transition. */
export function recordOf(
  { rolloutId, workflowId, action, version, startedAtMs, steps }: RolloutFacts,
  startedBy: string,
  { before, event, after, atMs, actor = 'engine', correlationId = null, proof }: Transition,
  key: string,
): TransitionRecord {
  return {
    key,
    rolloutId,
    workflowId,
    action,
    version,
    startedBy,
    startedAtMs,
    atMs,
    actor: actorOf(event, actor),
    act: actOf(event),
    reason: reasonOf(before, event, after, steps),
    before: { phase: before.phase, splitPercent: before.splitPercent },
    after: { phase: after.phase, splitPercent: after.splitPercent },
    outcome: after.outcome,
    correlationId,
    report: event.kind === 'judged' || event.kind === 'ended' ? lastReport(after) : null,
    safety: after.safety,
    ...(proof !== undefined && { proof }),
    // The row has its end and the proof of it: what comes later is of the audit log alone.
    ...((before.outcome !== null || (event.kind === 'setBack' && after.outcome !== null)) && {
      isNoRollout: true as const,
    }),
  };
}
