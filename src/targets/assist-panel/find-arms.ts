/** Which of our rows are the two arms of a rollout, or why that cannot be said. */
import type { Arm } from '../../domain/judge/types.ts';
import type { CardVersion } from '../../domain/plan/plan.ts';
import type { PanelVersion } from '../../store/panel/versions.ts';
import { chooseArms } from '../choose-arms.ts';
import type { ChosenArms, WaysOut } from '../choose-arms.ts';
import { TargetError } from '../target-error.ts';
import { contentSha256 } from './content.ts';
import { servedAs } from './rows.ts';
import type { ActionRows } from './rows.ts';

const waysOut = ({ name }: CardVersion): WaysOut => ({
  noBaseline: 'Write control: none if this is the first version, to hold it against no card.',
  ambiguous: 'Retire one of them first: a plan with retire: true takes it out of service.',
  otherCandidate: `Take it back with \`assist-rollouts recover "${name}"\`, then start again.`,
});

export function findArms({ versions, split }: ActionRows, action: CardVersion, noCard?: Arm): ChosenArms<PanelVersion> {
  const own = versions.find(({ version }) => version === action.version);
  if (own !== undefined) refuseOtherContent(own, action);
  return chooseArms({
    action,
    own,
    others: versions.filter((version) => version !== own),
    noCard,
    servedAs: ({ id }) => servedAs(split, id),
    nameOf: ({ id, version }) => `"${action.name} v${version}" (${id})`,
    waysOut: waysOut(action),
  });
}

/** A version is immutable: what carries its name must hold its content, or it is somebody else's. */
export function refuseOtherContent(found: PanelVersion, action: CardVersion): void {
  if (contentSha256(found.content) === contentSha256(action)) return;
  throw new TargetError(
    'VersionConflict',
    `"${action.name} v${action.version}" (${found.id}) exists with other content than this plan's. A version never ` +
      'changes: publish it under a new version.',
  );
}
