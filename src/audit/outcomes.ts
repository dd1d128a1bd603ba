/** The list of rollouts is a convenience beside the log; where it says something else of an end, the log is right. */
import { endsOnRecord } from '../store/audit-log.ts';
import type { Queryable } from '../store/database.ts';
import type { Finding } from './findings.ts';

/** A rollout whose row was deleted (by retention, say) is no finding: its end stands in the log. */
export async function differingOutcomes(db: Queryable): Promise<Finding[]> {
  return (await endsOnRecord(db)).flatMap(({ rolloutId, row, entry }): Finding[] => {
    const name = `Rollout ${rolloutId} (${row.action} v${row.version})`;
    const finding = (message: string): Finding[] => [
      { kind: 'outcomeDiffers', leaf: entry?.leaf ?? null, key: entry?.key ?? null, message: `${name}: ${message}` },
    ];
    if (entry === null)
      return finding(
        `the list of rollouts says that it ended as ${row.outcome}, and no entry of the log tells of an end.`,
      );
    if (row.outcome === null)
      return finding(
        `entry ${entry.leaf} says that it ended as ${entry.outcome}, and the list of rollouts that it has not ended.`,
      );
    const told = { outcome: entry.outcome, action: entry.action, version: entry.version };
    const wrong = (['outcome', 'action', 'version'] as const).filter((field) => row[field] !== told[field]);
    if (wrong.length === 0) return [];
    const differences = wrong.map(
      (field) => `its ${field} is ${row[field]} in the list of rollouts and ${told[field]} in entry ${entry.leaf}`,
    );
    return finding(`${differences.join('; ')}.`);
  });
}
