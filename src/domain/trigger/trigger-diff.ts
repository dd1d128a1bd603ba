import type { Trigger, TriggerCondition } from '../plan/plan.ts';

export interface TriggerDiff {
  readonly minConfidence: { readonly before: number; readonly after: number } | null;
  /** null on one side: only the very words count. */
  readonly stemming: { readonly before: string | null; readonly after: string | null } | null;
  readonly keywords: Sets<string>;
  readonly conditions: Sets<TriggerCondition>;
}

interface Sets<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
}

export function triggerDiff(before: Trigger, after: Trigger): TriggerDiff {
  return {
    minConfidence:
      before.minConfidence === after.minConfidence
        ? null
        : { before: before.minConfidence, after: after.minConfidence },
    stemming:
      before.stemming === after.stemming ? null : { before: before.stemming ?? null, after: after.stemming ?? null },
    keywords: sets(before.keywords, after.keywords, (keyword) => keyword),
    conditions: sets(before.conditions, after.conditions, ({ type, id }) => `${type} ${id}`),
  };
}

export function isSameTrigger({ minConfidence, stemming, keywords, conditions }: TriggerDiff): boolean {
  return (
    minConfidence === null &&
    stemming === null &&
    [keywords, conditions].every(({ added, removed }) => added.length + removed.length === 0)
  );
}

function sets<T>(before: readonly T[], after: readonly T[], nameOf: (item: T) => string): Sets<T> {
  const [old, now] = [new Set(before.map(nameOf)), new Set(after.map(nameOf))];
  return {
    added: after.filter((item) => !old.has(nameOf(item))),
    removed: before.filter((item) => !now.has(nameOf(item))),
  };
}
