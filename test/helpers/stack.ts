/** Every real part in one process: sandbox organisation, events service, store, workers, a real Temporal server. */
import type { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../bench/lib/ports.ts';
import { activitySignal } from '../../src/activities/heartbeat.ts';
import { confirmingBy } from '../../src/compose/workers.ts';
import { openOrganisation } from '../../src/configurator/genesys.ts';
import { ensureSearchAttributes } from '../../src/configurator/search-attributes.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { GuardianMode } from '../../src/guardian/types.ts';
import { startIngest } from '../../src/ingest/server.ts';
import { loadPlan } from '../../src/lint/lint.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { Database } from '../../src/store/database.ts';
import type { Targets } from '../../src/targets/index.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import { createSurveyor } from '../../src/activities/surveyor.ts';
import { startWorkers } from '../../src/worker/workers.ts';
import type { Workers } from '../../src/worker/workers.ts';
import { ACT_UPDATES, ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import type { rollout } from '../../src/workflows/rollout.ts';
import { signIn } from './organisation-api.ts';
import { PATIENCE_MS } from './patience.ts';
import { patientClient, patientConnection } from './patient-client.ts';
import type { RolloutHandle } from './rollout-harness.ts';
import { testTemporal } from './temporal.ts';
import { openStore } from './any-store.ts';

const HARMFUL = { '1.6.0': { acceptMultiplier: 0.65, dismissMultiplier: 1.4, latencyMultiplier: 1.8 } };

export interface SandboxAction {
  readonly name: string;
  readonly version: string;
  readonly enabled: boolean;
  readonly metadata: { readonly traffic_split: number; readonly ab_test_group: string };
}

export interface Stack {
  readonly client: Client;
  readonly db: Database;
  readonly targets: Targets;
  sandbox: SandboxHandle;
  readonly sandboxOptions: SandboxOptions;
  /** Where and with which secret pushes are taken. */
  readonly events: { readonly url: string; readonly secret: string };
  workers: Workers;
  startWorkers(): Promise<Workers>;
  /** The organisation disappears from its port; `restartSandbox` brings it back there with what it had stored. */
  killSandbox(): Promise<void>;
  restartSandbox(): Promise<void>;
  sandboxActions(): Promise<SandboxAction[]>;
  start(plan: Plan): Promise<RolloutHandle>;
  /** What still runs of what was started is aborted: a test that failed leaves the next one an organisation at rest. */
  endRollouts(): Promise<void>;
  close(): Promise<void>;
}

export async function startStack(
  options: SandboxOptions = {},
  guardian: GuardianMode = 'restore',
  panelUrl: string | null = null,
  open: () => Promise<Database> = openStore,
): Promise<Stack> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { address, namespace } = await testTemporal();
  const native = await NativeConnection.connect({ address });
  const connection = await patientConnection(address);
  const client = patientClient({ connection, namespace });
  await ensureSearchAttributes(client, namespace);
  const db = await open();
  const signingSecret = `whsec_${randomBytes(32).toString('base64')}`;
  const ingest = await startIngest({ db, secrets: [signingSecret], now: Date.now, port: 0 });
  const dir = await mkdtemp(join(tmpdir(), 'assist-stack-'));
  const sandboxOptions: SandboxOptions = {
    // It comes back there after others had time to take it.
    port: await freePort(),
    stateFile: join(dir, 'organisation.json'),
    // More, and files beside each other would judge how late their cards come.
    traffic: { cardsPerSecond: 100, models: HARMFUL },
    rateLimitPerMinute: 3000,
    ...options,
  };
  const sandbox = await startSandbox(sandboxOptions);
  const callsPerMinute = 3000;
  const organisation = openOrganisation(
    {
      loginUrl: sandbox.url,
      apiUrl: sandbox.url,
      clientId: 'sandbox-client',
      clientSecret: 'sandbox-secret',
      callsPerMinute,
    },
    {
      now: Date.now,
      db,
      panelUrl,
      signal: activitySignal,
      confirmCurrent: confirmingBy(client),
    },
  );
  const begin = (): Promise<Workers> =>
    startWorkers({
      place: { connection: native, namespace, codecKeys: [] },
      genesysCallsPerMinute: callsPerMinute,
      activities: {
        db,
        now: Date.now,
        // Each look reads every card that has not settled: more looks, and stacks beside each other wait for the machine.
        lookGapMs: 500,
        driftEveryMs: 2000,
        surveyor: createSurveyor({
          targets: organisation.targets,
          publicUrl: ingest.url,
          now: Date.now,
        }),
        targets: organisation.targets,
        webhook: { publicUrl: ingest.url, signingSecret },
      },
      guardian: { mode: guardian, logger: silentLogger() },
    });
  let isSandboxAway = false;
  const started = new Set<string>();
  const stack: Stack = {
    client,
    db,
    targets: organisation.targets,
    sandbox,
    sandboxOptions,
    events: { url: ingest.url, secret: signingSecret },
    workers: await begin(),
    startWorkers: begin,
    async killSandbox() {
      isSandboxAway = true;
      await stack.sandbox.close();
    },
    async restartSandbox() {
      stack.sandbox = await startSandbox(sandboxOptions);
      isSandboxAway = false;
    },
    async sandboxActions() {
      const call = await signIn(stack.sandbox.url);
      return (await call<{ entities: SandboxAction[] }>('GET', 'agentassist/actions?pageSize=100')).entities;
    },
    async start(plan) {
      const handle = await client.workflow.start<typeof rollout>(ROLLOUT_WORKFLOW, {
        workflowId: rolloutWorkflowId(plan.action.name),
        taskQueue: ROLLOUTS_QUEUE,
        args: [{ plan, startedBy: 'test' }],
      });
      started.add(handle.workflowId);
      return handle;
    },
    async endRollouts() {
      // No rollout ends without the organisation.
      if (isSandboxAway) await stack.restartSandbox();
      await Promise.all([...started].map((id) => endRollout(client, id)));
    },
    async close() {
      await stack.workers.close();
      await stack.sandbox.close();
      await ingest.close();
      organisation.close();
      await db.close();
      await connection.close();
      await native.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return stack;
}

async function endRollout(client: Client, workflowId: string): Promise<void> {
  const handle = client.workflow.getHandle<typeof rollout>(workflowId);
  const isRunning = async (): Promise<boolean> => (await handle.describe()).status.name === 'RUNNING';
  if (!(await isRunning())) return;
  const by = { by: 'the test', reason: 'the test is over' };
  const abort = async (): Promise<void> => {
    // One that ends meanwhile takes no update any more.
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [by] }).catch(() => undefined);
    await handle.result().catch(() => undefined);
  };
  await Promise.race([abort(), sleep(PATIENCE_MS, undefined, { ref: false })]);
  // One that cannot go on must not stand in the way of the next test.
  if (await isRunning()) await handle.terminate(by.reason);
}

function silentLogger(): Logger {
  return createLogger({ level: 'silent', stream: { write: () => undefined } });
}

export function demoPlan(version: '1.5.0' | '1.6.0'): Promise<Plan> {
  return loadPlan(`${__dirname}/../../examples/demo/${version}.yaml`);
}

/** A bake still ends as soon as it may: on a busy machine cards come late, and judging them takes its time. */
export function unhurried(steps: Plan['steps']): Plan['steps'] {
  return steps.map((step) => (step.kind === 'bake' ? { ...step, atMostMs: step.forMs + 2 * PATIENCE_MS } : step));
}

export async function coverageOf(stack: Stack): Promise<{ ok: boolean; holes: unknown[] }> {
  return (await fetch(`${stack.sandbox.url}/sandbox/coverage`)).json() as Promise<{ ok: boolean; holes: unknown[] }>;
}

/** The organisation's actions by version. */
export async function actionsOf(stack: Stack): Promise<Record<string, SandboxAction>> {
  return Object.fromEntries((await stack.sandboxActions()).map((action) => [action.version, action]));
}

export async function fault(stack: Stack, rule: object): Promise<void> {
  const response = await fetch(`${stack.sandbox.url}/sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rule),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** A plan that ends whatever the judge has seen: for what is not about verdicts. */
export async function patientPlan(bakeMs: number, graceMs = 60_000): Promise<Plan> {
  const plan = await demoPlan('1.5.0');
  return {
    ...plan,
    steps: [
      { kind: 'setSplit', percent: 30 },
      { kind: 'bake', forMs: bakeMs, atMostMs: bakeMs + graceMs, minCards: 0, require: 'noHarm' },
    ],
    guardrails: [
      {
        metric: 'acceptanceRate',
        worseWhen: 'lower',
        margin: { kind: 'relative', value: 0.01 },
        alpha: 1e-9,
        mode: 'enforce',
      },
    ],
    policies: {
      ...plan.policies,
      onUndecided: 'promote',
      onNoData: { afterMs: 300_000, do: 'pause' },
      settleMs: 10_000,
      afterPromotionMs: 100,
    },
  };
}
