/** What of a trigger can never match, names what nobody knows, or keeps the two versions from being compared. */
import type { Trigger } from '../plan/plan.ts';
import type { Problem } from '../plan/problem.ts';
import { comparabilityProblems } from '../trigger/comparability.ts';
import { uncheckedProblems, unknownConditions } from '../trigger/condition-ids.ts';
import type { ConditionIds } from '../trigger/condition-ids.ts';
import { wordsOf } from '../trigger/fold.ts';
import type { FiringDiff } from './firing.ts';
import type { OtherTrigger } from './overlaps.ts';
import { ownOf } from '../shared/own.ts';

export interface TriggerFinding {
  readonly kind: 'neverMatches' | 'unknownId' | 'uncheckedIds' | 'triggerDiffers';
  /** A keyword, `queue <id>`, or `trigger`. */
  readonly what: string;
  readonly message: string;
  /** Those that a rollout's preflight says too: docs/errors.md. With `error` the plan would be rejected. */
  readonly severity?: Problem['severity'];
  readonly code?: string;
  readonly remedy?: string;
}

export interface TriggerFacts {
  /** Of the organisation or of other plans; null when none were read. */
  readonly others: readonly OtherTrigger[] | null;
  readonly firing: FiringDiff | null;
  /** In the transcripts; null when none were read. */
  readonly seen: { readonly queues: ReadonlySet<string>; readonly skills: ReadonlySet<string> } | null;
  /** Null without a baseline. */
  readonly baseline: Trigger | null;
  /** As the organisation says; null when it was not asked. */
  readonly ids: ConditionIds | null;
}

export function findingsOf(trigger: Trigger, known: TriggerFacts): TriggerFinding[] {
  return [
    ...(known.baseline === null
      ? []
      : comparabilityProblems(known.baseline, trigger).map((problem) =>
          toFinding('triggerDiffers', 'trigger', problem),
        )),
    ...trigger.keywords.flatMap((keyword) => keywordFindings(keyword, trigger, known)),
    ...conditionFindings(trigger, known),
  ];
}

function keywordFindings(keyword: string, trigger: Trigger, { firing }: TriggerFacts): TriggerFinding[] {
  const words = ` ${wordsOf(keyword).join(' ')} `;
  if (words.trim() === '')
    return [neverMatches(keyword, `"${keyword}" holds no word, so nothing that is said can match it.`)];
  const wider = trigger.keywords.find(
    (other) =>
      other !== keyword &&
      wordsOf(other).length < wordsOf(keyword).length &&
      words.includes(` ${wordsOf(other).join(' ')} `),
  );
  if (wider !== undefined)
    return [neverMatches(keyword, `"${keyword}" adds nothing: whatever matches it matches "${wider}".`)];
  if (firing === null || (ownOf(firing.spoken, keyword) ?? 0) > 0) return [];
  return [neverMatches(keyword, `"${keyword}" was never said in ${firing.utterances} utterances.`)];
}

function conditionFindings(trigger: Trigger, { others, seen, ids }: TriggerFacts): TriggerFinding[] {
  const said = ids === null ? [] : organisationFindings(trigger, ids);
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
          ? [neverMatches(what, `No utterance of the transcripts has ${what}, so this condition never held.`)]
          : []),
        ...(ids === null || ids.hidden.some((hidden) => hidden.type === type && hidden.id === id)
          ? unknownIdFindings(what, inOthers)
          : []),
      ];
    }),
  ];
}

/** Where the organisation was not asked, or does not say: what other actions name is the nearest thing. */
function unknownIdFindings(what: string, inOthers: boolean | null): TriggerFinding[] {
  return inOthers === false
    ? [{ kind: 'unknownId', what, message: `No other trigger names ${what}; check that it exists.` }]
    : [];
}

function organisationFindings(trigger: Trigger, ids: ConditionIds): TriggerFinding[] {
  return [
    ...unknownConditions(trigger, ids).map(({ condition: { type, id }, problem }) =>
      toFinding('unknownId', `${type} ${id}`, problem),
    ),
    ...uncheckedProblems(ids).map((problem) => toFinding('uncheckedIds', 'trigger', problem)),
  ];
}

function toFinding(kind: TriggerFinding['kind'], what: string, problem: Problem): TriggerFinding {
  const { severity, code, message, remedy } = problem;
  return { kind, what, severity, code, message, remedy };
}

function neverMatches(what: string, message: string): TriggerFinding {
  return { kind: 'neverMatches', what, message };
}
