/** What the rollout did, written down where it outlives the workflow. */
import { isPreflightRefusal } from '../domain/rollout/audit-reason.ts';
import { createRedactor, redactDeep } from '../domain/text/redact.ts';
import type { Redact } from '../domain/text/redact.ts';
import { appendAudit } from '../store/audit.ts';
import { complianceOfVersion } from '../store/compliance.ts';
import type { ComplianceStatus } from '../store/compliance.ts';
import type { Database, Transaction } from '../store/database.ts';
import { lastSeq } from '../store/exposures.ts';
import type { Tell } from '../store/messages.ts';
import { saveRegistered } from '../store/registry.ts';
import { saveRollout } from '../store/rollouts.ts';
import { measureTransition } from './measure-transition.ts';
import { contentSha256 } from '../targets/index.ts';
import type { Opened } from '../domain/rollout/state.ts';
import type { Registered, TransitionRecord } from './types.ts';

export interface JournalDeps {
  readonly db: Database;
  readonly now: () => number;
  /**
   * Cuts the secrets of this process: what stands in the audit log once can never be taken out. Without it, what looks
   * like one.
   */
  readonly redact?: Redact;
  /** Tells people; absent: nobody is told. */
  readonly tell?: Tell;
}

export function journalActivities(deps: JournalDeps) {
  const redact = deps.redact ?? createRedactor();
  return {
    open: async (): Promise<Opened> => ({ startSeq: await lastSeq(deps.db), startedAtMs: deps.now() }),
    /** All or none, in their order; a repeat of any changes nothing. */
    record: (entries: readonly TransitionRecord[]): Promise<void> =>
      deps.db
        .tx(async (trx) => {
          const added: TransitionRecord[] = [];
          for (const { registered, ...entry } of entries) {
            if (!(await record(trx, redactDeep(entry, redact), deps.tell))) continue;
            added.push(entry);
            // A version is gone back to byte for byte, and hashes look like secrets.
            if (registered !== undefined) await register(trx, entry.rolloutId, registered);
          }
          return added;
        })
        .then((added) => added.forEach(measureTransition)),
  };
}

/**
 * The rollout's row, its audit entry and what people are told of it share a transaction; a repeat changes nothing, and
 * is told by false.
 */
async function record(trx: Transaction, entry: TransitionRecord, tell?: Tell): Promise<boolean> {
  const isNew = await appendAudit(
    trx,
    {
      key: entry.key,
      at: new Date(entry.atMs),
      actor: entry.actor,
      act: entry.act,
      reason: entry.reason,
      rolloutId: entry.rolloutId,
      action: entry.action,
      version: entry.version,
      before: entry.before,
      after: entry.after,
      correlationId: entry.correlationId,
      ...(entry.proof !== undefined && { details: entry.proof }),
      complianceStatus: await complianceAt(trx, entry),
    },
    ['complianceStatus'],
  );
  // A repeat that comes late would turn the row back to what it was then.
  if (!isNew) return false;
  if (entry.isNoRollout !== true)
    await saveRollout(trx, {
      rolloutId: entry.rolloutId,
      workflowId: entry.workflowId,
      action: entry.action,
      version: entry.version,
      startedBy: entry.startedBy,
      startedAt: new Date(entry.startedAtMs),
      phase: entry.after.phase,
      outcome: entry.outcome,
      reason: entry.reason,
      endedAt: entry.outcome === null ? null : new Date(entry.atMs),
      report: entry.report,
      safety: entry.safety,
    });
  if (entry.message) await tell?.(trx, entry.message, entry.key);
  return true;
}

async function register(trx: Transaction, rolloutId: string, registered: Registered): Promise<void> {
  const { plan } = registered;
  await saveRegistered(trx, rolloutId, {
    ...registered,
    ...(plan !== undefined && { contentSha256: contentSha256(plan) }),
  });
}

/** Whose preflight refused it never passed one, even when its content alone would have. */
function complianceAt(
  trx: Transaction,
  { outcome, reason, action, version }: TransitionRecord,
): Promise<ComplianceStatus> {
  return outcome === 'rejected' && isPreflightRefusal(reason)
    ? Promise.resolve('failed')
    : complianceOfVersion(trx, action, version);
}
