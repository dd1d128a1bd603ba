/** What a person hears of a rollout: one message for each transition that they must know of. */

/** `info` and `action` may wait for the morning; `warning` and `alert` never do. */
export const SEVERITIES = ['info', 'action', 'warning', 'alert'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const MESSAGE_EVENTS = [
  'started',
  'warned',
  'approvalWaits',
  'approvalReminder',
  'windowClosed',
  'approvalOverdue',
  'held',
  'paused',
  'resumed',
  'approved',
  'withdrawn',
  'advanced',
  'promoteAsked',
  'notified',
  'refused',
  'frozen',
  'unfrozen',
  'overridden',
  'lapsed',
  'drift',
  'blind',
  'sighted',
  'setBack',
  'rollingBack',
  'harm',
  'needsAttention',
  'servesAll',
  'promoted',
  'retired',
  'rolledBack',
  'undone',
  'rejected',
  'guardian',
  'restored',
  'recovered',
  'wavesStopped',
  'wavesEnded',
  'test',
] as const;
export type MessageEvent = (typeof MESSAGE_EVENTS)[number];

/** Plain text throughout: whoever shows it escapes it. */
export interface Message {
  readonly event: MessageEvent;
  readonly severity: Severity;
  /** Null: of no one action, rollout or workflow. */
  readonly action: string | null;
  readonly version: string | null;
  readonly rolloutId: string | null;
  readonly workflowId: string | null;
  /** ms since the epoch */
  readonly atMs: number;
  /** The whole in one line. */
  readonly headline: string;
  readonly what: string;
  /** How the parts of it stand, drawn line by line. */
  readonly tree?: readonly string[];
  /** What the plan says the rollout is for, and its links; absent: nothing, or it was told with an earlier message. */
  readonly about?: readonly string[];
  /** As the status says it; null where `what` says all. */
  readonly why: string | null;
  /** The judge's sentences, as the status shows them. */
  readonly figures: readonly string[];
  readonly next: string;
  /** When it ends by itself, an ISO instant, and what happens then; null: at no fixed time. */
  readonly until: { readonly at: string; readonly action: string } | null;
  /** That nobody has verified who acted; absent: it is known, or nobody did. */
  readonly claim?: string;
  /** To be typed; the one to take first. */
  readonly commands: readonly string[];
  /** Who is on duty has one alert with this key: it is opened, or over. Null: it changes none. */
  readonly alert: { readonly key: string; readonly state: 'open' | 'over' } | null;
  /** Routes that the plan names, beside those that match. */
  readonly routes: readonly string[];
}
