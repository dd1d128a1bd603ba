/** What the rollout did, written down where it outlives the workflow. */
import type { Database } from '../store/database.ts';
import { appendAudit } from '../store/audit.ts';
import { complianceOfVersion } from '../store/compliance.ts';
import { lastSeq } from '../store/exposures.ts';
import { saveRollout } from '../store/rollouts.ts';
import type { Activities, TransitionRecord } from './types.ts';

export interface JournalDeps {
  readonly db: Database;
  readonly now: () => number;
}

export function journalActivities(deps: JournalDeps): Pick<Activities, 'open' | 'record'> {
  return {
    async open() {
      return { startSeq: await lastSeq(deps.db), startedAtMs: deps.now() };
    },
    record: (entry) => record(deps.db, entry),
  };
}

/** The rollout's row and its audit entry share a transaction; a repeat of either changes nothing. */
function record(db: Database, entry: TransitionRecord): Promise<void> {
  return db.tx(async (trx) => {
    await saveRollout(trx, {
      rolloutId: entry.rolloutId, workflowId: entry.workflowId, action: entry.action, version: entry.version,
      startedBy: entry.startedBy, startedAt: new Date(entry.startedAtMs), phase: entry.after.phase, outcome: entry.outcome, reason: entry.reason,
      endedAt: entry.outcome === null ? null : new Date(entry.atMs), report: entry.report, safety: entry.safety,
    });
    await appendAudit(trx, {
      key: entry.key, at: new Date(entry.atMs), actor: entry.actor, act: entry.act, reason: entry.reason, rolloutId: entry.rolloutId,
      action: entry.action, version: entry.version, before: entry.before, after: entry.after, correlationId: entry.correlationId,
      complianceStatus: await complianceOfVersion(trx, entry.action, entry.version),
    });
  });
}
