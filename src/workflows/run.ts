/** One rollout's memory inside the workflow: state, handlers, and what is shown to people. No module-level state. */
import {
  ApplicationFailure,
  CancellationScope,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { OpenResult, Proof, TransitionRecord, WatchResult } from '../activities/types.ts';
import { actorOf, reasonOf } from '../domain/rollout/audit-reason.ts';
import { detailsMarkdown } from '../domain/rollout/details.ts';
import { stepStatuses } from '../domain/rollout/step-statuses.ts';
import type { Fingerprint } from '../domain/split/fingerprint.ts';
import type { JudgeReport, PlannedEnd } from '../domain/judge/types.ts';
import { parseAct, parseGuardianWord } from '../domain/rollout/messages.ts';
import type { RolloutState } from '../domain/rollout/state.ts';
import { initialState } from '../domain/rollout/state.ts';
import type { Deadline } from '../domain/rollout/status.ts';
import { isTerminal } from '../domain/rollout/status.ts';
import type { Act } from '../domain/rollout/acts.ts';
import { ACTS, isBrake, possibleActs, refusal } from '../domain/rollout/acts.ts';
import type { RolloutEvent } from '../domain/rollout/transition.ts';
import { apply } from '../domain/rollout/transition.ts';
import type { Deployment } from '../targets/target.ts';
import { record } from './activity-proxies.ts';
import type { HumanAct, RolloutInput, RolloutStatus, SafetyProof } from './messages.ts';
import { ACT_UPDATES, actSignal, guardianSignal, statusQuery } from './messages.ts';
import { attributesOf } from './search-attributes.ts';

export class RolloutRun {
  state: RolloutState = initialState();
  deployment: Deployment | null = null;
  opened: OpenResult | null = null;
  splitSinceMs = 0;
  /** 0..100, before the split in force. */
  previousPercent = 0;
  /** Of the bake at hand or the last one; ms since the epoch. */
  plannedEnd: PlannedEnd | null = null;
  seen: readonly string[] = [];
  firstCandidateCardAtMs: number | null = null;
  safety: SafetyProof | null = null;
  /** A write may still be on its way to the organisation: its step was left before it answered. */
  writeInFlight = false;
  /** The baseline is off: the candidate serves alone. */
  promoted = false;
  /** The last proof that the version serves alone. */
  retired: Proof | null = null;
  /** What the promotion was decided on; the shown one from then on. */
  deciding: { readonly report: JudgeReport | null; readonly reason: string } | null = null;
  /** Nothing goes on until somebody resumes; a pause during a write is not yet that. */
  waitsOutPause = false;
  /** How often the guardian said that nobody is seen to watch: each time a new watch is started. */
  calls = 0;
  /** How long the rollout has been paused in all; a pause that lasts does not count yet. */
  pausedMs = 0;
  readonly rolloutId = workflowInfo().runId;
  private readonly startedAtMs = workflowInfo().startTime.getTime();
  private pausedAtMs = 0;
  private endedAtMs: number | null = null;
  private deadlines: readonly Deadline[] = [];
  private records = 0;
  private recording: Promise<void> = Promise.resolve();
  private unrecorded: readonly TransitionRecord[] = [];
  private shown = '';

  constructor(readonly input: RolloutInput) {
    setHandler(statusQuery, () => this.status());
    for (const act of ACTS)
      setHandler(ACT_UPDATES[act], (given) => this.act(act, given), {
        validator: (given) => this.validate(act, given),
      });
    // A signal cannot be refused: what does not parse, or is not possible any more, is left alone.
    setHandler(actSignal, (given: unknown) => this.actIfPossible(given));
    setHandler(guardianSignal, (given: unknown) => this.hearGuardian(given));
    this.publish();
  }

  /** Applies the event, shows it, and records it (without waiting for the record). */
  tell(event: RolloutEvent, actor = 'engine', correlationId: string | null = null): void {
    const before = this.state;
    this.state = apply(before, event);
    if (isTerminal(this.state.phase)) this.endedAtMs = Date.now();
    if (!before.paused && this.state.paused) this.pausedAtMs = Date.now();
    if (before.paused && !this.state.paused) this.pausedMs += Date.now() - this.pausedAtMs;
    this.publish();
    this.record(before, event, actor, correlationId);
  }

  learn(result: WatchResult): void {
    this.seen = result.seen;
    this.firstCandidateCardAtMs ??= result.firstCandidateCardAtMs;
    if (this.state.blind !== null) this.tell({ kind: 'sighted' });
    this.tell({ kind: 'judged', report: result.report });
  }

  /** What the judge knew last, if that is more than what the workflow was told. */
  learnLast(report: JudgeReport | null): void {
    const known = this.state.report?.n;
    if (
      report === null ||
      (known !== undefined && report.n.candidate + report.n.baseline <= known.candidate + known.baseline)
    )
      return;
    this.tell({ kind: 'judged', report });
  }

  /** The content that a person was shown, or that the plan says to live with, is the baseline's from now on. */
  acceptBaseline(fingerprint: Fingerprint): void {
    const { deployment } = this;
    if (deployment === null) return;
    this.deployment = { ...deployment, baseline: { ...deployment.baseline, fingerprint } };
  }

  /** Shows how long a wait may last, until the returned function is called. */
  showDeadline(deadline: Deadline): () => void {
    this.deadlines = [...this.deadlines, deadline];
    this.publish();
    return () => {
      this.deadlines = this.deadlines.filter((one) => one !== deadline);
      this.publish();
    };
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
      waitingFor: this.waitsFor(),
      deadline: this.nextDeadline(),
      blindSince: this.state.blind === null ? null : new Date(this.state.blind.sinceMs).toISOString(),
      canDo: possibleActs(this.state),
      report: this.state.outcome === 'promoted' && this.deciding !== null ? this.deciding.report : this.state.report,
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

  private waitsFor(): string {
    const { paused, blind, waitingFor } = this.state;
    const judge =
      blind === null
        ? ''
        : `a judge that can act (none since ${new Date(blind.sinceMs).toISOString()}: ${blind.why}); `;
    return `${judge}${paused ? `a person to resume (guardrails stay live); then ${waitingFor}` : waitingFor}`;
  }

  private nextDeadline(): Deadline | null {
    return this.deadlines.reduce<Deadline | null>(
      (next, one) => (next === null || one.at < next.at ? one : next),
      null,
    );
  }

  private validate(name: Act, given: HumanAct): void {
    const refused = refusal(this.state, name, parseAct(given));
    if (refused !== null) throw ApplicationFailure.nonRetryable(refused, 'ActRefused');
  }

  private act(name: Act, { by, reason }: HumanAct): RolloutStatus {
    // Whoever aborts while asked about a changed baseline goes back to it as it was shown.
    const { changedBaseline } = this.state;
    if (changedBaseline?.fingerprint !== undefined) this.acceptBaseline(changedBaseline.fingerprint);
    this.tell({ kind: 'acted', act: name, by, reason, atMs: Date.now() }, by);
    return this.status();
  }

  private actIfPossible(given: unknown): void {
    const { name, by, reason } = parseAct(given);
    if (!isBrake(name)) return;
    if (refusal(this.state, name, { by, reason }) === null) this.act(name, { by: String(by), reason: String(reason) });
  }

  /** From outside: nobody watches as far as the guardian sees, or it has already brought the baseline back. */
  private hearGuardian(given: unknown): void {
    const word = parseGuardianWord(given);
    if (word === null || this.isEnding()) return;
    if (word.kind === 'unwatched') {
      this.calls += 1;
      if (this.state.blind === null) this.tell({ kind: 'blinded', atMs: Date.now(), reason: word.reason });
    } else
      this.tell({ kind: 'acted', act: 'abort', by: 'guardian', reason: word.reason, atMs: Date.now() }, 'guardian');
  }

  private publish(): void {
    const status = this.status();
    setCurrentDetails(
      detailsMarkdown({
        ...status,
        title: `${status.action} v${status.version}${status.baselineVersion === null ? '' : ` against v${status.baselineVersion}`}`,
      }),
    );
    // Unchanged attributes would be an event of history each time.
    const shown = `${status.paused ? 'paused' : status.phase} ${status.splitPercent} ${status.outcome ?? ''}`;
    if (shown === this.shown) return;
    this.shown = shown;
    upsertSearchAttributes(attributesOf(status));
  }

  private record(before: RolloutState, event: RolloutEvent, actor: string, correlationId: string | null): void {
    this.records += 1;
    const { plan } = this.input;
    const entry: TransitionRecord = {
      key: `${this.rolloutId}/${this.records}`,
      rolloutId: this.rolloutId,
      workflowId: workflowInfo().workflowId,
      action: plan.action.name,
      version: plan.action.version,
      startedBy: this.input.startedBy,
      startedAtMs: this.startedAtMs,
      atMs: Date.now(),
      actor: actorOf(event, actor),
      act: event.kind === 'acted' ? event.act : event.kind === 'entered' ? event.phase : event.kind,
      reason: reasonOf(before, event, this.state, plan.steps),
      before: { phase: before.phase, splitPercent: before.splitPercent },
      after: { phase: this.state.phase, splitPercent: this.state.splitPercent },
      outcome: this.state.outcome,
      correlationId,
      report: event.kind === 'judged' || event.kind === 'ended' ? this.state.report : null,
      safety: this.safety,
    };
    this.unrecorded = [...this.unrecorded, entry];
    // Outside every scope: a cancelled step must not take its own record with it.
    this.recording = CancellationScope.nonCancellable(() => this.recording.then(() => this.writeDown()));
  }

  /** What came to pass while an earlier record was under way travels in one activity. */
  private async writeDown(): Promise<void> {
    const entries = this.unrecorded;
    this.unrecorded = [];
    if (entries.length > 0)
      await record.executeWithOptions({ summary: `audit: ${entries.map(({ act }) => act).join(', ')}` }, [entries]);
  }
}
