/**
 * One object for what the verbs of the command line do with rollouts, the organisation and their records, callable from
 * code. Connections open at their first use.
 */
import type { GenesysConfig } from './config/genesys.ts';
import type { TemporalConfig } from './config/temporal.ts';
import { decisionRecordOf } from './configurator/decision-record.ts';
import type { RolloutRecord } from './configurator/decision-record.ts';
import type { Organisation } from './configurator/genesys.ts';
import type { ShownExport } from './targets/event-export.ts';
import { openOrganisation } from './configurator/genesys.ts';
import { createTemporalLink } from './configurator/connection.ts';
import type { TemporalLink } from './configurator/connection.ts';
import { AssistError } from './configurator/errors.ts';
import { follow } from './configurator/follow.ts';
import type { FollowOptions } from './configurator/follow.ts';
import { actOnRollout } from './configurator/acts.ts';
import { startUndo } from './configurator/undo.ts';
import { recoverAction } from './configurator/recover.ts';
import { askCalendar, changeFreeze, listFreezes } from './configurator/calendar.ts';
import type { FreezeList, Frozen } from './configurator/calendar.ts';
import type { FreezeAct } from './domain/calendar/freeze.ts';
import type { CalendarQuestion, CalendarView } from './domain/calendar/question.ts';
import type { RecoverResult } from './configurator/recover.ts';
import { askRegistry as askRegistryOfWorker, auditOf, historyOf, versionOf } from './configurator/registry.ts';
import { listRollouts } from './configurator/list.ts';
import { isRunning, viewRollout } from './configurator/rollouts.ts';
import type { ActSigner } from './configurator/sign-act.ts';
import type { ActOptions, ActResult } from './configurator/acts.ts';
import { actOnAll } from './configurator/all.ts';
import { storyOf } from './configurator/story.ts';
import { startWaves, viewWaves } from './configurator/waves.ts';
import { actOnWaves } from './configurator/waves-acts.ts';
import type { WavesView } from './configurator/waves.ts';
import type { WavesPlan } from './domain/waves/plan.ts';
import type { WavesActName } from './domain/waves/state.ts';
import type { Act } from './domain/rollout/acts.ts';
import type { ListFilter } from './configurator/list-rows.ts';
import type { RolloutList } from './configurator/list.ts';
import type { RolloutRef, RolloutView } from './configurator/rollouts.ts';
import { startRollout } from './configurator/start.ts';
import type { StartAct } from './configurator/start.ts';
import type { Forecaster } from './subprocesses/forecaster.ts';
import { dryRun, runningWaves } from './configurator/dry-run.ts';
import type { DryRun, RunningNow } from './configurator/dry-run.ts';
import type { ActionVersion, Plan } from './domain/plan/plan.ts';
import { DEFAULT_TARGET } from './domain/plan/target-schema.ts';
import type { PlanTarget } from './domain/plan/target-schema.ts';
import { MAX_HISTORY } from './domain/registry/question.ts';
import type {
  AuditAnswer,
  AuditQuestion,
  HistoryRow,
  RegisteredVersion,
  RegistryAnswer,
  RegistryQuestion,
} from './domain/registry/question.ts';
import type { Story } from './domain/story/story.ts';
import { preflight } from './domain/preflight/preflight.ts';
import { evaluateTrigger } from './domain/trigger/evaluate.ts';
import type { EnsuredExport } from './genesys/exports.ts';
import type { Deployment } from './domain/rollout/deployment.ts';
import type { TargetState, Webhook } from './targets/target.ts';
import { writeEngagement } from './audit/engagement.ts';
import type { LoggedEngagement, EngagementRecord } from './audit/engagement.ts';
import type { Database } from './store/database.ts';
import { openDatabase } from './store/open.ts';
import { askRegistry } from './store/registry.ts';
import type { StoreConfig } from './store/open.ts';
import type { HumanAct } from './workflows/messages.ts';

export interface ConfiguratorConfig {
  /** For rollouts. */
  readonly temporal?: TemporalConfig;
  /** For deploying, splitting and the event export. */
  readonly genesys?: GenesysConfig;
  /** For engagement entries and decision records. */
  readonly database?: StoreConfig;
  /** Signs every act; without one they are but claimed, which an installation with operators refuses. */
  readonly signer?: ActSigner | null;
  /** AGENT_ID_HASH_KEY: engagement entries then hold agents' ids as their hash. */
  readonly agentIdHashKey?: string | null;
  /** Where the registry of versions is read; of a worker, through Temporal, if absent. */
  readonly registryFrom?: 'database' | 'worker';
  /** Of a process that serves others: what a dry run simulates holds them up otherwise. */
  readonly forecaster?: Forecaster;
  readonly now?: () => number;
}

export interface Configurator {
  /** Everything the preflight finds, errors and warnings; nothing is contacted. */
  readonly validate: typeof preflight;
  /** Find-or-create by name and version metadata, at split 0. */
  deployVersion(action: ActionVersion, rolloutId: string, target?: PlanTarget): Promise<Deployment>;
  /** Moves the split without a coverage hole and reads it back. */
  setSplit(deployment: Deployment, percent: number): Promise<TargetState>;
  readonly evaluateTrigger: typeof evaluateTrigger;
  /** Creates the event export, or reuses and repairs the one of our name. */
  setUpEventExport(webhook: Webhook): Promise<EnsuredExport>;
  /** Null when there is none; with the URL of the events service, also whether it is as it must be. */
  showEventExport(publicUrl: string | null): Promise<ShownExport | null>;
  /** False when there was none. No event comes in any more: do not remove it while a rollout runs. */
  removeEventExport(): Promise<boolean>;
  /**
   * Its compliance status is what preflight said of that content, else `unknown`; the same engagement twice is one
   * entry.
   */
  writeEngagementEntry(engagement: Omit<LoggedEngagement, 'at'> & { readonly at?: Date }): Promise<EngagementRecord>;
  /** What the verdict of an action's last rollout, or of the one named, was taken from. */
  decisionRecord(actionName: string, rolloutId?: string): Promise<RolloutRecord>;
  /** All that is told of an action's last rollout, or of the one named: for a report. */
  story(actionName: string, rolloutId?: string): Promise<Story>;
  /** Throws `rollout-already-running` with the id and link of the one that runs. */
  startRollout(plan: Plan, act: StartAct): Promise<RolloutRef>;
  /** What a start would do, by what a start goes by; nothing is started or changed. */
  dryRun(plan: Plan, act: StartAct): Promise<DryRun>;
  /** The waves of that name that run; null: none do. */
  runningWaves(name: string): Promise<RunningNow | null>;
  /** Views until the run has ended; `runId` pins the run, and what it goes on as where it is reset, else the newest is followed. */
  followRollout(actionName: string, options?: FollowOptions & { readonly runId?: string }): AsyncGenerator<RolloutView>;
  status(actionName: string, runId?: string): Promise<RolloutView>;
  /** `runId` pins the run: no other is acted on. */
  act(name: Act, actionName: string, act: HumanAct, runId?: string, options?: ActOptions): Promise<ActResult>;
  /**
   * Back to a version that was proven before, `none` for no card, or the last one. Refused while a rollout of the action
   * runs. `followRollout` shows how it goes.
   */
  undo(actionName: string, act: HumanAct & { readonly to?: string }): Promise<RolloutRef>;
  /** Brings the baseline back of an action that nobody watches over; throws `rollout-watched` when somebody does. */
  recover(actionName: string, act: HumanAct): Promise<RecoverResult>;
  /** Freezes or unfreezes; what was refused is thrown as `freeze-refused`. */
  freeze(act: FreezeAct): Promise<Frozen>;
  freezes(): Promise<FreezeList>;
  /** May splits rise, by the worker's calendar, the plan's windows and what is frozen? */
  calendar(question: CalendarQuestion & { readonly atMs?: number }): Promise<CalendarView>;
  /** Every rollout of an action, newest first. */
  history(actionName: string, limit?: number): Promise<readonly HistoryRow[]>;
  /** The newest rollout of a version, or of the action: its card, plan, verdict, evidence, and who acted. */
  version(actionName: string, version?: string): Promise<RegisteredVersion>;
  /** The newest entries of the audit log that fit, by whoever answers for the registry. */
  auditLines(question: Omit<AuditQuestion, 'kind'>): Promise<AuditAnswer>;
  startWaves(waves: WavesPlan, act: { readonly by: string; readonly reason?: string }): Promise<RolloutRef>;
  /** `runId` pins the run, else the newest is looked at. */
  waves(name: string, runId?: string): Promise<WavesView>;
  /** Views until they have ended; `runId` pins the run, so that later ones of that name are not taken for them. */
  followWaves(name: string, options?: FollowOptions & { readonly runId?: string }): AsyncGenerator<WavesView>;
  /** Of every rollout that runs, and of waves; one that refuses keeps the others from nothing. */
  actOnAll(name: WavesActName, act: HumanAct): ReturnType<typeof actOnAll>;
  actOnWaves(name: WavesActName, waves: string, act: HumanAct): ReturnType<typeof actOnWaves>;
  list(limit?: number, filter?: ListFilter): Promise<RolloutList>;
  /** Is this run, or what it went on as, still open? False where Temporal knows none. */
  isRunning(workflowId: string, runId: string): Promise<boolean>;
  /** The same over the same connections, and all acts are signed by this signer. */
  actingFor(signer: ActSigner): Configurator;
  close(): Promise<void>;
}

export function createConfigurator(config: ConfiguratorConfig): Configurator {
  return createOver(config, {
    temporal: once(() => createTemporalLink(demand(config.temporal, 'temporal', 'rollouts'), config.signer ?? null)),
    organisation: once(() =>
      openOrganisation(demand(config.genesys, 'genesys', 'the organisation'), { now: config.now ?? Date.now }),
    ),
    database: once(() => openDatabase(demand(config.database, 'database', 'entries and records'))),
  });
}

interface Parts {
  readonly temporal: Once<TemporalLink>;
  readonly organisation: Once<Organisation>;
  readonly database: Once<Promise<Database>>;
}

function createOver(config: ConfiguratorConfig, parts: Parts): Configurator {
  const now = config.now ?? Date.now;
  const { temporal, organisation, database } = parts;
  const registry = (question: RegistryQuestion): Promise<RegistryAnswer> =>
    config.registryFrom === 'database'
      ? database.get().then((db) => askRegistry(db, question))
      : askRegistryOfWorker(temporal.get(), question);
  return {
    validate: preflight,
    deployVersion: async (action, rolloutId, target = DEFAULT_TARGET) =>
      organisation.get().targets.of(target.kind).deploy({ target, action, rolloutId }),
    setSplit: async (deployment, percent) => setSplit(organisation.get(), deployment, percent),
    evaluateTrigger,
    setUpEventExport: async (webhook) => organisation.get().eventExport.open(webhook),
    showEventExport: async (publicUrl) => organisation.get().eventExport.show(publicUrl),
    removeEventExport: async () => organisation.get().eventExport.remove(),
    writeEngagementEntry: async (engagement) =>
      (
        await writeEngagement(await database.get(), {
          at: new Date(now()),
          agentIdHashKey: config.agentIdHashKey,
          ...engagement,
        })
      ).record,
    decisionRecord: async (actionName, rolloutId) => decisionRecordOf(await database.get(), actionName, rolloutId),
    story: async (actionName, rolloutId) => storyOf(await database.get(), actionName, rolloutId),
    startRollout: async (plan, act) => startRollout(temporal.get(), plan, act),
    dryRun: async (plan, act) => dryRun(temporal.get(), plan, act, config.forecaster ?? null),
    runningWaves: async (name) => runningWaves(temporal.get(), name),
    followRollout: (actionName, { runId, ...options } = {}) =>
      follow(() => viewRollout(temporal.get(), actionName, runId), options),
    status: async (actionName, runId) => viewRollout(temporal.get(), actionName, runId),
    act: async (name, actionName, act, runId, options) =>
      actOnRollout(temporal.get(), name, actionName, act, { ...options, runId }),
    undo: async (actionName, act) => startUndo(temporal.get(), actionName, act),
    recover: async (actionName, act) => recoverAction(temporal.get(), actionName, act),
    freeze: async (act) => changeFreeze(temporal.get(), act),
    freezes: async () => listFreezes(temporal.get()),
    calendar: async (question) => askCalendar(temporal.get(), question),
    history: (actionName, limit = MAX_HISTORY) => historyOf(registry, actionName, limit),
    version: (actionName, version) => versionOf(registry, actionName, version),
    auditLines: (question) => auditOf(registry, question),
    isRunning: async (workflowId, runId) => isRunning(temporal.get(), workflowId, runId),
    list: async (limit = 20, filter = {}) => listRollouts(temporal.get(), limit, filter),
    startWaves: async (waves, act) => startWaves(temporal.get(), waves, act),
    actOnAll: async (name, act) => actOnAll(temporal.get(), name, act),
    waves: async (name, runId) => viewWaves(temporal.get(), name, runId),
    followWaves: (name, { runId, ...options } = {}) =>
      follow(() => viewWaves(temporal.get(), name, runId), options, 'The waves go on'),
    actOnWaves: async (name, waves, act) => actOnWaves(temporal.get(), name, waves, act),
    actingFor: (signer) => createOver(config, { ...parts, temporal: once(() => ({ ...temporal.get(), signer })) }),
    async close() {
      await temporal.opened?.close();
      organisation.opened?.close();
      await closeDatabase(database.opened);
    },
  };
}

async function setSplit({ targets }: Organisation, deployment: Deployment, percent: number): Promise<TargetState> {
  const target = targets.of(deployment.target);
  await target.setSplit(deployment, percent);
  return target.readBack(deployment);
}

async function closeDatabase(opened: Promise<Database> | undefined): Promise<void> {
  const db = await opened?.catch(() => undefined);
  await db?.close();
}

interface Once<T> {
  get(): T;
  readonly opened: T | undefined;
}

function once<T>(open: () => T): Once<T> {
  let opened: T | undefined;
  return {
    get: () => (opened ??= open()),
    get opened() {
      return opened;
    },
  };
}

function demand<T>(part: T | undefined, name: string, what: string): T {
  if (part !== undefined) return part;
  throw new AssistError(
    'config-incomplete',
    `The configurator was created without "${name}", which ${what} need.`,
    `Pass \`${name}\` to createConfigurator.`,
  );
}
