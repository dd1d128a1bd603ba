/** A rollout that is over without having said so. */
import { healthOf } from './health.ts';
import type { Health } from './health.ts';
import type { GuardianFinding } from './finding.ts';
import { halfBackText, idsOf, nameVersions, recoverText } from './named.ts';
import type { GuardianRules, OpenRow, Seen, SeenServing } from './seen.ts';
import { isUnderTrial } from './seen.ts';

/**
 * A row that the store holds for open although its run is over: lists would show it as running, and retention would
 * wait for it.
 */
export function lostRunFinding(seen: Seen, row: OpenRow, brings: boolean): GuardianFinding | null {
  const newest = seen.runs.get(row.action) ?? null;
  const run = newest?.runId === row.rolloutId ? newest : seen.rowRuns.get(row.rolloutId);
  if (run === undefined || run?.state === 'running' || run?.state === 'paused') return null;
  const lives = newest !== null && (newest.state === 'running' || newest.state === 'paused');
  if (run?.state === 'continuedAsNew' && lives) return null;
  const shown = lives ? [] : seen.versions.filter((one) => isUnderTrial(one) && isOfRow(one, row));
  const { why } = healthOf(run, undefined, seen.nowMs, NO_RULES) as Extract<Health, { kind: 'dead' }>;
  const phase =
    run === null
      ? 'terminated'
      : run.state === 'completed'
        ? (run.outcome ?? 'completed')
        : run.state === 'continuedAsNew'
          ? 'terminated'
          : run.state;
  return {
    kind: 'lostRun',
    remedy: 'close',
    action: row.action,
    rolloutId: row.rolloutId,
    ...(run !== null && { workflowId: row.workflowId }),
    version: row.version,
    ids: lives ? [newest.runId] : idsOf(shown),
    ripe: true,
    key: `lostRun/${row.rolloutId}`,
    sentence:
      `The rollout of ${row.action} v${row.version} is over: ${why}${lives ? `; a later run of ${row.action} goes on` : ''}.` +
      (shown.length === 0
        ? ''
        : ` ${halfBackText(row.action, shown) ?? `Agents still see ${nameVersions(shown)}`}, and nobody watches.`),
    wayOut: lives ? 'Nothing: it goes on.' : lostWayOut(row, shown, brings),
    ended: { phase, outcome: run?.state === 'completed' ? run.outcome : null },
    isShown: shown.length > 0,
  };
}

function isOfRow({ actionName, version, rolloutId }: SeenServing, row: OpenRow): boolean {
  return actionName === row.action && (rolloutId === row.rolloutId || version === row.version);
}

function lostWayOut({ action }: OpenRow, shown: readonly SeenServing[], brings: boolean): string {
  if (shown.length === 0) return `If it is still wanted, \`assist-rollouts retry "${action}"\` starts it again.`;
  return brings ? 'The baseline is being brought back, and you will be told.' : recoverText(action, shown);
}

const NO_RULES: GuardianRules = { freshMs: 0, frozenMs: 0, silentMs: Infinity, unjudgedMs: Infinity };
