import type { Trigger } from '../plan/plan.ts';
import type { Problem } from '../plan/problem.ts';
import { problemAt } from '../plan/problem.ts';
import { foldText, isUnspaced, wordsOf } from './fold.ts';
import { isSameTrigger, triggerDiff } from './trigger-diff.ts';
import type { TriggerDiff } from './trigger-diff.ts';

/**
 * Each version is shown where its own trigger fires. With two triggers the arms are therefore seen in different
 * conversations: a split of the conversations is no longer a split of the cards (which the sample-ratio test tells),
 * and
 * what differs between the arms is not the card alone.
 */
export function comparabilityProblems(baseline: Trigger, candidate: Trigger): Problem[] {
  const difference = triggerDiff(inEffect(baseline), inEffect(candidate));
  if (isSameTrigger(difference)) return [];
  return [
    problemAt(
      'action.trigger',
      {
        code: 'trigger-differs',
        message:
          `The trigger is not the baseline's (${parts(difference).join(', ')}), so wherever just one of the two ` +
          'fires, that version alone is shown: the two are not compared on like conversations, and once their ' +
          'numbers part from the split the data are untrusted.',
        remedy:
          "Roll the card out under the baseline's trigger, and the trigger as a version of its own; expect that " +
          'one to be stopped as untrusted, and decide it by `triggers replay`.',
      },
      { severity: 'warning' },
    ),
  ];
}

/** The same keywords in other letters fire alike. */
function inEffect(trigger: Trigger): Trigger {
  return {
    ...trigger,
    keywords: trigger.keywords.map((keyword) =>
      isUnspaced(keyword) ? foldText(keyword) : wordsOf(keyword, trigger.stemming).join(' '),
    ),
  };
}

function parts({ minConfidence, stemming, keywords, conditions }: TriggerDiff): string[] {
  return [
    ...(minConfidence === null ? [] : [`minConfidence ${minConfidence.before} → ${minConfidence.after}`]),
    ...(stemming === null ? [] : [`stemming ${stemming.before ?? 'none'} → ${stemming.after ?? 'none'}`]),
    ...(keywords.added.length + keywords.removed.length === 0
      ? []
      : [`keywords +${keywords.added.length} −${keywords.removed.length}`]),
    ...(conditions.added.length + conditions.removed.length === 0
      ? []
      : [`conditions +${conditions.added.length} −${conditions.removed.length}`]),
  ];
}
