/** A destination that answers as a test says, and what forwards to it on a real Temporal server. */
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Destination } from '../../src/config/destination.ts';
import type { ForwardSettings } from '../../src/forward/settings.ts';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import type { Database } from '../../src/store/database.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { readBacklog } from '../../src/store/outbox.ts';
import type { Backlog } from '../../src/store/outbox.ts';
import { startForwarding } from '../../src/worker/forwarding.ts';
import type { Forwarding } from '../../src/worker/forwarding.ts';
import { forwardWorkflowId } from '../../src/workflows/messages.ts';
import { NOON } from '../helpers/events.ts';
import { newSecret } from '../helpers/push.ts';
import type { SeenRequest } from '../helpers/scripted-server.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

export const SECRET = newSecret();

const QUICK: Partial<ForwardSettings> = {
  gapMs: 5,
  idleMs: 50,
  retry: { firstMs: 10, maxMs: 40 },
  reportEveryMs: 100,
};

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

export function destination(url: string, more: Partial<Destination> = {}): Destination {
  return { name: 'coaching', url, signingSecrets: [SECRET], events: true, metrics: false, ...more };
}

export interface TestForwarding {
  start(
    db: Database,
    destinations: readonly Destination[],
    settings?: Partial<ForwardSettings>,
    identity?: string,
  ): Promise<Forwarding>;
  readonly client: Client;
  /** Closes what was started, and ends the workflows, so that the next test finds none. */
  end(): Promise<void>;
  close(): Promise<void>;
}

export async function openForwarding(): Promise<TestForwarding> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { address, namespace } = await testTemporal();
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const closers: (() => Promise<void>)[] = [];
  const names = new Set<string>();
  const terminate = (name: string): Promise<unknown> =>
    client.workflow
      .getHandle(forwardWorkflowId(name))
      .terminate('the test is over')
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
  return {
    client,
    async start(db, destinations, settings = {}, identity = 'test') {
      for (const { name } of destinations) names.add(name);
      // Two workers of one queue cannot share a connection.
      const own = await NativeConnection.connect({ address });
      const place = { connection: own, namespace, codecKeys: [] };
      const parts = { place, db, destinations, identity, now: Date.now, logger: quiet };
      const forwarding = await startForwarding({ ...parts, settings: { ...QUICK, ...settings } });
      closers.push(async () => {
        await forwarding.close();
        await own.close();
      });
      return forwarding;
    },
    async end() {
      await Promise.all(closers.splice(0).map((close) => close()));
      await Promise.all([...names].map(terminate));
    },
    close: () => connection.close(),
  };
}

export async function backlogOf(db: Database, name = 'coaching'): Promise<Backlog | undefined> {
  return (await readBacklog(db, 5_000)).find(({ destination }) => destination === name);
}

export function store(db: Database, ...events: EngagementEvent[]): Promise<unknown> {
  return storeEvents(db, events, { source: 'genesys', receivedAt: new Date(NOON) });
}

export function eventIds(requests: readonly SeenRequest[]): string[] {
  return requests.flatMap(({ body }) => ((body as { events?: { id: string }[] }).events ?? []).map(({ id }) => id));
}

export async function clearAll(db: Database): Promise<void> {
  await db.query('truncate events, exposures, outbox, destinations, dead_letters, metric_windows');
}

export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited ${PATIENCE_MS / 1000} s for: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export async function pending(db: Database): Promise<number> {
  return (await db.query<{ n: number }>('select count(*) as n from outbox'))[0]?.n ?? -1;
}
