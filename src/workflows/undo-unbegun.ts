/** An undo that ends before there is a run of it, for it has no plan: on record, with who and why. */
import { ApplicationFailure, CancellationScope, condition, upsertSearchAttributes } from '@temporalio/workflow';
import type { FoundUndo } from '../activities/find-undo.ts';
import type { ActProof, TransitionRecord } from '../activities/types.ts';
import { messageFor } from '../domain/messages/message-for.ts';
import { DEFAULT_POLICIES } from '../domain/plan/default-policies.ts';
import type { UndoInput } from '../domain/registry/undo-input.ts';
import type { AuditedEvent } from '../domain/rollout/events.ts';
import type { RolloutState } from '../domain/rollout/state.ts';
import { undoState } from '../domain/rollout/state.ts';
import { apply } from '../domain/rollout/transition.ts';
import type { RolloutFacts, RolloutResult } from '../domain/rollout/view.ts';
import { resultOf, statusOf } from '../domain/rollout/view.ts';
import { record } from './activity-proxies.ts';
import { recordOf } from './journal.ts';
import { attributesOf, NO_ROLLOUT_ATTRIBUTES } from './search-attributes.ts';
import type { AbortAhead, Aborted } from './undo-ahead.ts';

export async function endUnbegun(
  input: UndoInput,
  facts: RolloutFacts,
  found: FoundUndo,
  ahead: AbortAhead,
): Promise<RolloutResult> {
  const { startedBy, reason, undo: asked } = input;
  const { aborted } = ahead;
  const atMs = Date.now();
  const entries: TransitionRecord[] = [];
  const come = (before: RolloutState, event: AuditedEvent, actor: string, proof?: ActProof): RolloutState => {
    const after = apply(before, event, atMs);
    const transition = { before, event, after, atMs, actor, ...(proof !== undefined && { proof }) };
    const plan = { steps: [], policies: DEFAULT_POLICIES };
    const message = messageFor({ facts, plan, startedBy, before, event, after, atMs });
    const entry = recordOf(facts, startedBy, transition, `${facts.rolloutId}/${entries.length + 1}`);
    entries.push({ ...entry, ...(message && { message }) });
    return after;
  };
  const isUnknown = aborted === null && !found.ok && found.isUnknown === true;
  const stopped =
    aborted === null
      ? undoState()
      : come(
          undoState(),
          { kind: 'acted', act: 'abort', by: aborted.by, reason: aborted.reason },
          aborted.by,
          aborted.proof,
        );
  const why = aborted === null ? `was refused: ${found.ok ? '' : found.why}` : calledOffText(aborted);
  const ended = { kind: 'ended', outcome: 'rejected', reason: `undo by ${startedBy} (${reason}) ${why}` } as const;
  const after = come(stopped, ended, startedBy);
  upsertSearchAttributes(
    isUnknown
      ? NO_ROLLOUT_ATTRIBUTES
      : attributesOf({ phase: 'rejected', paused: false, splitPercent: 0, outcome: 'rejected' }),
  );
  const to = asked.to === undefined || asked.to === 'none' ? null : asked.to;
  const more = isUnknown ? { isNoRollout: true as const } : { registered: { undo: { to, proof: null } } };
  await CancellationScope.nonCancellable(async () => {
    await record.executeWithOptions({ summary: 'audit: undo refused' }, [
      entries.map((entry) => ({ ...entry, ...more })),
    ]);
    ahead.answerWith(() => {
      if (aborted !== null) return statusOf(facts, stopped);
      throw ApplicationFailure.nonRetryable(`Cannot abort: the undo is over, it ${why}`, 'ActRefused');
    });
    if (ahead.isAsked()) await condition(() => !ahead.isAsked());
  });
  return resultOf(statusOf(facts, after), 'rejected');
}

function calledOffText({ by, reason }: Aborted): string {
  return `was called off before anything was written, by ${by}: ${reason}`;
}
