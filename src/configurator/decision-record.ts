/** Everything a rollout's verdict was taken from, out of the store. */
import type { Learning } from '../domain/plan/learning.ts';
import { rulesOf } from '../domain/judge/retake.ts';
import type { DecisionRecord } from '../domain/judge/retake.ts';
import type { StepEnd } from '../domain/judge/types.ts';
import type { LongWatchRecord } from '../domain/long-watch/retake.ts';
import type { Guardrail, Slices } from '../domain/plan/plan.ts';
import { listAudit } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { looksUpTo } from '../store/decision-looks.ts';
import { loadJudgeState } from '../store/judge-states.ts';
import { longWatchRecordOf } from '../store/long-watches.ts';
import { listRolloutRows } from '../store/rollouts.ts';
import type { RolloutRow } from '../store/rollouts.ts';
import { AssistError } from './errors.ts';

/** With what the version was watched by after its promotion; absent where it was not. */
export interface RolloutRecord extends DecisionRecord {
  readonly longWatch?: LongWatchRecord;
}

/** The newest rollout of the action, or the one named. */
export async function decisionRecordOf(db: Database, action: string, rollout?: string): Promise<RolloutRecord> {
  const row = await rolloutOf(db, action, rollout);
  const judged = await loadJudgeState(db, row.rolloutId);
  if (judged === null || judged.report === null) {
    throw new AssistError(
      'nothing-judged',
      `Nothing was judged in rollout ${row.rolloutId} of ${action} (${row.phase}).`,
      'Name another with --rollout.',
    );
  }
  const looks = await looksUpTo(db, row.rolloutId, judged.cursor);
  if (looks.length === 0 && judged.report.n.baseline + judged.report.n.candidate > 0) {
    throw recordDeleted(row.rolloutId, action);
  }
  const longWatch = await longWatchRecordOf(db, row.rolloutId);
  const { judge } = judged.state as {
    readonly judge: {
      readonly rules?: unknown;
      readonly guardrails: readonly Guardrail[];
      readonly plannedEnd?: StepEnd | null;
      readonly slicing?: Slices | null;
      readonly learning?: Learning | null;
    };
  };
  return {
    kind: 'decisionRecord',
    rules: rulesOf(judge.rules),
    action,
    version: row.version,
    rolloutId: row.rolloutId,
    guardrails: judge.guardrails,
    plannedEnd: judge.plannedEnd ?? null,
    slices: judge.slicing ?? null,
    learning: judge.learning ?? null,
    looks,
    report: judged.report,
    ...(longWatch !== null && { longWatch }),
  };
}

async function rolloutOf(db: Database, action: string, rollout: string | undefined): Promise<RolloutRow> {
  const [row] = await listRolloutRows(db, { action, limit: 1, ...(rollout !== undefined && { rolloutId: rollout }) });
  if (row !== undefined) return row;
  if (rollout !== undefined && (await listAudit(db, { rolloutId: rollout, limit: 1 })).length > 0)
    throw recordDeleted(rollout, action);
  throw noSuchRollout(action);
}

export function noSuchRollout(action: string): AssistError {
  return new AssistError(
    'rollout-not-found',
    `The database knows no such rollout of "${action}".`,
    '`assist-rollouts list` shows all; names are case-sensitive.',
  );
}

function recordDeleted(rolloutId: string, action: string): AssistError {
  return new AssistError(
    'record-deleted',
    `The decision record of rollout ${rolloutId} of ${action} is not kept any more: retention has deleted it.`,
    'Its end, and why, stand in the audit log; a record that must outlive retention is written with `explain --out`.',
  );
}
