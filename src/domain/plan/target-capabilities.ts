/** What each kind of target can do, as far as a plan has to fit it. */
import type { Arm } from '../judge/types.ts';
import type { MetricName } from '../metrics/index.ts';
import type { TargetKind } from './target-schema.ts';

/** What the split divides. */
export type SplitUnit = 'conversation' | 'agent' | 'queue';

export interface TargetCapabilities {
  /** What a version is made of: see `ActionVersion`. */
  readonly content: 'card' | 'suggestion' | 'assistant';
  /** That the target's events tell of; custom metrics come from outside, and can always be guarded. */
  readonly metrics: readonly MetricName[];
  /** Whether what is on an agent's screen goes with a roll back; else it stays there until its conversation ends. */
  readonly retractable: boolean;
  /** An event of what was shown may come so late, ms: a roll back is not said to be quiet before. */
  readonly lateEventsMs: number;
  /**
   * To which versions an undo goes back: to any whose content stands there or is in the registry, or only over the last
   * promotion, since nothing else says what stood in its place.
   */
  readonly goesBackTo: 'anyVersion' | 'lastVersion';
  /**
   * Where versions and split are. What is in the store is seen, and taken back, while the organisation is away.
   */
  readonly keptIn: 'organisation' | 'store';
  /** Whether a step may be for a part of the audience; else what a plan does instead. */
  readonly audience: 'any' | { readonly instead: string };
  /** What a person does to bring everybody back to the baseline where the engine is not let, in this order. */
  readonly restoreByHand: (arms: Readonly<Record<Arm, ArmNamed | null>>) => readonly string[];
}

interface ArmNamed {
  readonly id: string;
  readonly version: string;
}

const CARD_METRICS = ['acceptanceRate', 'dismissalRate', 'deliveryLatency', 'undeliveredRate', 'custom'] as const;
/** A page that is cut off while its card is withdrawn hides it by itself after 3 s of silence (`SILENCE_MS` of the panel). */
const PANEL_LATE_MS = 4_000;
/** Nobody tells when a suggestion is on the screen. */
const COPILOT_METRICS = ['acceptanceRate', 'dismissalRate', 'custom'] as const;
/** Notifications of what agents do come within seconds; a channel that is opened again takes up to half a minute. */
const COPILOT_LATE_MS = 30_000;

const named = ({ version, id }: ArmNamed): string => `v${version} (${id})`;

const CAPABILITIES: Readonly<Record<TargetKind, TargetCapabilities>> = {
  agentAssistActions: {
    content: 'card',
    metrics: CARD_METRICS,
    retractable: true,
    lateEventsMs: 0,
    goesBackTo: 'anyVersion',
    keptIn: 'organisation',
    audience: { instead: 'Leave "of" out; the conditions of the trigger say in which queues the card surfaces.' },
    restoreByHand: ({ baseline, candidate }) => [
      ...(baseline === null ? [] : [`${named(baseline)} enabled with traffic_split 100`]),
      ...(candidate === null ? [] : [`${named(candidate)} traffic_split 0 and disabled`]),
    ],
  },
  assistPanel: {
    content: 'card',
    metrics: CARD_METRICS,
    retractable: true,
    lateEventsMs: PANEL_LATE_MS,
    goesBackTo: 'anyVersion',
    keptIn: 'store',
    audience: 'any',
    restoreByHand: () => ['disable the interaction widget in the organisation, which takes all its cards away'],
  },
  copilotSuggestions: {
    content: 'suggestion',
    metrics: COPILOT_METRICS,
    retractable: false,
    lateEventsMs: COPILOT_LATE_MS,
    goesBackTo: 'lastVersion',
    keptIn: 'store',
    audience: { instead: 'Leave "of" out; the assistant serves the queues that it is on.' },
    restoreByHand: () => ["disable the assistant's rule that asks a third party, which ends all its texts"],
  },
  copilotQueues: {
    content: 'assistant',
    metrics: COPILOT_METRICS,
    retractable: false,
    lateEventsMs: COPILOT_LATE_MS,
    goesBackTo: 'lastVersion',
    keptIn: 'organisation',
    audience: { instead: 'Leave "of" out; the pairs of the target name the queues, one after the other.' },
    restoreByHand: () => ['put each queue of the plan back on the assistant that it had'],
  },
};

export function capabilitiesOf(kind: TargetKind): TargetCapabilities {
  return CAPABILITIES[kind];
}
