/** `retention`: old events, exposures, dead letters and decision records go; the audit log stays and tells of it. */
import { countOlder, planRetention, removeOlder } from '../../store/retention.ts';
import { withStore } from '../compose/audit.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';

export interface RetentionArgs extends JsonOption {
  /** In ms. */
  readonly olderThan: number;
  readonly dryRun?: boolean;
  readonly by?: string;
  readonly reason?: string;
}

export async function retention(deps: Deps, { olderThan, dryRun = false, by, reason, json }: RetentionArgs): Promise<number> {
  const { plan, removed } = await withStore(deps, async (db) => {
    const plan = await planRetention(db, olderThan, deps.now());
    const act = { by: by ?? deps.user, reason: reason ?? 'retention period is over', now: deps.now };
    return { plan, removed: dryRun ? await countOlder(db, plan.before) : await removeOlder(db, plan, act) };
  });
  if (json) printJson(deps.out, { kind: 'retention', dryRun, ...plan, ...removed });
  else {
    printLines(deps.out, [
      `${dryRun ? 'Would delete' : 'Deleted'} ${removed.events} events, ${removed.exposures} exposures, ${removed.levels} levels, ${removed.deadLetters} dead letters and ${removed.decisionLooks} rows of decision records from before ${plan.before.toISOString()}.`,
      ...(plan.heldBackBy === null ? [] : [`Later ones stay for now: the rollout ${plan.heldBackBy} still runs.`]),
    ]);
  }
  return EXIT.ok;
}
