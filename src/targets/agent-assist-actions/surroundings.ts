/** What stands in the organisation around a version. */
import type { Arm } from '../../domain/judge/types.ts';
import type { CardVersion } from '../../domain/plan/plan.ts';
import type { Actions } from '../../genesys/actions.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import type { ActionDocument } from '../../genesys/wire.ts';
import { TargetError } from '../target-error.ts';
import type { ServingVersion, Standing } from '../target.ts';
import { contentOf, isServing, seenVersion, servedAs, versionOf } from './document.ts';
import { lookForArms } from './find-arms.ts';
import type { FoundArms } from './find-arms.ts';

export async function describeStanding(actions: Actions, action: CardVersion, noCard?: Arm): Promise<Standing> {
  try {
    return standingOf(await lookForArms(actions, action, noCard), action);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return { baseline: null, note: error.message, refused: true, exists: false };
  }
}

function standingOf({ baseline, candidate }: FoundArms, { name }: CardVersion): Standing {
  const exists = candidate != null;
  if (baseline === null) return { baseline: null, note: null, exists };
  const content = contentOf(baseline);
  if (content === null) return { baseline: null, note: `"${baseline.name}" holds no whole card.`, exists };
  const { id } = baseline;
  const action = { name, version: versionOf(baseline) ?? '', ...content };
  return { baseline: { id, action, splitPercent: servedAs(baseline).splitPercent }, note: null, exists };
}

/** None where the organisation has no such resource: who asks all kinds of target learns of the others. */
export async function* everyAction(
  actions: Actions,
  urgency?: Urgency,
): AsyncGenerator<ActionDocument, void, undefined> {
  try {
    yield* actions.listByName('', urgency);
  } catch (error) {
    if (!isGenesysError(error, 'noResource')) throw error;
  }
}

/** A document of another hand's naming counts by its whole name; one without a whole card surfaces nowhere. */
export async function listServing(actions: Actions): Promise<readonly ServingVersion[]> {
  const serving: ServingVersion[] = [];
  for await (const document of everyAction(actions)) {
    const content = contentOf(document);
    if (!isServing(document) || content === null) continue;
    const seen = seenVersion(document);
    serving.push({
      name: document.name,
      action: seen?.actionName ?? document.name,
      version: seen?.version ?? versionOf(document) ?? '',
      trigger: content.trigger,
      ...servedAs(document),
    });
  }
  return serving;
}
