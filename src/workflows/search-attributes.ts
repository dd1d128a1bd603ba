/** The search attributes that make rollouts findable in the Temporal Web UI. */
import type { SearchAttributePair, TypedSearchAttributes } from '@temporalio/common';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Outcome, Phase } from '../domain/rollout/status.ts';

const KEYS = {
  action: defineSearchAttributeKey('AssistAction', SearchAttributeType.KEYWORD),
  version: defineSearchAttributeKey('AssistVersion', SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey('AssistPhase', SearchAttributeType.KEYWORD),
  outcome: defineSearchAttributeKey('AssistOutcome', SearchAttributeType.KEYWORD),
  splitPercent: defineSearchAttributeKey('AssistSplit', SearchAttributeType.DOUBLE),
} as const;

/** What a namespace must know, by name. */
export const SEARCH_ATTRIBUTES: Readonly<Record<string, 'Keyword' | 'Double'>> = Object.fromEntries(
  Object.values(KEYS).map(({ name, type }) => [name, type === SearchAttributeType.DOUBLE ? 'Double' : 'Keyword']),
);

export function initialAttributes(action: string, version: string): SearchAttributePair[] {
  return [
    { key: KEYS.action, value: action },
    { key: KEYS.version, value: version },
    ...attributesOf({ phase: 'validating', paused: false, splitPercent: 0, outcome: null }),
  ];
}

/** Of a run that finds its version itself. */
export function versionAttribute(version: string): SearchAttributePair {
  return { key: KEYS.version, value: version };
}

export interface ShownState {
  readonly phase: Phase;
  readonly paused: boolean;
  readonly splitPercent: number;
  readonly outcome: Outcome | null;
}

export function attributesOf({ phase, paused, splitPercent, outcome }: ShownState): SearchAttributePair[] {
  return [
    { key: KEYS.phase, value: paused ? 'paused' : phase },
    { key: KEYS.splitPercent, value: splitPercent },
    ...(outcome === null ? [] : [{ key: KEYS.outcome, value: outcome }]),
  ];
}

/** Of a run that was about an action of which there is no rollout. Lists leave it out. */
const NO_ROLLOUT = 'noRollout';
export const NO_ROLLOUT_ATTRIBUTES: SearchAttributePair[] = [{ key: KEYS.phase, value: NO_ROLLOUT }];
/** In a query. Runs of other clients may have no phase. */
export const IS_ROLLOUT = `(AssistPhase IS NULL OR AssistPhase != '${NO_ROLLOUT}')`;

export interface ReadAttributes {
  readonly action: string | null;
  readonly version: string | null;
  readonly phase: string | null;
  readonly outcome: string | null;
  readonly splitPercent: number | null;
}

export function readAttributes(attributes: TypedSearchAttributes): ReadAttributes {
  return {
    action: attributes.get(KEYS.action) ?? null,
    version: attributes.get(KEYS.version) ?? null,
    phase: attributes.get(KEYS.phase) ?? null,
    outcome: attributes.get(KEYS.outcome) ?? null,
    splitPercent: attributes.get(KEYS.splitPercent) ?? null,
  };
}
