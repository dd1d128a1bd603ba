/** One rollout inside the workflow: its state, changed by events only; each is shown, logged and put on record. */
import { log, setCurrentDetails, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { aboutOf } from '../domain/plan/about.ts';
import { askedApprovals } from '../domain/rollout/approvals.ts';
import { actOf } from '../domain/rollout/audit-reason.ts';
import { armLabel } from '../domain/rollout/deployment.ts';
import { detailsMarkdown } from '../domain/rollout/details.ts';
import { createFirstUse } from '../domain/shared/first-use.ts';
import { excerpt } from '../domain/text/printable.ts';
import { audienceText } from '../domain/split/audience.ts';
import type { AuditedEvent, RolloutEvent } from '../domain/rollout/events.ts';
import { isAudited } from '../domain/rollout/events.ts';
import type { RolloutInput } from '../domain/rollout/input.ts';
import type { DeployedState, RolloutState } from '../domain/rollout/state.ts';
import { initialState, undoState } from '../domain/rollout/state.ts';
import { isTerminal } from '../domain/rollout/status.ts';
import { apply } from '../domain/rollout/transition.ts';
import type { KnownPast } from '../domain/rollout/past.ts';
import type { LogEntry, RolloutFacts, RolloutStatus } from '../domain/rollout/view.ts';
import { statusOf } from '../domain/rollout/view.ts';
import type { ActProof, Registered } from '../activities/types.ts';
import { createJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import { attributesOf } from './search-attributes.ts';

export interface RolloutRun<State extends RolloutState = RolloutState> {
  readonly input: RolloutInput;
  readonly rolloutId: string;
  readonly state: State;
  /** Changes the state, and shows and records it (without waiting for the record). */
  dispatch(event: RolloutEvent, origin?: Origin): void;
  status(): RolloutStatus;
  /** What came to pass lately. */
  log(): readonly LogEntry[];
  /** False when a signature of that id was heard before. */
  firstUse(signatureId: string): boolean;
  /** What it knows of its record, for whoever does something for it. */
  past(): KnownPast;
  /** Every record is written before the workflow ends. */
  recorded(): Promise<void>;
}

/** Its candidate is in the organisation. */
export type DeployedRun = RolloutRun<DeployedState>;

interface Origin {
  /** The engine, unless somebody else acted. */
  readonly actor?: string;
  /** How that is known. */
  readonly proof?: ActProof;
  readonly correlationId?: string | null;
}

/** What an undo is called, and what the registry keeps of it, in place of a plan. */
interface AsUndo {
  readonly version: string;
  readonly registered: Registered;
}

export function startRun(input: RolloutInput, asUndo?: AsUndo): RolloutRun {
  const { workflowId, runId, startTime } = workflowInfo();
  const { action, steps } = input.plan;
  const facts: RolloutFacts = {
    workflowId,
    rolloutId: runId,
    action: action.name,
    version: asUndo?.version ?? action.version,
    ...(asUndo === undefined && { ...aboutOf(input.plan), guardrails: input.plan.guardrails }),
    steps,
    startedAtMs: startTime.getTime(),
    ...(asUndo !== undefined && { isUndo: true as const }),
  };
  const journal: Journal = createJournal(facts, input, asUndo?.registered ?? { plan: input.plan });
  const show = createDisplay();
  let state = asUndo === undefined ? initialState(askedApprovals(steps)) : undoState();
  let log: readonly LogEntry[] = [];
  const run: RolloutRun = {
    input,
    rolloutId: runId,
    get state() {
      return state;
    },
    dispatch(event, origin = {}) {
      if (isTerminal(state.phase) && !comesAfterEnd(event)) return;
      const before = state;
      const atMs = Date.now();
      state = apply(before, event, atMs);
      show(run.status());
      if (!isAudited(event)) return;
      tell(event, state);
      if (event.kind === 'setBack') journal.goOnFrom(event.differs);
      const { actor, act, reason } = journal.write({ before, event, after: state, atMs, ...origin });
      const entry = { at: new Date(atMs).toISOString(), actor, act, reason: excerpt(reason, MAX_LOG_TEXT) };
      log = [...log, entry].slice(-MAX_LOG);
    },
    status: () => statusOf(facts, state),
    log: () => log,
    firstUse: createFirstUse(),
    past: () => journal.past(),
    recorded: () => journal.written(),
  };
  show(run.status());
  return run;
}

/** What was begun before and answers late changes no last word; who is refused is on record all the same. */
function comesAfterEnd({ kind }: RolloutEvent): boolean {
  return kind === 'refused' || kind === 'refusalCounted' || kind === 'refusedMore';
}

/** As many as a person looks back on; the audit log has all. */
const MAX_LOG = 20;
const MAX_LOG_TEXT = 300;

export function isDeployed(run: RolloutRun): run is DeployedRun {
  return run.state.opened !== null && run.state.deployment !== null;
}

/**
 * Current details at each event; search attributes only when they changed, for each time is an event of history, and so
 * whom a split is for, which a list shows.
 */
function createDisplay(): (status: RolloutStatus) => void {
  let known = '';
  let knownOf: string | null = null;
  return (status) => {
    const { action, version, deployment } = status;
    const title =
      deployment === null
        ? `${action} v${version}`
        : `${action} ${armLabel(deployment.candidate)} against ${armLabel(deployment.baseline)}`;
    setCurrentDetails(detailsMarkdown({ ...status, title }));
    const ofWhom = status.splitOf === undefined ? null : audienceText(status.splitOf);
    if (ofWhom !== knownOf) upsertMemo({ audience: ofWhom });
    knownOf = ofWhom;
    const attributes = attributesOf(status);
    const shown = JSON.stringify(attributes.map(({ value }) => value));
    if (shown === known) return;
    known = shown;
    upsertSearchAttributes(attributes);
  };
}

/** What turns against the candidate, or needs somebody, is a warning. */
const WARNINGS: readonly string[] = [
  'rollingBack',
  'needsAttention',
  'autoPaused',
  'drifted',
  'blinded',
  'setBack',
  'baselineAsked',
  'refused',
];

function tell(event: AuditedEvent, { reason, splitPercent }: RolloutState): void {
  const what = actOf(event);
  const level = WARNINGS.includes(what) ? 'warn' : 'info';
  log[level](`rollout: ${what}`, { reason, splitPercent });
}
