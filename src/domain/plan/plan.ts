/** The parsed plan: what the engine runs. `schema.ts` turns YAML into this once, at the edge; inside, it is trusted. */
import type { About } from './about.ts';
import type { Learning } from './learning.ts';
import type { MaxCards } from './max-cards.ts';
import type { PlanWindows } from '../calendar/form.ts';
import type { Step } from './steps/steps.ts';
import type { PlanTarget } from './target-schema.ts';

import type { Direction, Margin, Statistic } from '../metrics/definition.ts';
import type { MetricName } from '../metrics/index.ts';

export interface Guardrail {
  readonly metric: MetricName;
  /** Only for a custom metric: what its source calls it. Once in a plan. */
  readonly name?: string;
  /** Only for a custom metric; absent: it has none. */
  readonly unit?: string;
  /** Of a quantity: deliveryLatency, or a custom metric. */
  readonly statistic?: Statistic;
  readonly worseWhen: Direction;
  readonly margin: Margin;
  /** Worse by up to this is no harm: of the margin's kind, 0 <= tolerance < margin; half of the margin if absent. */
  readonly tolerance?: number;
  /** Error budget of this guardrail over the whole rollout, all looks together; (0, 0.5). */
  readonly alpha: number;
  /**
   * `enforce`: harm rolls back, and promotion needs it `safe`; `pause`: harm asks a person, and promotion needs no more;
   * `observe` never stops anything and costs no budget.
   */
  readonly mode: 'enforce' | 'pause' | 'observe';
  /**
   * Worse than this is too bad whatever the baseline is like: a rate as share 0..1, ms for latency, the custom metric's
   * own unit. The long watch asks for it.
   */
  readonly limit?: number;
  /** Promotion needs it proven better than the baseline by this: of the margin's kind, above 0. */
  readonly goal?: number;
}

export type SliceKey = 'queue' | 'mediaType' | 'language';

/** Parts of the cards that must not be badly harmed behind a good mean. */
export interface Slices {
  readonly by: readonly SliceKey[];
  /** So many times a guardrail's margin is bad harm. */
  readonly times: number;
  /** Chance that any slice of a harmless version is ever called harmed; beside the guardrails' alphas. (0, 0.5) */
  readonly alpha: number;
}

export interface TriggerCondition {
  readonly type: 'queue' | 'skill';
  readonly id: string;
}
export interface Trigger {
  /** 0..1 */
  readonly minConfidence: number;
  readonly keywords: readonly string[];
  /** Words of one stem count as one word: "refunds" and "refunded" as "refund". Absent: only the very word counts. */
  readonly stemming?: 'english' | undefined;
  readonly conditions: readonly TriggerCondition[];
}
export interface UiDirectives {
  readonly position: 'left' | 'right' | 'top' | 'bottom';
  readonly size: 'small' | 'medium' | 'large';
  readonly requiredFeatures: readonly string[];
}
/** A whole assistant, which the organisation keeps: the plan's target names it. */
export interface AssistantVersion {
  readonly name: string;
  readonly version: string;
}

/** One version of a card, its HTML inlined. */
export interface CardVersion extends AssistantVersion {
  readonly html: string;
  readonly trigger: Trigger;
  readonly ui: UiDirectives;
  /**
   * `byHash`: code within the html may be listed in the content policy by its hash, which preflight then names. Absent:
   * refused.
   */
  readonly inlineCode?: 'refused' | 'byHash' | undefined;
}

/** What a copilot shows when its rule asks a third party. */
export interface Suggestion {
  readonly title?: string | undefined;
  readonly text: string;
  readonly sources: readonly { readonly name: string; readonly url: string }[];
}

/** One version of a text that a copilot shows. */
export interface SuggestionVersion extends AssistantVersion {
  readonly suggestion: Suggestion;
}

/** One version of an action; what it is made of goes by the plan's target. */
export type ActionVersion = CardVersion | SuggestionVersion | AssistantVersion;

export function isCard(action: ActionVersion): action is CardVersion {
  return 'html' in action;
}

export function isSuggestion(action: ActionVersion): action is SuggestionVersion {
  return 'suggestion' in action;
}

/** How the organisation can differ from what the engine made it. */
export type DriftKind =
  | 'candidateContent'
  | 'baselineContent'
  | 'split'
  | 'enabled'
  | 'deleted'
  | 'rival'
  | 'export'
  | 'unseen';
/** `reassert`: put it back as it was. */
export type DriftAction = 'rollback' | 'pause' | 'reassert';

/**
 * How long each of the engine's waits may last. The first ends in `rejected`, for nobody has seen the candidate yet;
 * the others in a roll back.
 */
export interface WaitLimits {
  /** Validating and deploying. */
  readonly prepareMs: number;
  /** Until the organisation shows the split that was asked for. */
  readonly splitMs: number;
  readonly pauseMs: number;
  readonly heldMs: number;
  /** Until a change window lets the split rise. */
  readonly windowMs: number;
}

/** After promotion: the version against its own record. */
export interface LongWatch {
  readonly forMs: number;
  /** Chance of a false alarm over all of it; (0, 0.5), beside the guardrails' alphas. */
  readonly alpha: number;
}

export interface Policies {
  /** When a split may rise, beside what the organisation says of it; null: at any time. */
  readonly windows: PlanWindows | null;
  /** What a bake does when `atMost` is over and what it requires does not hold; also at promotion. */
  readonly onUndecided: 'hold' | 'rollback' | 'promote';
  readonly onNoData: { readonly afterMs: number; readonly do: 'pause' | 'rollback' };
  readonly onUntrusted: 'pause' | 'rollback';
  /** Content, a deleted version and a rival are never reasserted. */
  readonly onDrift: Readonly<Record<DriftKind, DriftAction>>;
  /** When no judge that can act has looked for so long while the split is above 0. */
  readonly onBlind: { readonly afterMs: number; readonly do: 'pause' | 'rollback' };
  readonly limits: WaitLimits;
  /** A card without an outcome counts as "none" this long after it was first seen. */
  readonly settleMs: number;
  /** The last judged stage, in which all but the holdback see the candidate. */
  readonly afterPromotionMs: number;
  /**
   * 0..50, percentage of conversations that stay on the baseline during `afterPromotion`; 0: none, and nothing to
   * compare with.
   */
  readonly holdbackPercent: number;
  readonly longWatch: LongWatch | null;
  /** Of the whole rollout: candidate cards that may be shown before the promotion is decided on, but for a version that is safe. */
  readonly maxCards: MaxCards | null;
  /** null: all cards count alike. */
  readonly learning: Learning | null;
}

export interface Plan extends About {
  readonly apiVersion: 'assist-rollouts/v1';
  readonly action: ActionVersion;
  /** Labels of the organisation's own: its policy asks more of some. */
  readonly risk?: string | undefined;
  readonly division?: string | undefined;
  /** `none`: the action's first version, held against no card. Absent: against the version that serves. */
  readonly control?: 'none' | undefined;
  /** The version is the one that serves, and no card takes its place. */
  readonly retire?: true | undefined;
  readonly target: PlanTarget;
  /** By the clocks of a place, or an instant; absent: at once. */
  readonly startAt?: string | undefined;
  readonly steps: readonly Step[];
  readonly guardrails: readonly Guardrail[];
  /** Absent: only all cards together are judged. */
  readonly slices?: Slices | undefined;
  readonly policies: Policies;
  /** Routes of messages that take those of this rollout, too. */
  readonly notify?: readonly string[] | undefined;
}
