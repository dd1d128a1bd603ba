/** What a rollout shows of itself. */
import type { JudgeReport } from '../judge/types.ts';
import type { Needed } from '../judge/report/needed.ts';
import { neededOf } from '../judge/report/needed.ts';
import type { Guardrail } from '../plan/plan.ts';
import type { About } from '../plan/about.ts';
import { aboutOf } from '../plan/about.ts';
import type { Step } from '../plan/steps/steps.ts';
import { stepLabel } from '../plan/steps/steps.ts';
import type { Audience } from '../split/audience.ts';
import { achievedShare } from './shares.ts';
import { possibleActs } from './acts.ts';
import { approvalAt, approvalText } from './approvals.ts';
import { byHand } from './by-hand.ts';
import type { ByHand } from './by-hand.ts';
import { armLabel } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { overrideText } from './overrides.ts';
import type { OpenHours, RolloutState, Wait } from './state.ts';
import type { Deadline, Outcome, Phase, SafetyProof, StepStatus } from './status.ts';
import { isEnding } from './status.ts';

/** ISO instants. */
export interface RolloutStatus extends About {
  readonly workflowId: string;
  readonly rolloutId: string;
  readonly action: string;
  readonly version: string;
  readonly baselineVersion: string | null;
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  /** Absent from a rollout. */
  readonly isUndo?: true;
  readonly paused: boolean;
  /** How many pauses there were, with the one at hand: the number that an act names. Absent: none. */
  readonly pauses?: number;
  /** As it was asked. */
  readonly splitPercent: number;
  /** Of whose conversations, where not of everybody's. */
  readonly splitOf?: Audience;
  /** What the target can give for it, where that is another share: whole queues or agents are divided. */
  readonly achievedPercent?: number;
  readonly steps: readonly StepStatus[];
  /** When the step at hand began; absent: none has. */
  readonly stepSince?: string;
  readonly waitingFor: string;
  /** When the wait at hand ends by itself, and how; null: it has no end of its own. Absent from an ended rollout. */
  readonly deadline?: Deadline | null;
  /** Of a bake that counts open hours; absent from any other moment. */
  readonly openHours?: OpenHours;
  /** ISO instant since when no judge that can act has looked; null: one looks. */
  readonly blindSince?: string | null;
  /** While it needs attention: what a person can set in the organisation. */
  readonly byHand?: ByHand;
  /** What named people let pass, a sentence for each; absent: nothing. */
  readonly overrides?: readonly string[];
  /** What a person can do now: names of updates. */
  readonly canDo: readonly string[];
  /**
   * Last report the judge returned to the workflow; live figures are in the watch activity's heartbeat
   * (`WatchProgress`).
   */
  readonly report: JudgeReport | null;
  /** For each guardrail of the report, the evidence that a verdict of all looks needs; absent from an undo. */
  readonly needed?: readonly Needed[];
  readonly reason: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly deployment: Deployment | null;
  readonly safety: SafetyProof | null;
  /** What came to pass lately, oldest first; only of one that is asked while it can speak. */
  readonly log?: readonly LogEntry[];
}

/** As it stands in the audit log, shortened. */
export interface LogEntry {
  /** ISO instant */
  readonly at: string;
  readonly actor: string;
  readonly act: string;
  readonly reason: string;
}

/** Enough to tell the story of an ended rollout without a worker. */
export interface RolloutResult extends Pick<
  RolloutStatus,
  'baselineVersion' | 'splitPercent' | 'steps' | 'deployment' | 'description' | 'links' | 'needed'
> {
  readonly outcome: Outcome;
  readonly version: string;
  readonly reason: string;
  readonly report: JudgeReport | null;
  readonly safety: SafetyProof | null;
}

/** What never changes of a rollout. */
export interface RolloutFacts extends About {
  readonly workflowId: string;
  readonly rolloutId: string;
  readonly action: string;
  readonly version: string;
  readonly steps: readonly Step[];
  readonly guardrails?: readonly Guardrail[];
  readonly startedAtMs: number;
  /** It goes back to a version that was proven before; absent: it rolls one out. */
  readonly isUndo?: true;
}

export function statusOf(facts: RolloutFacts, state: RolloutState): RolloutStatus {
  const { workflowId, rolloutId, action, version, steps, startedAtMs } = facts;
  const { phase, outcome, paused, splitPercent, reason, deployment, safety, endedAtMs } = state;
  const achieved = achievedShare(deployment ?? {}, splitPercent);
  return {
    workflowId,
    rolloutId,
    action,
    version,
    ...aboutOf(facts),
    baselineVersion: deployment?.baseline?.version ?? null,
    phase,
    outcome,
    ...(facts.isUndo === true && { isUndo: true as const }),
    paused,
    ...(state.pauses > 0 && { pauses: state.pauses }),
    splitPercent,
    ...(state.splitOf !== null && { splitOf: state.splitOf }),
    ...(achieved !== splitPercent && { achievedPercent: achieved }),
    steps: steps.map((step, index) => ({ index, label: stepLabel(step), state: stepState(state, index) })),
    ...(state.stepSinceMs > 0 && { stepSince: instant(state.stepSinceMs) }),
    waitingFor: waitingFor(state),
    deadline: nextDeadline(state),
    ...(state.openHours !== null && { openHours: state.openHours }),
    blindSince: state.blind === null ? null : instant(state.blind.sinceMs),
    ...(phase === 'needsAttention' &&
      deployment !== null &&
      !state.isReadBack && { byHand: byHand(deployment, state) }),
    ...(state.overrides.length > 0 && outcome === null && { overrides: state.overrides.map(overrideText) }),
    canDo: possibleActs(state),
    report: lastReport(state),
    ...(facts.guardrails !== undefined && { needed: neededOf(facts.guardrails) }),
    reason,
    startedAt: instant(startedAtMs),
    endedAt: endedAtMs === null ? null : instant(endedAtMs),
    deployment,
    safety,
  };
}

/** What an end was decided on stays what is shown of it. */
export function lastReport({ outcome, decision, report }: RolloutState): JudgeReport | null {
  return (outcome === 'promoted' || outcome === 'retired') && decision !== null ? decision.report : report;
}

export function resultOf(status: RolloutStatus, outcome: Outcome): RolloutResult {
  const { version, reason, baselineVersion, splitPercent, steps, deployment, report, safety } = status;
  return {
    outcome,
    version,
    ...aboutOf(status),
    ...(status.needed !== undefined && { needed: status.needed }),
    reason,
    report,
    safety,
    baselineVersion,
    splitPercent,
    steps,
    deployment,
  };
}

/** Steps that a person left early count as skipped. */
function stepState({ step, left, phase }: RolloutState, index: number): StepStatus['state'] {
  if (left.includes(index)) return 'skipped';
  if (index < step) return 'done';
  if (isEnding(phase)) return index === step && isTurnedBack(phase) ? 'stopped' : 'skipped';
  return index === step ? 'running' : 'pending';
}

function isTurnedBack(phase: Phase): boolean {
  return phase === 'rollingBack' || phase === 'needsAttention' || phase === 'rolledBack';
}

function waitingFor(state: RolloutState): string {
  const { phase, paused, blind, closedWindow, deployment } = state;
  if ((phase === 'rollingBack' || phase === 'needsAttention') && state.isReadBack)
    return (
      `cards of ${armLabel(deployment?.candidate ?? null)} to have stopped, and a second look at the organisation: ` +
      'it showed what it shall at the first'
    );
  const waited = `${state.waitingFor}${approvalWaits(state)}`;
  const what = closedWindow === null ? waited : `the change window: ${closedWindow.why}; then ${waited}`;
  const judge = blind === null ? '' : `a judge that can act (none since ${instant(blind.sinceMs)}: ${blind.why}); `;
  return `${judge}${paused ? `a person to resume (guardrails stay live); then ${what}` : what}`;
}

/** Who has approved, and who may. */
function approvalWaits({ phase, asksApproval, approvals, step, starter }: RolloutState): string {
  const asked = phase === 'awaitingApproval' || asksApproval ? approvalAt(approvals, step) : undefined;
  return asked === undefined ? '' : ` (${approvalText(asked, starter)})`;
}

/** The first of all that run; while the rollout stands there is none to be told of those that stand with it. */
function nextDeadline({ waits, stoodMs, standsSinceMs }: RolloutState): Deadline | null {
  const endMs = ({ sinceMs, ms, stopsInPause, stoodBeforeMs }: Wait): number =>
    sinceMs + ms + (stopsInPause ? stoodMs - stoodBeforeMs : 0);
  const [next] = waits
    .filter(({ stopsInPause }) => !stopsInPause || standsSinceMs === null)
    .toSorted((a, b) => endMs(a) - endMs(b));
  return next === undefined ? null : { at: instant(endMs(next)), what: next.what, action: next.action };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
