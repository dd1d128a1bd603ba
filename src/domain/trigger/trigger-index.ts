/** Many actions against one stream of utterances: which cards surface, in which version, and why the others do not. */
import type { Trigger } from '../plan/plan.ts';
import type { ServedVersion } from '../split/bucket.ts';
import { bucketOf, versionFor } from '../split/bucket.ts';
import type { TriggerResult, Utterance, WhyNot } from './evaluate.ts';
import { evaluateConditions } from './evaluate.ts';
import { createPhraseIndex } from './phrase-index.ts';
import type { PhraseIndex } from './phrase-index.ts';

/** One version of an action as the organisation serves it. */
export interface TriggeredVersion extends ServedVersion {
  readonly action: string;
  readonly version: string;
  readonly trigger: Trigger;
}

interface SpokenUtterance extends Utterance {
  readonly conversationId: string;
}

export type Surfacing =
  | {
      readonly action: string;
      readonly version: string;
      readonly arm: 'baseline' | 'candidate';
      readonly fires: true;
      readonly keyword: string;
    }
  | {
      readonly action: string;
      readonly version: string | null;
      readonly arm: 'baseline' | 'candidate' | null;
      readonly fires: false;
      readonly why: WhyNot | 'bucketElsewhere';
      readonly detail: string;
    };

export interface TriggerIndex {
  /** The cards that surface, and no word about the others: one scan of the text, however many actions there are. */
  surface(utterance: SpokenUtterance): Surfacing[];
  /** One answer for every action: for explaining, not for a stream. */
  explain(utterance: SpokenUtterance): Surfacing[];
}

export function createTriggerIndex(versions: readonly TriggeredVersion[]): TriggerIndex {
  const byAction = groupByAction(versions);
  const finders = findersOf(versions);
  const heldIn = (text: string): Held =>
    new Map(finders.map(({ stemming, index }) => [stemming, new Set(index.find(text))]));
  const answer = (action: string, utterance: SpokenUtterance, bucket: number, held: Held): Surfacing =>
    surfaceInVersion(action, byAction.get(action) ?? [], utterance, bucket, held);
  return {
    surface(utterance) {
      if (!utterance.isFinal) return [];
      const held = heldIn(utterance.text);
      const actions = new Set(
        finders.flatMap(({ stemming, actionsOf }) =>
          [...(held.get(stemming) ?? [])].flatMap((keyword) => [...(actionsOf.get(keyword) ?? [])]),
        ),
      );
      if (actions.size === 0) return [];
      const bucket = bucketOf(utterance.conversationId);
      return [...actions].map((action) => answer(action, utterance, bucket, held)).filter(({ fires }) => fires);
    },
    explain(utterance) {
      const bucket = bucketOf(utterance.conversationId);
      const held = heldIn(utterance.text);
      return [...byAction.keys()].map((action) => answer(action, utterance, bucket, held));
    },
  };
}

/** The keywords that a text holds, for each way of comparing words that is in use. */
type Held = ReadonlyMap<Trigger['stemming'], ReadonlySet<string>>;

interface Finder {
  readonly stemming: Trigger['stemming'];
  readonly index: PhraseIndex;
  readonly actionsOf: ReadonlyMap<string, ReadonlySet<string>>;
}

function findersOf(versions: readonly TriggeredVersion[]): Finder[] {
  return [...new Set(versions.map(({ trigger }) => trigger.stemming))].map((stemming) => {
    const actionsOf = new Map<string, Set<string>>();
    for (const { action, trigger } of versions) {
      if (trigger.stemming !== stemming) continue;
      for (const keyword of trigger.keywords) actionsOf.set(keyword, (actionsOf.get(keyword) ?? new Set()).add(action));
    }
    return { stemming, actionsOf, index: createPhraseIndex(actionsOf.keys(), stemming) };
  });
}

function surfaceInVersion(
  action: string,
  versions: readonly TriggeredVersion[],
  utterance: SpokenUtterance,
  bucket: number,
  held: Held,
): Surfacing {
  const serving = versionFor(versions, bucket);
  if (serving === undefined) {
    return {
      action,
      version: null,
      arm: null,
      fires: false,
      why: 'bucketElsewhere',
      detail: `Bucket ${bucket} is served by no enabled version.`,
    };
  }
  const arm = serving.group === 'candidate' ? ('candidate' as const) : ('baseline' as const);
  const { keywords, stemming } = serving.trigger;
  const result: TriggerResult = evaluateConditions(serving.trigger, utterance, () =>
    keywords.find((keyword) => held.get(stemming)?.has(keyword)),
  );
  return { action, version: serving.version, arm, ...result };
}

function groupByAction(versions: readonly TriggeredVersion[]): Map<string, TriggeredVersion[]> {
  const groups = new Map<string, TriggeredVersion[]>();
  for (const version of versions) groups.set(version.action, [...(groups.get(version.action) ?? []), version]);
  return groups;
}
