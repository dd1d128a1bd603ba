import type { Trigger, TriggerCondition } from '../plan/plan.ts';
import { foldText, isUnspaced, wordsOf } from '../trigger/fold.ts';

/** Another action's trigger, by the name of its action. */
export interface OtherTrigger {
  readonly action: string;
  readonly trigger: Trigger;
}

/**
 * An utterance can surface both cards: they share a keyword, or one is part of the other, and no condition parts them.
 */
export interface Overlap {
  readonly action: string;
  /** Of ours and of the other. */
  readonly keywords: readonly (readonly [ours: string, other: string])[];
}

export function overlapsOf(trigger: Trigger, others: readonly OtherTrigger[]): Overlap[] {
  return others.flatMap(({ action, trigger: other }) => {
    if (!canMeet(trigger, other, 'queue') || !canMeet(trigger, other, 'skill')) return [];
    const keywords = trigger.keywords.flatMap((ours) =>
      other.keywords.filter((theirs) => canBothMatch(ours, theirs)).map((theirs) => [ours, theirs] as const),
    );
    return keywords.length === 0 ? [] : [{ action, keywords }];
  });
}

/** Queues: a conversation has one, so both must name it. Skills: an agent has many, so two lists can always meet. */
function canMeet(a: Trigger, b: Trigger, type: TriggerCondition['type']): boolean {
  const [ours, theirs] = [idsOf(a, type), idsOf(b, type)];
  return type === 'skill' || ours.length === 0 || theirs.length === 0 || ours.some((id) => theirs.includes(id));
}

function idsOf({ conditions }: Trigger, type: TriggerCondition['type']): string[] {
  return conditions.filter((condition) => condition.type === type).map(({ id }) => id);
}

/** Any two keywords can be said in one breath; what counts as an overlap is that saying one says the other. */
function canBothMatch(a: string, b: string): boolean {
  return isWithin(a, b) || isWithin(b, a);
}

function isWithin(inner: string, outer: string): boolean {
  if (isUnspaced(inner)) return foldText(outer).includes(foldText(inner));
  const words = wordsOf(inner).join(' ');
  return words !== '' && ` ${wordsOf(outer).join(' ')} `.includes(` ${words} `);
}
