import type { Trigger, TriggerCondition } from '../plan/plan.ts';
import { foldText, isUnspaced, wordsOf } from './fold.ts';

/** One piece of transcript. */
export interface Utterance {
  readonly text: string;
  /** Of the transcription, 0..1. */
  readonly confidence: number;
  /** Interim results change under the speaker's next word, so only final ones count. */
  readonly isFinal: boolean;
  readonly queueId: string;
  readonly skillIds: readonly string[];
}

export type WhyNot = 'notFinal' | 'confidenceBelow' | 'noKeyword' | 'queueElsewhere' | 'skillMissing';

export type TriggerResult =
  | { readonly fires: true; readonly keyword: string }
  | { readonly fires: false; readonly why: WhyNot; readonly detail: string };

/**
 * Does this utterance surface the card? Keywords match as whole words or phrases, whatever their case and accents; any
 * of the queues and, if skills are named too, any of the skills must hold. The first reason against it is the answer.
 */
export function evaluateTrigger(trigger: Trigger, utterance: Utterance): TriggerResult {
  const result = evaluateConditions(trigger, utterance, () =>
    firstKeywordIn(utterance.text, trigger.keywords, trigger.stemming),
  );
  return !result.fires && result.why === 'noKeyword'
    ? no('noKeyword', whyNoKeyword(trigger.keywords, utterance.text))
    : result;
}

/** With the word that holds a keyword as a part of it, if there is one. */
function whyNoKeyword(keywords: readonly string[], text: string): string {
  const folded = foldText(text);
  for (const keyword of keywords) {
    const part = foldText(keyword);
    const at = part === '' ? -1 : folded.indexOf(part);
    const [before = ''] =
      /[\p{L}\p{M}\p{N}]*$/u.exec(folded.slice(Math.max(0, at - MAX_WORD_LENGTH), Math.max(0, at))) ?? [];
    const [after = ''] = /^[\p{L}\p{M}\p{N}]*/u.exec(folded.slice(at + part.length)) ?? [];
    if (at === -1 || before + after === '') continue;
    return (
      `None of the ${keywords.length} keywords occurs as a word of its own; "${keyword}" stands within ` +
      `"${before}${part}${after}".`
    );
  }
  return `None of the ${keywords.length} keywords occurs.`;
}

const MAX_WORD_LENGTH = 100;

/** The same with another way of finding the keyword that the text holds (the first in the trigger's order). */
export function evaluateConditions(
  trigger: Trigger,
  utterance: Utterance,
  findKeyword: () => string | undefined,
): TriggerResult {
  if (!utterance.isFinal) return no('notFinal', 'The transcription of this utterance is still changing.');
  if (!(utterance.confidence >= trigger.minConfidence)) {
    return no('confidenceBelow', `Confidence ${utterance.confidence} is below ${trigger.minConfidence}.`);
  }
  const keyword = findKeyword();
  if (keyword === undefined) return no('noKeyword', `None of the ${trigger.keywords.length} keywords occurs.`);
  const queues = idsOf(trigger.conditions, 'queue');
  if (queues.length > 0 && !queues.includes(utterance.queueId)) {
    return no('queueElsewhere', `Queue ${utterance.queueId} is not one of ${queues.join(', ')}.`);
  }
  const skills = idsOf(trigger.conditions, 'skill');
  if (skills.length > 0 && !skills.some((id) => utterance.skillIds.includes(id))) {
    return no('skillMissing', `None of the skills ${skills.join(', ')} is there.`);
  }
  return { fires: true, keyword };
}

/** The first of the keywords, in their order, that the text holds; as it was written in the plan. */
export function firstKeywordIn(
  text: string,
  keywords: readonly string[],
  stemming?: Trigger['stemming'],
): string | undefined {
  const folded = foldText(text);
  const words = ` ${wordsOf(text, stemming).join(' ')} `;
  return keywords.find((keyword) => {
    if (isUnspaced(keyword)) return folded.includes(foldText(keyword));
    const phrase = wordsOf(keyword, stemming).join(' ');
    return phrase !== '' && words.includes(` ${phrase} `);
  });
}

function idsOf(conditions: readonly TriggerCondition[], type: TriggerCondition['type']): string[] {
  return conditions.filter((condition) => condition.type === type).map((condition) => condition.id);
}

function no(why: WhyNot, detail: string): TriggerResult {
  return { fires: false, why, detail };
}
