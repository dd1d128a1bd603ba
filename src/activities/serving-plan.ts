/** What serves by the registry, and whom it reaches. */
import { queuesOf } from '../domain/identity/queues.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { RegistryEntry } from '../domain/registry/entry.ts';
import { servedInTurn, versionLabel } from '../domain/registry/proven.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { Database } from '../store/database.ts';
import { registeredPlan, servedEntries } from '../store/registry.ts';
import { isServedBy } from '../domain/rollout/status.ts';

/** By which it came to serve: whoever starts that version anew, and less of it, changes nothing of that. */
export async function servingPlan(
  db: Database,
  entries: readonly RegistryEntry[],
  version: string,
): Promise<Plan | null> {
  const own = entries.find((entry) => entry.version === version && entry.undo === null && isChange(entry));
  return own === undefined ? null : registeredPlan(db, own.rolloutId);
}

export function isChange(entry: RegistryEntry): entry is RegistryEntry & { readonly deployment: Deployment } {
  const { outcome, deployment } = entry;
  return isServedBy(outcome) && deployment !== null;
}

/** Null: nothing serves by rollouts from here, so nothing is known of it. `queues`: empty: any. */
export async function servingReach(
  db: Database,
  action: string,
): Promise<{ readonly label: string; readonly queues: readonly string[] } | null> {
  const entries = await servedEntries(db, action);
  const version = servedInTurn(entries).at(-1) ?? null;
  const plan = version === null ? null : await servingPlan(db, entries, version);
  return plan === null ? null : { label: versionLabel(version), queues: queuesOf(plan) };
}
