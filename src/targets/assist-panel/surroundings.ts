/** What stands around a version among our rows. */
import type { Arm } from '../../domain/judge/types.ts';
import type { CardVersion } from '../../domain/plan/plan.ts';
import type { Database } from '../../store/database.ts';
import { readSplits } from '../../store/panel/splits.ts';
import { readVersions } from '../../store/panel/versions.ts';
import { TargetError } from '../target-error.ts';
import type { ServingVersion, Standing } from '../target.ts';
import { findArms } from './find-arms.ts';
import { readRows, servedAs } from './rows.ts';
import type { ActionRows } from './rows.ts';

export async function describeStanding(db: Database, action: CardVersion, noCard?: Arm): Promise<Standing> {
  const rows = await readRows(db, action.name);
  try {
    return standingOf(rows, action, noCard);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return { baseline: null, note: error.message, refused: true, exists: false };
  }
}

function standingOf(rows: ActionRows, action: CardVersion, noCard: Arm | undefined): Standing {
  const { baseline, candidate } = findArms(rows, action, noCard);
  const exists = candidate != null;
  if (baseline === null) return { baseline: null, note: null, exists };
  const { id, version, content } = baseline;
  const { splitPercent } = servedAs(rows.split, id);
  return { baseline: { id, action: { name: action.name, version, ...content }, splitPercent }, note: null, exists };
}

export async function listServing(db: Database): Promise<readonly ServingVersion[]> {
  const { splits } = await readSplits(db);
  const arms = splits.flatMap((split) => split.arms.filter((arm) => arm.enabled && arm.splitPercent > 0));
  const versions = await readVersions(
    db,
    arms.map(({ versionId }) => versionId),
  );
  return versions.flatMap(({ id, action, version, content }) => {
    const split = splits.find((one) => one.action === action);
    const { trigger } = content;
    return split === undefined
      ? []
      : [{ name: `${action} v${version}`, action, version, trigger, ...servedAs(split, id) }];
  });
}
