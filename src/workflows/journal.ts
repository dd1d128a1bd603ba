/** What the rollout did, on its way to the audit log. */
import { CancellationScope } from '@temporalio/workflow';
import type { ActProof, TransitionRecord } from '../activities/types.ts';
import { actOf, actorOf, reasonOf } from '../domain/rollout/audit-reason.ts';
import type { AuditedEvent } from '../domain/rollout/events.ts';
import type { RolloutState } from '../domain/rollout/state.ts';
import type { RolloutFacts } from '../domain/rollout/view.ts';
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
  write(transition: Transition): void;
  written(): Promise<void>;
}

export function createJournal(facts: RolloutFacts, startedBy: string): Journal {
  let count = 0;
  let waiting: readonly TransitionRecord[] = [];
  let writing: Promise<void> = Promise.resolve();

  /** What came to pass while an earlier record was under way travels in one activity. */
  async function writeDown(): Promise<void> {
    const entries = waiting;
    waiting = [];
    if (entries.length > 0)
      await record.executeWithOptions({ summary: `audit: ${entries.map(({ act }) => act).join(', ')}` }, [entries]);
  }

  return {
    write(transition) {
      count += 1;
      waiting = [...waiting, recordOf(facts, startedBy, transition, `${facts.rolloutId}/${count}`)];
      // Outside every scope: a cancelled step must not take its own record with it.
      writing = CancellationScope.nonCancellable(() => writing.then(writeDown));
    },
    written: () => writing,
  };
}

function recordOf(
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
    report: event.kind === 'judged' || event.kind === 'ended' ? after.report : null,
    safety: after.safety,
    ...(proof !== undefined && { proof }),
  };
}
