/** What of a trigger can never match, names what nobody knows, or keeps the two versions from being compared. */
import type { Problem, Trigger } from '../plan/plan.ts';
import { comparabilityProblems } from '../trigger/comparability.ts';
import { uncheckedProblems, unknownConditions } from '../trigger/condition-ids.ts';
import type { ConditionIds } from '../trigger/condition-ids.ts';
import { wordsOf } from '../trigger/fold.ts';
import type { Firing } from './firing.ts';
import type { OtherTrigger } from './overlaps.ts';

export interface Finding {
  readonly kind: 'neverMatches' | 'unknownId' | 'uncheckedIds' | 'triggerDiffers';
  /** A keyword, `queue <id>`, or `trigger`. */
  readonly what: string;
  readonly message: string;
  /** Those that a rollout's preflight says too: docs/errors.md. */
  readonly code?: string;
  readonly remedy?: string;
}

export interface Known {
  /** Of the organisation or of other plans; null when none were read. */
  readonly others: readonly OtherTrigger[] | null;
  readonly firing: Firing | null;
  /** In the transcripts; null when none were read. */
  readonly seen: { readonly queues: ReadonlySet<string>; readonly skills: ReadonlySet<string> } | null;
  /** Null without a baseline. */
  readonly baseline: Trigger | null;
  /** As the organisation says; null when it was not asked. */
  readonly ids: ConditionIds | null;
}

export function findingsOf(trigger: Trigger, known: Known): Finding[] {
  return [
    ...(known.baseline === null
      ? []
      : comparabilityProblems(known.baseline, trigger).map((problem) =>
          asFinding('triggerDiffers', 'trigger', problem),
        )),
    ...trigger.keywords.flatMap((keyword) => ofKeyword(keyword, trigger, known)),
    ...ofConditions(trigger, known),
  ];
}

function ofKeyword(keyword: string, trigger: Trigger, { firing }: Known): Finding[] {
  const words = ` ${wordsOf(keyword).join(' ')} `;
  if (words.trim() === '') return [never(keyword, `"${keyword}" holds no word, so nothing that is said can match it.`)];
  const wider = trigger.keywords.find(
    (other) =>
      other !== keyword &&
      wordsOf(other).length < wordsOf(keyword).length &&
      words.includes(` ${wordsOf(other).join(' ')} `),
  );
  if (wider !== undefined)
    return [never(keyword, `"${keyword}" adds nothing: whatever matches it matches "${wider}".`)];
  if (firing === null || (firing.spoken[keyword] ?? 0) > 0) return [];
  return [never(keyword, `"${keyword}" was never said in ${firing.utterances} utterances.`)];
}

function ofConditions(trigger: Trigger, { others, seen, ids }: Known): Finding[] {
  const said = ids === null ? [] : ofOrganisation(trigger, ids);
  return [
    ...said,
    ...trigger.conditions.flatMap(({ type, id }) => {
      const what = `${type} ${id}`;
      if (said.some((finding) => finding.what === what)) return [];
      const inTranscripts = seen === null ? null : seen[type === 'queue' ? 'queues' : 'skills'].has(id);
      const inOthers =
        others?.some(({ trigger: other }) =>
          other.conditions.some((condition) => condition.type === type && condition.id === id),
        ) ?? null;
      if (inTranscripts === true || inOthers === true) return [];
      return [
        ...(inTranscripts === false
          ? [never(what, `No utterance of the transcripts has ${what}, so this condition never held.`)]
          : []),
        ...(ids === null || ids.hidden.some((hidden) => hidden.type === type && hidden.id === id)
          ? unknown(what, inOthers)
          : []),
      ];
    }),
  ];
}

/** Where the organisation was not asked, or does not say: what other actions name is the nearest thing. */
function unknown(what: string, inOthers: boolean | null): Finding[] {
  return inOthers === false
    ? [{ kind: 'unknownId', what, message: `No other trigger names ${what}; check that it exists.` }]
    : [];
}

function ofOrganisation(trigger: Trigger, ids: ConditionIds): Finding[] {
  return [
    ...unknownConditions(trigger, ids).map(({ condition: { type, id }, problem }) =>
      asFinding('unknownId', `${type} ${id}`, problem),
    ),
    ...uncheckedProblems(ids).map((problem) => asFinding('uncheckedIds', 'trigger', problem)),
  ];
}

function asFinding(kind: Finding['kind'], what: string, { code, message, remedy }: Problem): Finding {
  return { kind, what, code, message, remedy };
}

function never(what: string, message: string): Finding {
  return { kind: 'neverMatches', what, message };
}
