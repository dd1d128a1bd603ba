/** What stands in the organisation around a version. */
import type { CardVersion } from '../../domain/plan/plan.ts';
import type { Actions } from '../../genesys/actions.ts';
import { TargetError } from '../target-error.ts';
import type { ServingVersion, Standing } from '../target.ts';
import { contentOf, isServing, seenVersion, servedAs, versionOf } from './document.ts';
import { lookForArms } from './find-arms.ts';
import type { FoundArms } from './find-arms.ts';

export async function describeStanding(actions: Actions, action: CardVersion): Promise<Standing> {
  try {
    return standingOf(await lookForArms(actions, action), action);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return { baseline: null, note: error.message, exists: false };
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

/** A document of another hand's naming counts by its whole name; one without a whole card surfaces nowhere. */
export async function listServing(actions: Actions): Promise<readonly ServingVersion[]> {
  const serving: ServingVersion[] = [];
  for await (const document of actions.listByName('')) {
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
