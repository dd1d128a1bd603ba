/**
 * Every metric that our processes serve, by its name in Prometheus. Each label has a bounded number of values: none is an
 * id, an action or an agent, so that a year of rollouts costs as many series as a day.
 */
import type { DriftKind } from '../domain/plan/plan.ts';
import { STEP_PHASES } from '../domain/plan/steps/steps.ts';
import type { StepPhase } from '../domain/plan/steps/steps.ts';
import type { FindingKind } from '../domain/guardian/finding.ts';
import type { Verdict } from '../domain/judge/types.ts';
import { OUTCOMES } from '../domain/rollout/status.ts';
import type { Outcome, Phase } from '../domain/rollout/status.ts';

interface Definition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Each label with its values; null: a text whose values something else bounds, which the help names. */
  readonly labels?: Readonly<Record<string, readonly string[] | null>>;
  /** Upper bounds of a histogram, in the unit of its name. */
  readonly buckets?: readonly number[];
}

const keysOf = <Key extends string>(all: Readonly<Record<Key, true>>): readonly Key[] => Object.keys(all) as Key[];

// As records, so that a new kind without its series is a type error.
const OTHER_PHASES = keysOf<Exclude<Phase, Outcome | StepPhase>>({
  validating: true,
  scheduled: true,
  deploying: true,
  held: true,
  promoting: true,
  longWatch: true,
  rollingBack: true,
  needsAttention: true,
});
export const GAUGED_PHASES: readonly string[] = [...new Set<string>([...STEP_PHASES, ...OTHER_PHASES])];

const VERDICTS = keysOf<Verdict>({ harm: true, safe: true, undecided: true, noData: true, untrusted: true });
const DRIFTS = keysOf<DriftKind>({
  candidateContent: true,
  baselineContent: true,
  split: true,
  enabled: true,
  deleted: true,
  rival: true,
  export: true,
  unseen: true,
});
const FINDINGS = keysOf<FindingKind>({
  unwatched: true,
  frozen: true,
  blind: true,
  setBack: true,
  otherCandidate: true,
  foreign: true,
  lostRun: true,
  lostBuild: true,
  export: true,
  unseen: true,
});
const OUTBOXES = { destination: null, kind: ['events', 'messages'] } as const;

const CALL_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STORE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30];
const LAG_SECONDS = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];
const SAFETY_SECONDS = [1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400];

export const METRICS = {
  assist_rollouts_intake_events_total: {
    type: 'counter',
    help: 'Events of pushes that were let in, by what became of each; refused ones are dead letters',
    labels: { result: ['stored', 'duplicate', 'refused'] },
  },
  assist_rollouts_intake_requests_refused_total: {
    type: 'counter',
    help: 'Requests of which nothing was stored: never acceptable as they are, no room, or the store was away',
    labels: { reason: ['request', 'overloaded', 'store'] },
  },
  assist_rollouts_intake_lag_seconds: {
    type: 'histogram',
    help: 'From what an event tells of to its arrival here; late is what lies above 60 seconds',
    buckets: LAG_SECONDS,
  },
  assist_rollouts_dead_letters: {
    type: 'gauge',
    help: 'Dead letters that nobody has replayed; from processes whose database role may read them',
    labels: { kind: ['intake', 'forward'] },
  },
  assist_rollouts_outbox_rows: {
    type: 'gauge',
    help: 'Rows that wait to be sent, counted up to 10,000; destinations are those of the configuration',
    labels: OUTBOXES,
  },
  assist_rollouts_outbox_oldest_age_seconds: {
    type: 'gauge',
    help: 'Age of the oldest row whose hour has come; 0 while none waits',
    labels: OUTBOXES,
  },
  assist_rollouts_outbox_failing_seconds: {
    type: 'gauge',
    help: 'How long the destination has failed without a break; 0 while it takes what is sent',
    labels: OUTBOXES,
  },
  assist_rollouts_deliveries_total: {
    type: 'counter',
    help: 'Attempts to send to a destination, by its answer; messages are those for people',
    labels: { kind: ['events', 'messages'], result: ['delivered', 'refused', 'gone', 'failed'] },
  },
  assist_rollouts_rollouts: {
    type: 'gauge',
    help: 'Rollouts that have not ended, by phase, as the store knows them',
    labels: { phase: GAUGED_PHASES },
  },
  assist_rollouts_rollouts_ended_total: {
    type: 'counter',
    help: 'Ends that this process put on record',
    labels: { outcome: OUTCOMES },
  },
  assist_rollouts_roll_backs_total: { type: 'counter', help: 'Roll backs whose begin this process put on record' },
  assist_rollouts_roll_back_unproven_seconds: {
    type: 'gauge',
    help: 'How long the oldest roll back that has begun has gone without its proof; 0 without one',
  },
  assist_rollouts_time_to_safety_seconds: {
    type: 'histogram',
    help: 'From the first candidate card to the read-back that proved the roll back',
    buckets: SAFETY_SECONDS,
  },
  assist_rollouts_reaction_seconds: {
    type: 'histogram',
    help: 'From the verdict, or the abort, to the read-back that proved the roll back',
    buckets: SAFETY_SECONDS,
  },
  assist_rollouts_watches: { type: 'gauge', help: 'Splits that this process watches' },
  assist_rollouts_watch_silence_seconds: {
    type: 'gauge',
    help: 'Of the watches of this process, the longest time since a last look; 0 without any',
  },
  assist_rollouts_look_duration_seconds: {
    type: 'histogram',
    help: 'One look of the judge: cards read, judged and put on record',
    buckets: STORE_SECONDS,
  },
  assist_rollouts_verdicts_total: {
    type: 'counter',
    help: 'Verdicts on whole rollouts that were new, put on record by this process',
    labels: { verdict: VERDICTS },
  },
  assist_rollouts_drifts_total: {
    type: 'counter',
    help: 'Changes by another hand that a watch of this process told its rollout',
    labels: { kind: DRIFTS },
  },
  assist_rollouts_guardian_findings_total: {
    type: 'counter',
    help: 'What looks of the guardian found that has gone on long enough; what lasts is counted at each look',
    labels: { kind: FINDINGS },
  },
  assist_rollouts_guardian_last_look_timestamp_seconds: {
    type: 'gauge',
    help: "When this process last ended a look of the guardian's; before the first, when it began; absent where none is taken",
  },
  assist_rollouts_genesys_requests_total: {
    type: 'counter',
    help: 'Calls to the organisation, by HTTP method and status; none: no answer',
    labels: { method: null, status: null },
  },
  assist_rollouts_genesys_request_duration_seconds: {
    type: 'histogram',
    help: 'One call to the organisation, without the wait for its turn',
    buckets: CALL_SECONDS,
  },
  assist_rollouts_genesys_rate_limit_wait_seconds: {
    type: 'histogram',
    help: 'Wait of a call for its turn within the rate of the OAuth client',
    labels: { urgency: ['normal', 'safety'] },
    buckets: CALL_SECONDS,
  },
  assist_rollouts_hook_calls_total: {
    type: 'counter',
    help: 'Questions to the hooks of plans; trouble: nothing that could be read came back',
    labels: { result: ['answered', 'trouble'] },
  },
  assist_rollouts_panel_streams: { type: 'gauge', help: 'Pages of agents that are connected to this panel process' },
  assist_rollouts_panel_utterances_total: {
    type: 'counter',
    help: 'Utterances that should surface a card, by what became of them; missed: only a transcript told of it afterwards',
    labels: { fate: ['card', 'withheld', 'fenced', 'tooLate', 'missed'] },
  },
  assist_rollouts_panel_unheard_conversations: {
    type: 'gauge',
    help: 'Conversations that run and are not heard, since the notification channels of this panel process have no room',
  },
  assist_rollouts_panel_losing: {
    type: 'gauge',
    help: '1 while this panel process says of itself that utterances that should surface a card do not',
  },
  assist_rollouts_http_request_duration_seconds: {
    type: 'histogram',
    help: 'Requests to our own servers until the answer begins; status is its first digit',
    labels: { server: ['events', 'panel', 'api', 'console'], status: ['2xx', '3xx', '4xx', '5xx'] },
    buckets: CALL_SECONDS,
  },
  assist_rollouts_store_query_duration_seconds: {
    type: 'histogram',
    help: 'One statement, by what it does first and to which table; the code bounds how many there are',
    labels: { operation: null },
    buckets: STORE_SECONDS,
  },
  assist_rollouts_store_query_errors_total: { type: 'counter', help: 'Statements that failed, for whatever reason' },
  process_resident_memory_bytes: { type: 'gauge', help: 'Memory that the process holds' },
  process_start_time_seconds: { type: 'gauge', help: 'When the process began, since the epoch' },
  assist_rollouts_event_loop_delay_seconds: {
    type: 'gauge',
    help: 'By how much the 99th of 100 turns of the event loop was late since the scrape before',
  },
  assist_rollouts_store_up: {
    type: 'gauge',
    help: 'Whether the store answered this scrape; 0 or 1, and 0 while a process waits for it',
  },
} as const satisfies Readonly<Record<string, Definition>>;

export type MetricName = keyof typeof METRICS;
type NamesOf<Type extends Definition['type']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never;
}[MetricName];
export type CounterName = NamesOf<'counter'>;
export type HistogramName = NamesOf<'histogram'>;
export type GaugeName = NamesOf<'gauge'>;

/** The values of a metric's labels, all of them. */
export type LabelsOf<Name extends MetricName> = (typeof METRICS)[Name] extends { labels: infer Labels }
  ? { readonly [Label in keyof Labels]: Labels[Label] extends readonly (infer Value)[] ? Value : string }
  : Readonly<Record<string, never>>;

export function definitionOf(name: MetricName): Definition {
  return METRICS[name];
}
