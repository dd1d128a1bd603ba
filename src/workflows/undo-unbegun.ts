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
import { proofOfRefused } from './authorise.ts';
import { recordOf } from './journal.ts';
import { ACT_FORBIDDEN } from './messages.ts';
import { attributesOf, NO_ROLLOUT_ATTRIBUTES } from './search-attributes.ts';
import { isAbort } from './undo-ahead.ts';
import type { AbortAhead, Aborted, Heard } from './undo-ahead.ts';

export async function endUnbegun(
  input: UndoInput,
  facts: RolloutFacts,
  found: FoundUndo,
  ahead: AbortAhead,
): Promise<RolloutResult> {
  const { startedBy, reason, undo: asked } = input;
  const { aborted } = ahead;
  const why = aborted === null ? `was refused: ${found.ok ? '' : found.why}` : calledOffText(aborted);
  const over = `Cannot abort: the undo is over, it ${why}`;
  const book = openBook(facts, startedBy);
  const taken = new Set<Heard>(ahead.heard.filter(isAbort));
  hearAll(book, ahead, taken, over);
  const stopped = book.state;
  book.come(
    { kind: 'ended', outcome: 'rejected', reason: `undo by ${startedBy} (${reason}) ${why}` },
    { actor: startedBy },
  );
  const isUnknown = aborted === null && !found.ok && found.isUnknown === true;
  upsertSearchAttributes(
    isUnknown
      ? NO_ROLLOUT_ATTRIBUTES
      : attributesOf({ phase: 'rejected', paused: false, splitPercent: 0, outcome: 'rejected' }),
  );
  const to = asked.to === undefined || asked.to === 'none' ? null : asked.to;
  const more = isUnknown ? { isNoRollout: true as const } : { registered: { undo: { to, proof: null } } };
  await CancellationScope.nonCancellable(async () => {
    for (let entries = book.take(); entries.length > 0; entries = book.take()) {
      await record.executeWithOptions({ summary: 'audit: undo refused' }, [
        entries.map((entry) => ({ ...entry, ...more })),
      ]);
      await ahead.allHeard();
      hearAll(book, ahead, taken, over);
    }
    ahead.answerWith((one) => {
      if (taken.has(one)) return statusOf(facts, stopped);
      const { known } = one;
      throw ApplicationFailure.nonRetryable(known.ok ? over : known.refusal, known.ok ? 'ActRefused' : ACT_FORBIDDEN);
    });
    if (ahead.isAsked()) await condition(() => !ahead.isAsked());
  });
  return resultOf(statusOf(facts, book.state), 'rejected');
}

/** Whoever was heard is on record, once, and is answered as that says: who may not, too, and who comes too late. */
function hearAll(book: Book, { heard }: AbortAhead, taken: ReadonlySet<Heard>, over: string): void {
  for (const one of heard.slice(book.heard)) {
    const { given, known } = one;
    const { by, reason } = given;
    book.heard += 1;
    if (taken.has(one) && known.ok)
      book.come({ kind: 'acted', act: 'abort', by, reason }, { actor: by, proof: known.proof });
    else {
      const why = `${known.ok ? over : known.refusal} Given was: ${reason}`;
      const proof = known.ok ? known.proof : proofOfRefused(known, given);
      book.come({ kind: 'refused', act: 'abort', by, why }, { actor: by, proof });
    }
  }
}

interface Book {
  readonly state: RolloutState;
  /** How many who asked are on record. */
  heard: number;
  come(event: AuditedEvent, origin: { readonly actor: string; readonly proof?: ActProof }): void;
  /** What came since, to be written. */
  take(): TransitionRecord[];
}

/** All at one instant, that of the end. */
function openBook(facts: RolloutFacts, startedBy: string): Book {
  const atMs = Date.now();
  const plan = { steps: [], policies: DEFAULT_POLICIES };
  let state = undoState();
  let count = 0;
  let entries: TransitionRecord[] = [];
  return {
    get state() {
      return state;
    },
    heard: 0,
    come(event, origin) {
      const before = state;
      state = apply(before, event, atMs);
      count += 1;
      const entry = recordOf(
        facts,
        startedBy,
        { before, event, after: state, atMs, ...origin },
        `${facts.rolloutId}/${count}`,
      );
      const message = messageFor({ facts, plan, startedBy, before, event, after: state, atMs });
      entries.push({ ...entry, ...(message && { message }) });
    },
    take() {
      const taken = entries;
      entries = [];
      return taken;
    },
  };
}

function calledOffText({ given: { by, reason } }: Aborted): string {
  return `was called off before anything was written, by ${by}: ${reason}`;
}
