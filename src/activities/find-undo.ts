/** What an undo goes back to, and how: read from registry and organisation, nothing is written. */
import type { Plan } from '../domain/plan/plan.ts';
import { isCard } from '../domain/plan/plan.ts';
import { queuesOfAll } from '../domain/identity/queues.ts';
import { preflight } from '../domain/preflight/preflight.ts';
import type { PreflightSettings } from '../domain/preflight/settings.ts';
import { DEFAULT_SETTINGS } from '../domain/preflight/settings.ts';
import { chooseUndo } from '../domain/registry/choose-undo.ts';
import type { RegistryEntry, VersionProof } from '../domain/registry/entry.ts';
import { planUndo } from '../domain/registry/plan-undo.ts';
import type { UndoPlan } from '../domain/registry/plan-undo.ts';
import { versionLabel } from '../domain/registry/proven.ts';
import { preflightRefusal } from '../domain/rollout/audit-reason.ts';
import type { Deployment } from '../domain/rollout/deployment.ts';
import type { Opened } from '../domain/rollout/state.ts';
import type { Database } from '../store/database.ts';
import { lastSeq } from '../store/exposures.ts';
import { registeredPlan, registryEntries, servedEntries, servedPlan } from '../store/registry.ts';
import type { Targets } from '../targets/index.ts';
import { isChange, servingPlan } from './serving-plan.ts';

export interface FindUndoDeps {
  readonly db: Database;
  readonly now: () => number;
  readonly targets: Targets;
  /** A proof that is older counts no more; 30 days if absent. */
  readonly undoWindowMs?: number;
  /** What cards are held to here; the defaults if absent. */
  readonly preflight?: PreflightSettings;
}

export interface FindUndoInput {
  readonly action: string;
  readonly to?: string;
  readonly from?: string;
}

export type FoundUndo =
  | {
      readonly ok: true;
      /** The version that goes; where nothing serves, the one that comes back. */
      readonly version: string;
      /** Null: to no card. */
      readonly to: string | null;
      readonly proof: VersionProof;
      /** By whose policies it is gone back, and watched on. */
      readonly plan: Plan;
      /** What it changes: those of what goes, and of what comes; empty: any. */
      readonly queues: readonly string[];
      readonly how: { readonly kind: 'rollBack'; readonly deployment: Deployment } | DeployAgain;
      readonly opened: Opened;
    }
  | {
      readonly ok: false;
      readonly version: string;
      readonly why: string;
      /** The registry has never heard of the action: there is nothing that a refusal could be part of the history of. */
      readonly isUnknown?: true;
    };

/** From the registry: the document is gone. */
export interface DeployAgain {
  readonly kind: 'deployAgain';
  readonly plan: Plan;
  /** Nothing serves now. */
  readonly alone: boolean;
}

const DEFAULT_UNDO_WINDOW_MS = 30 * 86_400_000;

export async function findUndo(deps: FindUndoDeps, { action, to, from }: FindUndoInput): Promise<FoundUndo> {
  const { db, targets, now, undoWindowMs: windowMs = DEFAULT_UNDO_WINDOW_MS } = deps;
  const entries = await servedEntries(db, action);
  const choice = chooseUndo(entries, { action, to, from, nowMs: now(), windowMs });
  const [newest] = await registryEntries(db, action, 1);
  if (newest === undefined)
    return {
      ok: false,
      version: '',
      why: `There is no rollout of ${action}; \`assist-rollouts list\` shows all, and names are case-sensitive.`,
      isUnknown: true,
    };
  if (!choice.ok) return { ok: false, version: to ?? newest.version, why: choice.why };
  const { chosen, serves } = choice;
  const version = serves ?? chosen.version ?? '';
  const refused = (why: string): FoundUndo => ({ ok: false, version, why });
  const last = entries.find(isChange);
  const plan = await policiesOf(db, entries, chosen.proof.rolloutId);
  if (last === undefined || plan === null)
    return refused(
      `The registry has no plan of ${action}: its rollouts were started before there was one. Start the plan of the ` +
        'version that shall serve.',
    );
  const { target } = last.deployment;
  if (plan.target.kind !== target)
    return refused(
      `${versionLabel(chosen.version)} of ${action} was proven on ${plan.target.kind}, and ${versionLabel(serves)} ` +
        `serves on ${target}. Start the plan of the version that shall serve.`,
    );
  const seen = await targets.of(target).survey(action, 'safety');
  const kept = chosen.version === null ? null : await servedPlan(db, action, chosen.version);
  const how = howToUndo(
    deps,
    planUndo({ action, chosen, serves, last, seen, kept: kindOf(kept) }),
    chosen.version,
    kept,
  );
  if (typeof how === 'string') return refused(how);
  const opened = { startSeq: await lastSeq(db), startedAtMs: now() };
  const going = serves === null ? [] : [await servingPlan(db, entries, serves)];
  const queues = queuesOfAll([plan, ...going, ...(how.kind === 'deployAgain' ? [how.plan] : [])]);
  return { ok: true, version, to: chosen.version, proof: chosen.proof, plan, queues, how, opened };
}

/** Of the rollout that proved it. */
async function policiesOf(db: Database, entries: readonly RegistryEntry[], rolloutId: string): Promise<Plan | null> {
  const proving = entries.find((entry) => entry.rolloutId === rolloutId);
  return proving === undefined ? null : registeredPlan(db, rolloutId);
}

function kindOf(kept: Plan | null): 'card' | 'plan' | null {
  if (kept === null) return null;
  return isCard(kept.action) ? 'card' : 'plan';
}

function howToUndo(
  deps: Pick<FindUndoDeps, 'preflight'>,
  planned: UndoPlan,
  version: string | null,
  plan: Plan | null,
): Extract<FoundUndo, { ok: true }>['how'] | string {
  if (planned.kind === 'refused') return planned.why;
  if (planned.kind === 'rollBack') return planned;
  const gone = `${versionLabel(version)} is not in the organisation any more`;
  if (plan === null || !isCard(plan.action))
    return `${gone}, and the registry never had its card. Publish it again, or start a plan with that card.`;
  const errors = preflight(plan, deps.preflight ?? DEFAULT_SETTINGS).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return `${gone}, and its card is not deployed again: ${preflightRefusal(errors)}`;
  return { kind: 'deployAgain', plan, alone: planned.leaving === null };
}
