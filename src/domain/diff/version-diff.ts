/** Everything that `diff` has to say, as plain values. */
import { isCard } from '../plan/plan.ts';
import type { ActionVersion, CardVersion, Plan } from '../plan/plan.ts';
import { splitAfter } from '../plan/steps/steps.ts';
import type { ConditionIds } from '../trigger/condition-ids.ts';
import type { Utterance } from '../trigger/evaluate.ts';
import type { CardDiff } from './card-diff.ts';
import { cardDiff } from './card-diff.ts';
import type { FieldChange } from './field-changes.ts';
import { fieldChanges } from './field-changes.ts';
import type { TriggerFinding } from './trigger-findings.ts';
import { findingsOf } from './trigger-findings.ts';
import type { FiringDiff } from './firing.ts';
import { measureFiring } from './firing.ts';
import type { Overlap } from './overlaps.ts';
import { overlapsOf } from './overlaps.ts';
import type { Surroundings } from './surroundings.ts';
import type { TriggerDiff } from '../trigger/trigger-diff.ts';
import { triggerDiff } from '../trigger/trigger-diff.ts';

export interface VersionDiff {
  readonly action: string;
  readonly version: string;
  readonly baseline: { readonly version: string; readonly from: string } | null;
  readonly note: string | null;
  /** What the rollout writes, in order. */
  readonly writes: readonly string[];
  /**
   * Fields of the action document against the baseline's; all of them when there is none. The card's html has its own
   * diff.
   */
  readonly payload: readonly FieldChange[];
  readonly card: CardDiff | null;
  readonly trigger: TriggerDiff | null;
  /** Null without transcripts or baseline, and for what is no card. */
  readonly firing: FiringDiff | null;
  readonly overlaps: readonly Overlap[];
  readonly findings: readonly TriggerFinding[];
}

/** `ids`: what the organisation says of the trigger's queues and skills; null when it was not asked. */
export interface DiffSurroundings extends Surroundings {
  readonly ids: ConditionIds | null;
}

/** The fields of a version's document that tell versions apart; the html is told by its size. */
export type DocumentOf = (action: ActionVersion) => object;

export async function diffVersions(
  plan: Plan,
  around: DiffSurroundings,
  transcripts: AsyncIterable<Utterance> | null,
  documentOf: DocumentOf,
): Promise<VersionDiff> {
  const { action } = plan;
  const baseline = around.baseline?.action ?? null;
  const ofCards = isCard(action)
    ? await diffCards(action, baseline !== null && isCard(baseline) ? baseline : null, around, transcripts)
    : { card: null, trigger: null, firing: null, overlaps: [], findings: [] };
  return {
    action: action.name,
    version: action.version,
    baseline: around.baseline === null ? null : { version: around.baseline.action.version, from: around.baseline.from },
    note: around.note,
    writes: writesOf(plan, around),
    payload: fieldChanges(baseline === null ? {} : documentOf(baseline), documentOf(action)),
    ...ofCards,
  };
}

type CardsDiff = Pick<VersionDiff, 'card' | 'trigger' | 'firing' | 'overlaps' | 'findings'>;

async function diffCards(
  action: CardVersion,
  baseline: CardVersion | null,
  around: DiffSurroundings,
  transcripts: AsyncIterable<Utterance> | null,
): Promise<CardsDiff> {
  const seen = { queues: new Set<string>(), skills: new Set<string>() };
  const firing =
    transcripts === null
      ? null
      : await measureFiring((baseline ?? action).trigger, action.trigger, noteIds(transcripts, seen));
  return {
    card: baseline === null ? null : cardDiff(baseline.html, action.html),
    trigger: baseline === null ? null : triggerDiff(baseline.trigger, action.trigger),
    firing: baseline === null ? null : firing,
    overlaps: overlapsOf(action.trigger, around.others ?? []),
    findings: findingsOf(action.trigger, {
      others: around.others,
      firing,
      seen: transcripts === null ? null : seen,
      baseline: baseline?.trigger ?? null,
      ids: around.ids,
    }),
  };
}

async function* noteIds(
  utterances: AsyncIterable<Utterance>,
  ids: { readonly queues: Set<string>; readonly skills: Set<string> },
): AsyncGenerator<Utterance> {
  for await (const utterance of utterances) {
    ids.queues.add(utterance.queueId);
    for (const id of utterance.skillIds) ids.skills.add(id);
    yield utterance;
  }
}

function writesOf({ action, steps }: Plan, { baseline, exists }: Surroundings): string[] {
  const candidate = `"${action.name} v${action.version}"`;
  const splits = steps.flatMap((step) => splitAfter(step) ?? []);
  const old = baseline === null ? 'the baseline' : `"${action.name} v${baseline.action.version}"`;
  return [
    exists
      ? `${candidate} exists already, with this content: it is taken as it is`
      : `create ${candidate}, enabled, candidate at 0 %`,
    `raise it: ${[0, ...splits, 100].join(' → ')} %`,
    `after the proof: disable ${old}`,
  ];
}
