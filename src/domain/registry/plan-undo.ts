/** How the organisation is brought back to a version, as both stand there now; or why it cannot be. Pure. */
import { capabilitiesOf } from '../plan/target-capabilities.ts';
import type { Deployment, VersionRef } from '../rollout/deployment.ts';
import { versionsOf } from '../rollout/deployment.ts';
import { differingParts } from '../split/fingerprint.ts';
import type { SeenVersion } from '../split/seen-version.ts';
import type { ProvenFrom, ProvenVersion } from './proven.ts';
import { versionLabel } from './proven.ts';

export type UndoPlan =
  /** A roll back of this deployment does it: its baseline is what is gone back to, its candidate what goes. */
  | { readonly kind: 'rollBack'; readonly deployment: Deployment }
  /** The old version is not there any more. */
  | { readonly kind: 'deployAgain'; readonly target: Deployment['target']; readonly leaving: VersionRef | null }
  | { readonly kind: 'refused'; readonly why: string };

export interface UndoFacts {
  readonly action: string;
  readonly chosen: ProvenVersion;
  /** By the registry; null: no card. */
  readonly serves: string | null;
  /** The run that made it serve. */
  readonly last: Pick<ProvenFrom, 'outcome'> & { readonly deployment: Deployment };
  /** What the registry has of what is gone back to: a card, another kind of plan, or nothing: it was never rolled out here. */
  readonly kept: 'card' | 'plan' | null;
  /** Every version of the action on that target. */
  readonly seen: readonly SeenVersion[];
}

export function planUndo(facts: UndoFacts): UndoPlan {
  const { chosen, serves, last, seen } = facts;
  const foreign = seen.filter(
    (one) => one.enabled && one.splitPercent > 0 && one.version !== serves && one.version !== chosen.version,
  );
  if (foreign.length > 0) return refuse(foreignText(facts, foreign));
  const { target } = last.deployment;
  if (capabilitiesOf(target).goesBackTo === 'lastVersion') return overLastPromotion(facts);
  const leaving = leavingRef(facts);
  const baseline = foundAgain(facts);
  if (baseline === 'missing') return { kind: 'deployAgain', target, leaving };
  if (typeof baseline === 'string') return refuse(baseline);
  return { kind: 'rollBack', deployment: { ...last.deployment, baseline, candidate: leaving } };
}

function foreignText({ action, serves }: UndoFacts, foreign: readonly SeenVersion[]): string {
  const [first] = foreign;
  const names = foreign.map(({ version, id }) => `v${version} (${id})`).join(' and ');
  return (
    `The organisation shows ${names} of ${action}, and by the registry ${versionLabel(serves)} serves. ` +
    (first?.group === 'candidate'
      ? `\`assist-rollouts recover "${action}"\` takes a candidate back that nobody watches.`
      : 'Another hand put it there: take it out of service, or roll the version that shall serve out by a plan.')
  );
}

/** What serves now, as it stands: it goes whatever it holds. */
function leavingRef({ serves, last: { outcome, deployment }, seen }: UndoFacts): VersionRef | null {
  if (serves === null) return null;
  const found = seen.find(({ version }) => version === serves);
  if (found !== undefined) return { id: found.id, version: found.version, fingerprint: found.fingerprint };
  return outcome === 'undone' ? deployment.baseline : deployment.candidate;
}

/** Byte for byte what was proven, or it is not gone back to. */
function foundAgain({ action, chosen: { version, ref }, kept, seen }: UndoFacts): VersionRef | null | string {
  if (ref === null) return null;
  const found = seen.find((one) => one.version === version);
  if (found === undefined) return 'missing';
  const parts = differingParts(found.fingerprint, ref.fingerprint);
  if (parts.length === 0) return { id: found.id, version: found.version, fingerprint: ref.fingerprint };
  const who = found.changedBy === null ? 'another hand' : found.changedBy;
  return (
    `${versionLabel(version)} of ${action} (${found.id}) holds another ${parts.join(', ')} than what was proven` +
    `${found.changedAt === null ? '' : `; ${who} changed it at ${found.changedAt}`}. ` +
    (kept === 'card'
      ? 'Put its content back, or delete it: then it is deployed again from the registry.'
      : 'Put its content back: it was never rolled out here, so the registry has no card of it.')
  );
}

/** What stood on the queues, or in the rule's answers, is known of the last rollout alone. */
function overLastPromotion(facts: UndoFacts): UndoPlan {
  const { action, chosen, last, seen } = facts;
  const { deployment, outcome } = last;
  const there = versionsOf(deployment).every(({ id }) => seen.some((one) => one.id === id));
  if (outcome === 'undone' || (deployment.baseline?.version ?? null) !== chosen.version || !there)
    return refuse(
      `On ${deployment.target} only the last promotion can be undone, and to the version before it. ${startInstead(facts)}`,
    );
  const [seenBefore, before] = [seen.find(({ id }) => id === deployment.baseline?.id), deployment.baseline];
  const parts = seenBefore && before ? differingParts(seenBefore.fingerprint, before.fingerprint) : [];
  return parts.length === 0
    ? { kind: 'rollBack', deployment }
    : refuse(
        `${versionLabel(chosen.version)} of ${action} holds another ${parts.join(', ')} than what was proven. Put its ` +
          'content back.',
      );
}

function startInstead({ action, chosen: { version }, serves, kept }: UndoFacts): string {
  if (version === null) return `Start a plan of ${versionLabel(serves)} with retire: true.`;
  return kept === null
    ? `Start a plan of ${versionLabel(version)}; it was never rolled out here, so the registry has none.`
    : `Start the plan of ${versionLabel(version)} again: \`assist-rollouts show "${action}@${version}" --plan\` writes it.`;
}

function refuse(why: string): UndoPlan {
  return { kind: 'refused', why };
}
