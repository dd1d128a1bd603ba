/**
 * One object for everything a verb of the CLI does: validate a plan, deploy a version, set a split, evaluate a trigger,
 * set up the event export, write an audit entry, start, follow and steer rollouts. Connections open at their first use.
 */
import type { GenesysConfig, TemporalConfig } from './config.ts';
import type { Organisation, Webhook } from './configurator/genesys.ts';
import { openOrganisation } from './configurator/genesys.ts';
import { createTemporalLink } from './configurator/connection.ts';
import { AssistError } from './configurator/errors.ts';
import { follow } from './configurator/follow.ts';
import type { FollowOptions } from './configurator/follow.ts';
import { actOnRollout } from './configurator/acts.ts';
import { recoverAction } from './configurator/recover.ts';
import type { RecoverResult } from './configurator/recover.ts';
import { listRollouts, startRollout, viewRollout } from './configurator/rollouts.ts';
import type { ActResult } from './configurator/acts.ts';
import type { Act } from './domain/rollout/acts.ts';
import type { RolloutRef, RolloutSummary, RolloutView } from './configurator/rollouts.ts';
import type { ActionVersion, Plan, Problem } from './domain/plan/plan.ts';
import { DEFAULT_TARGET } from './domain/plan/target-schema.ts';
import type { PlanTarget } from './domain/plan/target-schema.ts';
import { preflight } from './domain/preflight/preflight.ts';
import { evaluateTrigger } from './domain/trigger/evaluate.ts';
import type { EnsuredExport } from './genesys/exports.ts';
import type { Deployment, TargetState } from './targets/target.ts';
import { writeEngagement } from './audit/engagement.ts';
import type { Engagement, EngagementRecord } from './audit/engagement.ts';
import { appendAudit } from './store/audit.ts';
import type { AuditEntry } from './store/audit.ts';
import type { Database } from './store/database.ts';
import { openDatabase } from './store/open.ts';
import type { StoreConfig } from './store/open.ts';
import type { HumanAct } from './workflows/messages.ts';

export interface ConfiguratorConfig {
  /** For rollouts. */
  readonly temporal?: TemporalConfig;
  /** For deploying, splitting and the event export. */
  readonly genesys?: GenesysConfig;
  /** For audit entries. */
  readonly database?: StoreConfig;
  /** AGENT_ID_HASH_KEY: engagement entries then hold agents' ids as their hash. */
  readonly agentIdHashKey?: string;
  readonly now?: () => number;
}

export interface Configurator {
  /** Everything the preflight finds, errors and warnings; nothing is contacted. */
  validate(plan: Plan): readonly Problem[];
  /** Find-or-create by name and version metadata, at split 0. */
  deployVersion(action: ActionVersion, rolloutId: string, target?: PlanTarget): Promise<Deployment>;
  /** Moves the split without a coverage hole and reads it back. */
  setSplit(deployment: Deployment, percent: number): Promise<TargetState>;
  readonly evaluateTrigger: typeof evaluateTrigger;
  setUpEventExport(webhook: Webhook): Promise<EnsuredExport>;
  /** False when the entry's key was written before. */
  writeAuditEntry(entry: AuditEntry): Promise<boolean>;
  /**
   * Its compliance status is what preflight said of that content, else `unknown`; the same engagement twice is one
   * entry.
   */
  writeEngagementEntry(engagement: Omit<Engagement, 'at'> & { readonly at?: Date }): Promise<EngagementRecord>;
  /** Throws `rollout-already-running` with the id and link of the one that runs. */
  startRollout(
    plan: Plan,
    act: { readonly by: string; readonly reason?: string; readonly force?: boolean },
  ): Promise<RolloutRef>;
  /** Views until the run has ended; `ref` pins the run, else the newest is followed. */
  followRollout(actionName: string, options?: FollowOptions & { readonly runId?: string }): AsyncGenerator<RolloutView>;
  status(actionName: string, runId?: string): Promise<RolloutView>;
  act(name: Act, actionName: string, act: HumanAct): Promise<ActResult>;
  /** Brings the baseline back of an action that nobody watches over; throws `rollout-watched` when somebody does. */
  recover(actionName: string, act: HumanAct): Promise<RecoverResult>;
  list(limit?: number): Promise<RolloutSummary[]>;
  close(): Promise<void>;
}

export function createConfigurator(config: ConfiguratorConfig): Configurator {
  const now = config.now ?? Date.now;
  const temporal = once(() => createTemporalLink(demand(config.temporal, 'temporal', 'rollouts')));
  const organisation = once(() => openOrganisation(demand(config.genesys, 'genesys', 'the organisation'), { now }));
  const database = once(() => openDatabase(demand(config.database, 'database', 'audit entries')));
  return {
    validate: preflight,
    deployVersion: async (action, rolloutId, target = DEFAULT_TARGET) =>
      organisation.get().targets.of(target.kind).deploy({ target, action, rolloutId }),
    setSplit: async (deployment, percent) => setSplit(organisation.get(), deployment, percent),
    evaluateTrigger,
    setUpEventExport: async (webhook) => organisation.get().ensureExport(webhook),
    writeEngagementEntry: async (engagement) =>
      (
        await writeEngagement(await database.get(), {
          at: new Date(now()),
          agentIdHashKey: config.agentIdHashKey,
          ...engagement,
        })
      ).record,
    writeAuditEntry: async (entry) => (await database.get()).tx((trx) => appendAudit(trx, entry)),
    startRollout: async (plan, act) => startRollout(temporal.get(), plan, act),
    followRollout: (actionName, { runId, ...options } = {}) =>
      follow(() => viewRollout(temporal.get(), actionName, runId), options),
    status: async (actionName, runId) => viewRollout(temporal.get(), actionName, runId),
    act: async (name, actionName, act) => actOnRollout(temporal.get(), name, actionName, act),
    recover: async (actionName, act) => recoverAction(temporal.get(), actionName, act),
    list: async (limit = 20) => listRollouts(temporal.get(), limit),
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
