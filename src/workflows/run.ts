/** One rollout's memory inside the workflow: state, handlers, and what is shown to people. No module-level state. */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  ApplicationFailure, CancellationScope, setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo,
} from '@temporalio/workflow';
import type { OpenResult, WatchResult } from '../activities/types.ts';
import { detailsMarkdown } from '../domain/rollout/details.ts';
import { stepStatuses } from '../domain/rollout/labels.ts';
import type { PlannedEnd } from '../domain/judge/planned-end.ts';
import type { JudgeReport } from '../domain/judge/types.ts';
import type { RolloutState } from '../domain/rollout/state.ts';
import { initialState } from '../domain/rollout/state.ts';
import { isTerminal } from '../domain/rollout/status.ts';
import type { Act, RolloutEvent } from '../domain/rollout/transition.ts';
import { apply, possibleActs, refusal } from '../domain/rollout/transition.ts';
import type { Deployment } from '../genesys/target.ts';
import { local } from './activity-proxies.ts';
import type { HumanAct, RolloutInput, RolloutStatus, SafetyProof } from './messages.ts';
import {
  abortUpdate, actSignal, advanceUpdate, approveUpdate, pauseUpdate, promoteUpdate, resumeUpdate, statusQuery,
} from './messages.ts';

const PHASE = defineSearchAttributeKey('AssistPhase', SearchAttributeType.KEYWORD);
const OUTCOME = defineSearchAttributeKey('AssistOutcome', SearchAttributeType.KEYWORD);
const SPLIT = defineSearchAttributeKey('AssistSplit', SearchAttributeType.DOUBLE);

export class RolloutRun {
  state: RolloutState = initialState();
  deployment: Deployment | null = null;
  opened: OpenResult | null = null;
  splitSinceMs = 0;
  /** Of the bake at hand or the last one; ms since the epoch. */
  plannedEnd: PlannedEnd | null = null;
  seen: readonly string[] = [];
  firstCandidateCardAtMs: number | null = null;
  safety: SafetyProof | null = null;
  /** A write may still be on its way to the organisation: its step was left before it answered. */
  writeInFlight = false;
  readonly rolloutId = workflowInfo().runId;
  private readonly startedAtMs = workflowInfo().startTime.getTime();
  private endedAtMs: number | null = null;
  private records = 0;
  private recording: Promise<void> = Promise.resolve();

  constructor(readonly input: RolloutInput) {
    setHandler(statusQuery, () => this.status());
    const updates = { pause: pauseUpdate, resume: resumeUpdate, approve: approveUpdate, advance: advanceUpdate, promote: promoteUpdate, abort: abortUpdate };
    for (const [name, update] of Object.entries(updates) as [Act, typeof pauseUpdate][]) {
      setHandler(update, (given) => this.act(name, given), { validator: (given) => this.validate(name, given) });
    }
    setHandler(actSignal, ({ name, ...given }) => this.actIfPossible(name, given));
    this.publish();
  }

  /** Applies the event, shows it, and records it (without waiting for the record). */
  tell(event: RolloutEvent, actor = 'engine', correlationId: string | null = null): void {
    const before = this.state;
    this.state = apply(before, event);
    if (isTerminal(this.state.phase)) this.endedAtMs = Date.now();
    this.publish();
    this.record(before, event, actor, correlationId);
  }

  learn(result: WatchResult): void {
    this.seen = result.seen;
    this.firstCandidateCardAtMs ??= result.firstCandidateCardAtMs;
    this.tell({ kind: 'judged', report: result.report });
  }

  /** What the judge knew last, if that is more than what the workflow was told. */
  learnLast(report: JudgeReport | null): void {
    const known = this.state.report?.n;
    if (report === null || (known !== undefined && report.n.candidate + report.n.baseline <= known.candidate + known.baseline)) return;
    this.tell({ kind: 'judged', report });
  }

  /** Every record is written before the workflow ends. */
  recorded(): Promise<void> {
    return this.recording;
  }

  status(): RolloutStatus {
    const { plan } = this.input;
    return {
      workflowId: workflowInfo().workflowId,
      rolloutId: this.rolloutId,
      action: plan.action.name,
      version: plan.action.version,
      baselineVersion: this.deployment?.baseline.version ?? null,
      phase: this.state.phase,
      outcome: this.state.outcome,
      paused: this.state.paused,
      splitPercent: this.state.splitPercent,
      steps: stepStatuses(plan.steps, this.state.step, this.isEnding(), this.state.left),
      waitingFor: waitsFor(this.state),
      canDo: possibleActs(this.state),
      report: this.state.report,
      reason: this.state.reason,
      startedAt: new Date(this.startedAtMs).toISOString(),
      endedAt: this.endedAtMs === null ? null : new Date(this.endedAtMs).toISOString(),
      deployment: this.deployment,
      safety: this.safety,
    };
  }

  private isEnding(): boolean {
    return isTerminal(this.state.phase) || this.state.phase === 'rollingBack' || this.state.phase === 'needsAttention';
  }

  private validate(name: Act, given: HumanAct): void {
    const refused = refusal(this.state, name, given ?? {});
    if (refused !== null) throw ApplicationFailure.nonRetryable(refused, 'ActRefused');
  }

  private act(name: Act, given: HumanAct): RolloutStatus {
    this.tell({ kind: 'acted', act: name, by: given.by, reason: given.reason }, given.by);
    return this.status();
  }

  /** A signal cannot be refused: what is not possible any more is left alone. */
  private actIfPossible(name: Act, given: HumanAct): void {
    if (refusal(this.state, name, given) === null) this.act(name, given);
  }

  private publish(): void {
    const status = this.status();
    setCurrentDetails(detailsMarkdown({ ...status, title: `${status.action} v${status.version}${status.baselineVersion === null ? '' : ` against v${status.baselineVersion}`}` }));
    upsertSearchAttributes([
      { key: PHASE, value: status.paused ? 'paused' : status.phase },
      { key: SPLIT, value: status.splitPercent },
      ...(status.outcome === null ? [] : [{ key: OUTCOME, value: status.outcome as string }]),
    ]);
  }

  private record(before: RolloutState, event: RolloutEvent, actor: string, correlationId: string | null): void {
    this.records += 1;
    const { plan } = this.input;
    const entry = {
      key: `${this.rolloutId}/${this.records}`,
      rolloutId: this.rolloutId,
      workflowId: workflowInfo().workflowId,
      action: plan.action.name,
      version: plan.action.version,
      startedBy: this.input.startedBy,
      startedAtMs: this.startedAtMs,
      atMs: Date.now(),
      actor,
      act: event.kind === 'acted' ? event.act : event.kind === 'entered' ? event.phase : event.kind,
      reason: this.reasonOf(event),
      before: { phase: before.phase, splitPercent: before.splitPercent },
      after: { phase: this.state.phase, splitPercent: this.state.splitPercent },
      outcome: this.state.outcome,
      correlationId,
      report: event.kind === 'judged' || event.kind === 'ended' ? this.state.report : null,
      safety: this.safety,
    };
    // Outside every scope: a cancelled step must not take its own record with it.
    this.recording = CancellationScope.nonCancellable(() =>
      this.recording.then(() => local.record.executeWithOptions({ summary: `audit: ${entry.act}` }, [entry])));
  }

  private reasonOf(event: RolloutEvent): string {
    if ('reason' in event && event.reason !== undefined) return event.reason;
    return event.kind === 'judged' ? event.report.reason : this.state.waitingFor;
  }
}

function waitsFor(state: RolloutState): string {
  return state.paused ? `a person to resume (guardrails stay live); then ${state.waitingFor}` : state.waitingFor;
}
