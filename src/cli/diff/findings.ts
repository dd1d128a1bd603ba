/** What of a trigger can never match, or names what nobody knows. */
import type { Trigger } from '../../domain/plan/plan.ts';
import { wordsOf } from '../../domain/trigger/fold.ts';
import type { Firing } from './firing.ts';
import type { OtherTrigger } from './overlaps.ts';

export interface Finding {
  readonly kind: 'neverMatches' | 'unknownId';
  /** A keyword, or `queue <id>`. */
  readonly what: string;
  readonly message: string;
}

export interface Known {
  /** Of the organisation or of other plans; null when none were read. */
  readonly others: readonly OtherTrigger[] | null;
  readonly firing: Firing | null;
  /** Seen in the transcripts; null when none were read. */
  readonly ids: { readonly queues: ReadonlySet<string>; readonly skills: ReadonlySet<string> } | null;
}

export function findingsOf(trigger: Trigger, known: Known): Finding[] {
  return [...trigger.keywords.flatMap((keyword) => ofKeyword(keyword, trigger, known)), ...ofConditions(trigger, known)];
}

function ofKeyword(keyword: string, trigger: Trigger, { firing }: Known): Finding[] {
  const words = ` ${wordsOf(keyword).join(' ')} `;
  if (words.trim() === '') return [never(keyword, `"${keyword}" holds no word, so nothing that is said can match it.`)];
  const wider = trigger.keywords.find((other) => other !== keyword && wordsOf(other).length < wordsOf(keyword).length && words.includes(` ${wordsOf(other).join(' ')} `));
  if (wider !== undefined) return [never(keyword, `"${keyword}" adds nothing: whatever matches it matches "${wider}".`)];
  if (firing === null || (firing.spoken[keyword] ?? 0) > 0) return [];
  return [never(keyword, `"${keyword}" was never said in ${firing.utterances} utterances.`)];
}

function ofConditions(trigger: Trigger, { others, ids }: Known): Finding[] {
  return trigger.conditions.flatMap(({ type, id }) => {
    const what = `${type} ${id}`;
    const inTranscripts = ids === null ? null : ids[type === 'queue' ? 'queues' : 'skills'].has(id);
    const inOthers = others?.some(({ trigger: other }) => other.conditions.some((condition) => condition.type === type && condition.id === id)) ?? null;
    if (inTranscripts === true || inOthers === true) return [];
    if (inTranscripts === false) return [never(what, `No utterance of the transcripts has ${what}, so this condition never held.`), ...unknown(what, inOthers)];
    return unknown(what, inOthers);
  });
}

/** Queues and skills are not read from the organisation; what its actions name is the nearest thing. */
function unknown(what: string, inOthers: boolean | null): Finding[] {
  return inOthers === false ? [{ kind: 'unknownId', what, message: `No other trigger names ${what}; check that it exists.` }] : [];
}

function never(what: string, message: string): Finding {
  return { kind: 'neverMatches', what, message };
}
