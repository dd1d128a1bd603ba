/** The versions of one action and how each serves, as our rows have them. */
import { contentDrift } from '../../domain/rollout/drift.ts';
import { armLabel } from '../../domain/rollout/deployment.ts';
import type { Arm } from '../../domain/judge/types.ts';
import type { Deployment, VersionRef } from '../../domain/rollout/deployment.ts';
import { isSameAudience } from '../../domain/split/audience.ts';
import type { ServedVersion } from '../../domain/split/bucket.ts';
import type { SeenVersion } from '../../domain/split/seen-version.ts';
import type { ServedArms } from '../../domain/split/writes.ts';
import type { ConfirmCurrent } from '../../genesys/http.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import type { Database } from '../../store/database.ts';
import { readSplit, writeSplit } from '../../store/panel/splits.ts';
import type { NewSplit, PanelArm, PanelSplit } from '../../store/panel/splits.ts';
import { versionsOfAction } from '../../store/panel/versions.ts';
import type { PanelVersion } from '../../store/panel/versions.ts';
import { TargetError, writtenByOther } from '../target-error.ts';
import { fingerprintOf } from './content.ts';

export const KIND = 'assistPanel';

export interface ActionRows {
  readonly action: string;
  readonly versions: readonly PanelVersion[];
  readonly split: PanelSplit | null;
}

/** The split first: whatever version it names is there then. */
export async function readRows(db: Database, action: string): Promise<ActionRows> {
  const split = await readSplit(db, action);
  return { action, split, versions: await versionsOfAction(db, action) };
}

export function servedAs(split: PanelSplit | null, versionId: string): ServedVersion {
  const arm = split?.arms.find((one) => one.versionId === versionId);
  if (arm === undefined) return { enabled: false, group: 'control', splitPercent: 0 };
  const { enabled, group, splitPercent } = arm;
  return { enabled, group, splitPercent };
}

export function servedArms({ split }: ActionRows, { candidate, baseline }: Deployment): ServedArms {
  return {
    candidate: candidate && servedAs(split, candidate.id),
    baseline: baseline && servedAs(split, baseline.id),
  };
}

export function refOf({ id, version, content }: PanelVersion): VersionRef {
  return { id, version, fingerprint: fingerprintOf(content) };
}

export function seenOf(version: PanelVersion, split: PanelSplit | null): SeenVersion {
  const arm = split?.arms.find(({ versionId }) => versionId === version.id);
  return {
    target: KIND,
    id: version.id,
    actionName: version.action,
    version: version.version,
    ...servedAs(split, version.id),
    of: split?.of ?? null,
    fingerprint: fingerprintOf(version.content),
    standsAlone: arm?.standsAlone ?? false,
    rolloutId: version.rolloutId,
    changedAt: (arm === undefined ? version.createdAt : (split?.changedAt ?? version.createdAt)).toISOString(),
    changedBy: arm === undefined ? null : (split?.changedBy ?? null),
  };
}

/** The arms with this one as it shall serve; one that is off and of no interest is left out. */
export function withArm(arms: readonly PanelArm[], changed: PanelArm): PanelArm[] {
  return [...arms.filter(({ versionId }) => versionId !== changed.versionId), changed];
}

export interface Writing {
  readonly db: Database;
  readonly confirmCurrent?: ConfirmCurrent | undefined;
}

/**
 * Nothing is written where nothing differs. Another hand that wrote between our read and our write is not overwritten:
 * what it left is read and planned anew by the next try.
 */
export async function changeSplit(
  { db, confirmCurrent }: Writing,
  { action, split }: ActionRows,
  to: Omit<NewSplit, 'action'>,
  urgency: Urgency = 'normal',
): Promise<void> {
  if (split !== null && sameSplit(split, to)) return;
  await confirmCurrent?.(urgency);
  if ((await writeSplit(db, { action, ...to }, split?.epoch ?? null)) === null) throw writtenByOther(action);
}

function sameSplit(a: Omit<NewSplit, 'action'>, b: Omit<NewSplit, 'action'>): boolean {
  const shown = ({ arms, queues, integrationId = null, unit = 'conversation' }: Omit<NewSplit, 'action'>): string =>
    JSON.stringify([
      arms
        .map((arm) => [arm.versionId, arm.group, arm.enabled, arm.splitPercent, arm.standsAlone])
        .toSorted(([x], [y]) => (String(x) < String(y) ? -1 : 1)),
      queues.toSorted(),
      integrationId,
      unit,
    ]);
  return shown(a) === shown(b) && isSameAudience(a.of ?? null, b.of ?? null);
}

/** A version never changes in our rows; looked at all the same, for what serves must be what was checked. */
export function checkedVersion({ versions }: ActionRows, deployment: Deployment, arm: Arm): PanelVersion {
  const ref = deployment[arm];
  const found = versions.find(({ id }) => id === ref?.id);
  if (found === undefined || ref === null)
    throw new TargetError(
      'VersionMissing',
      `${deployment.actionName} ${armLabel(ref)} (${ref?.id}), the ${arm}, is not among our rows any more, so its ` +
        'traffic cannot be set. Restore the database, or abort this rollout and start it again.',
    );
  const drift = contentDrift(arm, ref, { fingerprint: fingerprintOf(found.content), changedAt: null, changedBy: null });
  if (drift === null) return found;
  throw new TargetError(
    'ContentChanged',
    `${deployment.actionName} ${drift.message} Another hand changed it, so it is not made to serve. Put its ` +
      'content back, or publish the change under a new version.',
    drift,
  );
}
