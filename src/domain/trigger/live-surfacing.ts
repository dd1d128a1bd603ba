/** Which cards surface on what is said now, by what serves now. */
import { bucketOf } from '../split/bucket.ts';
import { createTriggerIndex } from './trigger-index.ts';
import type { Surfacing, TriggeredVersion } from './trigger-index.ts';

export interface LiveUtterance {
  readonly conversationId: string;
  readonly queueId: string;
  /** Null where nobody told: conditions on skills are then passed over. */
  readonly skillIds: readonly string[] | null;
  readonly text: string;
  /** Of the transcription, 0..1. */
  readonly confidence: number;
}

export interface LiveSurfacing {
  /** Of the conversation, 0..100: who serves it. */
  readonly bucket: number;
  /** The cards that surface; where one action is asked about, its one answer, with the reason why not. */
  readonly cards: readonly Surfacing[];
}

/** `versions`: all that serve; `only`: the action that is asked about, null for all of them. */
export function createLiveSurfacing(
  versions: readonly TriggeredVersion[],
  only: string | null,
): (utterance: LiveUtterance) => LiveSurfacing {
  const asked = only === null ? versions : versions.filter(({ action }) => action === only);
  const [told, untold] = [createTriggerIndex(asked), createTriggerIndex(asked.map(whateverTheSkills))];
  return ({ skillIds, ...said }) => {
    const index = skillIds === null ? untold : told;
    const utterance = { ...said, skillIds: skillIds ?? [], isFinal: true };
    const cards = only === null ? index.surface(utterance) : index.explain(utterance);
    return { bucket: bucketOf(said.conversationId), cards };
  };
}

/** The versions with the plan's own among them: as it serves, else as a candidate at a split that is only supposed. */
export function withVersion(
  versions: readonly TriggeredVersion[],
  { name, version, trigger }: { readonly name: string } & Pick<TriggeredVersion, 'version' | 'trigger'>,
  splitPercent: number,
): readonly TriggeredVersion[] {
  if (versions.some((one) => one.action === name && one.version === version)) return versions;
  const supposed = { enabled: true, group: 'candidate' as const, splitPercent };
  return [...versions, { action: name, version, trigger, ...supposed }];
}

function whateverTheSkills(version: TriggeredVersion): TriggeredVersion {
  const conditions = version.trigger.conditions.filter(({ type }) => type !== 'skill');
  return { ...version, trigger: { ...version.trigger, conditions } };
}
