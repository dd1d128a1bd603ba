/**
 * The processes of the production table, each of which a test may stop, kill and start again: Temporal on a file,
 * PostgreSQL, events service, workers.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { freePort } from '../../bench/lib/ports.ts';
import type { ReadyChild } from '../../bench/scale/child.ts';
import { startChild } from '../../bench/scale/child.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { startTemporalDevServer } from '../../src/local/temporal/server.ts';
import { findOwnTemporal } from '../../bench/lib/temporal.ts';
import type { TemporalDevServer } from '../../src/local/temporal/server.ts';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import { SEARCH_ATTRIBUTES } from '../../src/workflows/search-attributes.ts';
import type { rollout } from '../../src/workflows/rollout.ts';
import type { Observer } from '../../bench/observer/observer.ts';
import { startObserver } from '../../bench/observer/observer.ts';
import { connectHands } from './hands.ts';
import type { Hands } from './hands.ts';
import { patientClient, patientConnection } from './patient-client.ts';
import type { TestPostgres } from './postgres.ts';
import { newSecret } from './push.ts';
import type { RolloutHandle } from './rollout-harness.ts';

const MAIN = join(__dirname, '../../dist/src/cli/main.js');

export interface Processes {
  readonly client: Client;
  readonly hands: Hands;
  readonly observer: Observer;
  readonly events: { readonly url: string; readonly secret: string };
  readonly organisationUrl: string;
  /** What a verb needs to reach them. */
  readonly env: Readonly<Record<string, string>>;
  /** `main`: of another build than the one under test. */
  startWorker(of?: { readonly main?: string; readonly env?: Readonly<Record<string, string>> }): Promise<ReadyChild>;
  start(plan: Plan): Promise<RolloutHandle>;
  /** The server ends and comes back at the same address with what it had on file, or has by then. */
  restartTemporal(awayMs: number, meanwhile?: () => Promise<void>): Promise<void>;
  /** What the Temporal server keeps, and where everything else is. */
  readonly temporalFile: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  close(): Promise<void>;
}

/** `ofEvents`: more of its environment. */
export async function startProcesses(
  postgres: Pick<TestPostgres, 'createDatabase'>,
  ofEvents: Readonly<Record<string, string>> = {},
): Promise<Processes> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  try {
    const home = await mkdtemp(join(tmpdir(), 'assist-processes-'));
    closers.push(() => rm(home, { recursive: true, force: true }));
    const options = {
      path: await findOwnTemporal(() => undefined),
      searchAttributes: SEARCH_ATTRIBUTES,
      log: () => undefined,
      dataFile: join(home, 'temporal.sqlite'),
    };
    // It comes back there after others had time to take it.
    const port = await freePort();
    let server: TemporalDevServer = await startTemporalDevServer({ ...options, port });
    closers.push(() => server.close());
    const { address, namespace } = server;
    const sandbox = await startSandbox({ rateLimitPerMinute: 6000, tokensPerMinute: 6000 });
    closers.push(() => sandbox.close());
    const secret = newSecret();
    const env = {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      DATABASE_URL: await postgres.createDatabase(),
      EVENTS_SIGNING_SECRETS: secret,
      GENESYS_CLIENT_ID: 'sandbox-client',
      GENESYS_CLIENT_SECRET: 'sandbox-secret',
      GENESYS_LOGIN_URL: sandbox.url,
      GENESYS_API_URL: sandbox.url,
      GENESYS_CALLS_PER_MINUTE: '6000',
    };
    const said: string[] = [];
    const child = async (
      name: string,
      args: readonly string[],
      more: Readonly<Record<string, string>> = {},
      main = MAIN,
    ): Promise<ReadyChild> => {
      const started = await startChild({
        name,
        args: [main, ...args],
        env: { ...env, ...more },
        say: (line) => void said.push(line),
      }).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${said.join('\n')}`);
      });
      closers.push(() => started.close());
      return started;
    };
    const eventsUrl = String((await child('events', ['events', '--json', '--port', '0'], ofEvents)).said['url']);
    const client = patientClient({ connection: await patientConnection(address), namespace });
    closers.push(() => client.connection.close());
    const observer = await startObserver({ organisationUrl: sandbox.url, address, namespace });
    closers.push(() => observer.close());
    return {
      client,
      observer,
      hands: await connectHands(sandbox.url),
      events: { url: eventsUrl, secret },
      organisationUrl: sandbox.url,
      close,
      env,
      startWorker: ({ main, env: of } = {}) =>
        child('worker', ['worker', '--json'], { EVENTS_PUBLIC_URL: eventsUrl, ...of }, main),
      start: (plan) =>
        client.workflow.start<typeof rollout>(ROLLOUT_WORKFLOW, {
          workflowId: rolloutWorkflowId(plan.action.name),
          taskQueue: ROLLOUTS_QUEUE,
          args: [{ plan, startedBy: 'test' }],
        }),
      temporalFile: options.dataFile,
      databaseUrl: env.DATABASE_URL,
      temporalAddress: address,
      async restartTemporal(awayMs, meanwhile) {
        await server.close();
        await meanwhile?.();
        await new Promise((resolve) => {
          setTimeout(resolve, awayMs);
        });
        server = await startTemporalDevServer({ ...options, port });
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
