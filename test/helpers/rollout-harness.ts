/** A rollout on a real Temporal server with scripted activities: what the workflow does, without an organisation. */
import { ApplicationFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import type { CodecKey } from '../../src/codec/keys.ts';
import type { Actor } from '../../src/domain/identity/actor.ts';
import { claimed } from '../../src/domain/identity/decide.ts';
import { DEFAULT_POLICIES } from '../../src/domain/plan/default-policies.ts';
import type { LongWatchInput, LongWatchResult } from '../../src/activities/long-watch-types.ts';
import type { Activities } from '../../src/activities/create.ts';
import type { FindUndoInput, FoundUndo } from '../../src/activities/find-undo.ts';
import type { Proof, WatchInput, WatchResult } from '../../src/activities/types.ts';
import type { Distrust, JudgeReport, Verdict } from '../../src/domain/judge/types.ts';
import { noArrivals } from '../../src/domain/rollout/arrivals.ts';
import type { ShownBudget } from '../../src/domain/rollout/card-budget.ts';
import type { Drift } from '../../src/domain/rollout/drift.ts';
import { watchEnd } from '../../src/domain/rollout/watch-decision.ts';
import { windowClosed } from '../../src/activities/calendar.ts';
import type { CalendarLook, HoursCount, HoursQuestion } from '../../src/domain/calendar/question.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import type { TargetState } from '../../src/targets/target.ts';
import type { rollout } from '../../src/workflows/rollout.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import {
  GENESYS_QUEUE,
  HOOKS_QUEUE,
  ROLLOUT_WORKFLOW,
  ROLLOUTS_QUEUE,
  rolloutWorkflowId,
  SAFETY_QUEUE,
  statusQuery,
  WATCHES_QUEUE,
} from '../../src/workflows/messages.ts';
import { createWorker } from '../../src/worker/create-worker.ts';
import { tracedWorker } from '../../src/worker/traced.ts';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import { WORKFLOW_TASKS } from '../../src/worker/workers.ts';
import { fingerprintOf, refOf } from './arms.ts';
import { testTemporal } from './temporal.ts';
import { PATIENCE_MS } from './patience.ts';
import { patientClient, patientConnection } from './patient-client.ts';

export type RolloutHandle = WorkflowHandleWithFirstExecutionRunId<typeof rollout>;

export interface Harness {
  readonly client: Client;
  start(plan: Plan): Promise<RolloutHandle>;
  statusWhen(handle: RolloutHandle, holds: (status: RolloutStatus) => boolean): Promise<RolloutStatus>;
  /** Stops all workers, does the work, and starts new ones. */
  withoutWorkers(work: () => Promise<void>): Promise<void>;
  /** What comes meanwhile comes to the workflow all at once. */
  withoutWorkflows(work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

let isInstalled = false;

/** `activities`: those of a rollout, and of what else the test starts. */
export async function startHarness(
  activities: object,
  at = testTemporal(),
  codecKeys: readonly CodecKey[] = [],
): Promise<Harness> {
  if (!isInstalled) Runtime.install({ logger: new DefaultLogger('ERROR') });
  isInstalled = true;
  const { address, namespace } = await at;
  const native = await NativeConnection.connect({ address });
  const connection = await patientConnection(address);
  const client = patientClient({ connection, namespace, codecKeys });
  const place = { connection: native, namespace, codecKeys };
  const options = {
    activities,
    ...(await tracedWorker()),
    stickyQueueScheduleToStartTimeout: '1s',
    maxHeartbeatThrottleInterval: '100ms',
    defaultHeartbeatThrottleInterval: '100ms',
    // Longer than a busy machine takes to end what is under way: a close that is forced is a failure.
    shutdownForceTime: '30s',
  } as const;
  const beginWorkflows = async (): Promise<() => Promise<void>> =>
    runAll([await createWorker(place, { ...options, ...WORKFLOW_TASKS, workflowBundle: await workflowCode(place) })]);
  const beginOthers = async (): Promise<() => Promise<void>> =>
    runAll([
      await createWorker(place, { ...options, taskQueue: GENESYS_QUEUE }),
      await createWorker(place, { ...options, taskQueue: WATCHES_QUEUE }),
      await createWorker(place, { ...options, taskQueue: HOOKS_QUEUE }),
      await createWorker(place, { ...options, taskQueue: SAFETY_QUEUE }),
    ]);
  let stopWorkflows = await beginWorkflows();
  let stopOthers = await beginOthers();
  const stop = async (): Promise<void> => void (await Promise.all([stopWorkflows(), stopOthers()]));
  return {
    client,
    start: (plan) =>
      client.workflow.start<typeof rollout>(ROLLOUT_WORKFLOW, {
        workflowId: rolloutWorkflowId(plan.action.name),
        taskQueue: ROLLOUTS_QUEUE,
        args: [{ plan, startedBy: 'test' }],
      }),
    statusWhen,
    async withoutWorkers(work) {
      await stop();
      await work();
      stopWorkflows = await beginWorkflows();
      stopOthers = await beginOthers();
    },
    async withoutWorkflows(work) {
      await stopWorkflows();
      await work();
      stopWorkflows = await beginWorkflows();
    },
    async close() {
      await stop();
      await connection.close();
      await native.close();
    },
  };
}

function runAll(workers: readonly Worker[]): () => Promise<void> {
  const running = Promise.all(workers.map((worker) => worker.run()));
  return async () => {
    for (const worker of workers) worker.shutdown();
    await running;
  };
}

async function statusWhen(handle: RolloutHandle, holds: (status: RolloutStatus) => boolean): Promise<RolloutStatus> {
  let last: RolloutStatus | undefined;
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    last = await handle.query(statusQuery);
    if (holds(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The status did not come: ${JSON.stringify(last)}`);
}

function reportSaying(verdict: Verdict, distrust: readonly Distrust[]): JudgeReport {
  return {
    verdict,
    reason: `scripted: ${verdict}`,
    guardrails: [],
    n: { baseline: 900, candidate: 100 },
    ...(verdict === 'untrusted' && { distrust }),
  };
}

/** The organisation as the scripted activities see it, and every write to it in order. */
export class ScriptedOrganisation {
  candidate = { enabled: false, splitPercent: 0, fingerprint: fingerprintOf('c') };
  baseline = { enabled: true, splitPercent: 100, fingerprint: fingerprintOf('b') };
  readonly writes: string[] = [];
  readonly records: {
    act: string;
    phase: string;
    actor: string;
    reason: string;
    verifiedBy?: string | null;
    isNoRollout?: true;
  }[] = [];
  /** Who that is; or why they may not. */
  knows: (by: string) => Actor | string = claimed;
  /** Of what is untrusted. */
  distrust: readonly Distrust[] = [{ kind: 'sampleRatio', logEvidence: 10 }];
  /** What the judge says when a bake asks. */
  verdict: Verdict = 'safe';
  /** What the watch after promotion says. */
  later: 'over' | 'harm' | 'noData' = 'over';
  /** A recovery from outside is on record. */
  isRestoring = false;
  /** Why the calendar lets nothing rise, nor start; null: it is open. */
  closed: string | null = null;
  /** Called before each activity; may hang or throw. */
  before: (activity: string) => Promise<void> = () => Promise.resolve();
  /** What a watch says that was told to stop; null: nothing. */
  lastWord: Verdict | null = null;
  /** What the judge says of each guardrail. */
  rows: JudgeReport['guardrails'] = [];
  /** When each candidate card became known. */
  cardsAtMs: number[] = [];
  private spent: ShownBudget | undefined;
  /** What a hook answers. */
  hook: Activities['askHook'] = () => Promise.resolve({ decision: 'confirm', reason: 'scripted' });
  /** Why the watch ends. */
  private said = '';
  watches: WatchInput[] = [];
  longWatches: LongWatchInput[] = [];
  /** What a watch finds in the organisation, until the workflow has heard of it. */
  drift: Drift | null = null;
  /** Inputs of the roll back, and what it answers instead of doing it. */
  /** Another version that serves at the end. */
  rival: Drift | null = null;
  rollBacks: { readonly deployment: Deployment; readonly mayAsk: boolean }[] = [];
  changedBaseline: Drift | null = null;
  /** What an undo finds. */
  undo: FoundUndo = { ok: false, version: '', why: 'nothing is proven' };
  /** What the last one asked for. */
  undoAsked: FindUndoInput | null = null;

  state(): TargetState {
    const covered =
      (this.baseline.enabled && this.baseline.splitPercent + this.candidate.splitPercent >= 100) ||
      this.candidate.splitPercent === 100;
    return {
      candidate: { ...this.candidate, servesHere: this.candidate.enabled },
      baseline: { ...this.baseline, servesHere: this.baseline.enabled },
      effectiveSplitPercent: this.candidate.enabled ? this.candidate.splitPercent : 0,
      covered,
      correlationId: 'c-1',
    };
  }

  private proof(): Proof {
    return { atMs: Date.now(), state: this.state() };
  }

  activities(): Activities {
    const via =
      <T>(name: string, effect: () => T | Promise<T>) =>
      async (): Promise<T> => {
        await this.before(name);
        return effect();
      };
    return {
      authorise: async (input) => {
        await this.before('authorise');
        const answer = this.knows(input.by);
        return typeof answer === 'string'
          ? { ok: false, refusal: `Cannot ${input.act}: ${answer}` }
          : { ok: true, actor: answer, signatureId: null };
      },
      isRestoring: via('isRestoring', () => this.isRestoring),
      open: via('open', () => ({ startSeq: 0, startedAtMs: Date.now() })),
      validate: via('validate', () => ({ problems: [] })),
      ensureExport: via('ensureExport', () => undefined),
      deploy: async ({ target, action }) => {
        await this.before('deploy');
        this.assertOpen();
        this.candidate = { ...this.candidate, enabled: true };
        this.writes.push('deploy');
        return {
          target: target.kind,
          actionName: action.name,
          baseline: refOf('b', '1.4.0'),
          candidate: refOf('c', action.version),
        };
      },
      applySplit: async ({ percent, rise }) => {
        await this.before('applySplit');
        if (rise !== undefined) this.assertOpen();
        this.writes.push(`split ${percent}`);
        this.candidate = { ...this.candidate, splitPercent: percent };
        this.baseline = { ...this.baseline, splitPercent: 100 - percent };
        return this.proof();
      },
      retireBaseline: async ({ acceptedRivals = [] }) => {
        await this.before('retireBaseline');
        this.writes.push('retire baseline');
        this.baseline = { ...this.baseline, enabled: false, splitPercent: 0 };
        if (this.rival?.rivals?.some((rival) => !acceptedRivals.includes(rival)) === true)
          throw ApplicationFailure.create({ type: 'RivalServes', nonRetryable: true, details: [this.rival] });
        return this.proof();
      },
      rollBack: async (input) => {
        this.rollBacks.push(input);
        await this.before('rollBack');
        if (
          this.changedBaseline !== null &&
          input.deployment.baseline?.fingerprint.html !== this.changedBaseline.fingerprint?.html
        ) {
          if (input.mayAsk) return { drift: this.changedBaseline };
          throw new Error('the baseline is still another');
        }
        this.writes.push('roll back');
        this.baseline = { ...this.baseline, enabled: true, splitPercent: 100 };
        this.candidate = { ...this.candidate, enabled: false, splitPercent: 0 };
        return this.proof();
      },
      confirmQuiet: via('confirmQuiet', () => this.proof()),
      findUndo: async (asked) => {
        await this.before('findUndo');
        this.undoAsked = asked;
        return this.undo;
      },
      lookAround: via('lookAround', () => ({
        standing: {
          baseline: { id: 'b', version: '1.4.0', splitPercent: 100 },
          note: null,
          refused: false,
          exists: false,
        },
        changed: [],
        calendar: {
          open: this.closed === null,
          why: this.closed ?? 'open',
          changesAtMs: null,
          atMs: 0,
          openings: [],
          closing: [],
        },
        traffic: null,
      })),
      askRegistry: via('askRegistry', () => ({ kind: 'unknown' as const, versions: [] })),
      askHook: (question) => this.hook(question),
      watch: (input) => this.watch(input),
      longWatch: (input) => this.longWatch(input),
      ...this.calendarActivities(),
      record: async (entries) => {
        await this.before('record');
        this.records.push(
          ...entries.map(({ act, after, actor, reason, proof, isNoRollout }) => ({
            act,
            phase: after.phase,
            actor,
            reason,
            ...(proof && { verifiedBy: proof.verifiedBy }),
            ...(isNoRollout === true && { isNoRollout }),
          })),
        );
      },
    };
  }

  private assertOpen(): void {
    if (this.closed !== null) throw windowClosed(this.look());
  }

  private look(): CalendarLook {
    const closing = this.closed === null ? [] : [this.closed];
    return { open: this.closed === null, why: this.closed ?? 'open', changesAtMs: null, closing };
  }

  private calendarActivities() {
    const countHours = async (question: HoursQuestion): Promise<HoursCount> => {
      const { sinceMs, countedMs, forMs, atMostMs } = question;
      const open = this.closed === null;
      const atMs = Date.now();
      const endOf = (ofMs: number): number => (open ? sinceMs + Math.max(0, ofMs - countedMs) : sinceMs + 1e9);
      return {
        countedMs: countedMs + (open ? (question.untilMs ?? atMs) - sinceMs : 0),
        endsAtMs: endOf(forMs),
        atMostAtMs: endOf(atMostMs),
        open,
        atMs,
      };
    };
    const until = async <T>(see: () => T | null | Promise<T | null>): Promise<T> => {
      for (;;) {
        const seen = await see();
        if (seen !== null) return seen;
        Context.current().heartbeat();
        await Context.current().sleep(50);
      }
    };
    return {
      calendar: async () => ({ ...this.look(), atMs: Date.now(), openings: [] }),
      awaitCalendar: ({ knownWhy }: { readonly knownWhy: string }) =>
        until(() => (this.closed === knownWhy ? null : this.look())),
      startTime: async ({ startAt }: { readonly startAt: string }) => ({ atMs: Date.parse(startAt), text: startAt }),
      countHours: async (question: HoursQuestion) => {
        await this.before('countHours');
        return countHours(question);
      },
      awaitHours: (question: HoursQuestion & { readonly knownOpen: boolean }) =>
        until(async () => ((this.closed === null) === question.knownOpen ? null : countHours(question))),
      changeFreeze: async () => ({ kind: 'done' as const, freezes: [] }),
      listFreezes: async () => ({ kind: 'list' as const, now: [], past: [] }),
    };
  }

  private async longWatch(input: LongWatchInput): Promise<LongWatchResult> {
    const { endsAtMs, knownDrift = [], acceptNoData = false } = input;
    this.longWatches.push(input);
    await this.before('longWatch');
    const context = Context.current();
    const answer = (kind: LongWatchResult['kind'], drift: Drift | null = null): LongWatchResult => ({
      kind,
      reason: `scripted: ${drift?.message ?? kind}`,
      atMs: Date.now(),
      n: 10,
      rows: [],
      drift,
    });
    for (;;) {
      if (this.later === 'harm') return answer('harm');
      if (this.later === 'noData' && !acceptNoData) return answer('noData');
      if (this.drift !== null && !knownDrift.includes(this.drift.key)) return answer('drift', this.drift);
      if (Date.now() >= endsAtMs) return answer('over');
      if (input.tellSight === true) return answer('sighted');
      context.heartbeat();
      await context.sleep(50);
    }
  }

  private async watch(input: WatchInput): Promise<WatchResult> {
    this.watches.push(input);
    await this.before('watch');
    const answer = (kind: WatchResult['kind']): WatchResult => ({
      kind,
      ...(kind === 'drift' && this.drift !== null && { drift: this.drift }),
      ...(kind === 'spent' && this.spent !== undefined && { budget: this.spent }),
      reason: kind === 'harm' && this.said !== '' ? this.said : `scripted: ${this.verdict}`,
      report: this.report(),
      seen: [],
      firstCandidateCardAtMs: Date.now() - 1000,
      atMs: Date.now(),
    });
    const context = Context.current();
    for (;;) {
      const end = this.endOf(input);
      if (end !== null) return answer(end);
      context.heartbeat();
      await context.sleep(50).catch((error: unknown) => {
        if (this.lastWord === null) throw error;
      });
      if (context.cancellationSignal.aborted && this.lastWord !== null) {
        const report = { ...reportSaying(this.lastWord, this.distrust), n: { baseline: 950, candidate: 150 } };
        await this.before('lastWord');
        return { ...answer(this.lastWord === 'harm' ? 'harm' : 'cancelled'), reason: report.reason, report };
      }
    }
  }

  /** As a real watch ends, of what the judge is scripted to say. */
  private report(): JudgeReport {
    return { ...reportSaying(this.verdict, this.distrust), guardrails: this.rows };
  }

  private shownSince(sinceMs: number): number {
    return this.cardsAtMs.filter((atMs) => atMs >= sinceMs).length;
  }

  private endOf(input: WatchInput): WatchResult['kind'] | null {
    const { acceptSilence, knownDrift, policies, splitPercent } = input;
    const nowMs = Date.now();
    const end = watchEnd(input.goal, {
      report: this.report(),
      nowMs,
      arrivals: noArrivals(this.verdict === 'noData' ? 0 : nowMs),
      firstCandidateAtMs: null,
      splitPercent,
      noCard: null,
      noDataAfterMs: acceptSilence === 'all' ? null : policies.onNoData.afterMs,
      silenceAcceptedAtMs: typeof acceptSilence === 'number' ? acceptSilence : null,
      distrust: input.acceptDistrust,
      overrides: input.overrides ?? [],
      staleAfterMs: policies.settleMs,
      alarms: input.acceptAlarms ?? [],
      budgets: (input.budgets ?? []).map((budget) => ({ ...budget, shown: this.shownSince(budget.sinceMs) })),
    });
    this.said = end?.reason ?? '';
    if (end?.kind === 'harm') return 'harm';
    this.spent = end?.kind === 'spent' ? end.budget : undefined;
    if (end?.kind === 'spent') return 'spent';
    if (this.drift !== null && !knownDrift.includes(this.drift.key)) return 'drift';
    return end?.kind ?? (input.tellSight ? 'news' : null);
  }
}

/**
 * A plan of three steps that bakes for milliseconds; each has an action of its own, so each may run beside the others.
 */
export function quickPlan(more: Partial<Plan> = {}): Plan {
  return {
    apiVersion: 'assist-rollouts/v1',
    action: {
      name: `Card ${randomUUID().slice(0, 8)}`,
      version: '1.5.0',
      html: '<p>Hello</p>',
      trigger: { minConfidence: 0.5, keywords: ['refund'], conditions: [] },
      ui: { position: 'right', size: 'medium', requiredFeatures: [] },
    },
    target: { kind: 'agentAssistActions' },
    steps: [
      { kind: 'setSplit', percent: 10 },
      { kind: 'bake', forMs: 100, atMostMs: 300, minCards: 0, require: 'noHarm' },
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 100, atMostMs: 300, minCards: 0, require: 'safe' },
    ],
    guardrails: [
      {
        metric: 'acceptanceRate',
        worseWhen: 'lower',
        margin: { kind: 'relative', value: 0.1 },
        alpha: 0.01,
        mode: 'enforce',
      },
    ],
    policies: { ...DEFAULT_POLICIES, onNoData: { afterMs: 1000, do: 'pause' }, settleMs: 100, afterPromotionMs: 200 },
    ...more,
  };
}

/** One set of workers for a test file; each test puts its own organisation behind it. */
export function activitiesOf(current: () => ScriptedOrganisation): Activities {
  const names = Object.keys(new ScriptedOrganisation().activities()) as (keyof Activities)[];
  return Object.fromEntries(
    names.map((name) => [name, (input: never) => current().activities()[name](input)]),
  ) as unknown as Activities;
}
