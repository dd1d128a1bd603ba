/** A destination that answers as a test says, and forwarders that are quick to try again. */
import type { Destination } from '../../src/config/destination.ts';
import { startForwarder } from '../../src/forward/forwarder.ts';
import type { Forwarder } from '../../src/forward/forwarder.ts';
import type { ForwardSettings } from '../../src/forward/settings.ts';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import type { Database } from '../../src/store/database.ts';
import { storeEvents } from '../../src/store/events.ts';
import { NOON } from '../helpers/events.ts';
import { newSecret } from '../helpers/push.ts';
import type { SeenRequest } from '../helpers/scripted-server.ts';

export const SECRET = newSecret();

export const QUICK: Partial<ForwardSettings> = {
  gapMs: 5,
  idleMs: 50,
  retry: { firstMs: 10, longestMs: 40 },
  circuit: { threshold: 5, firstMs: 10, longestMs: 50 },
  leaseMs: 1_500,
};

export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

export function destination(url: string, more: Partial<Destination> = {}): Destination {
  return { name: 'coaching', url, signingSecrets: [SECRET], events: true, metrics: false, ...more };
}

export function forwarderTo(
  db: Database,
  destinations: readonly Destination[],
  settings: Partial<ForwardSettings> = {},
): Promise<Forwarder> {
  return startForwarder({
    db,
    destinations,
    now: Date.now,
    logger: quiet,
    random: () => 0.5,
    settings: { ...QUICK, ...settings },
  });
}

export function store(db: Database, ...events: EngagementEvent[]): Promise<unknown> {
  return storeEvents(db, events, { source: 'genesys', receivedAt: new Date(NOON) });
}

export function eventIds(requests: readonly SeenRequest[]): string[] {
  return requests.flatMap(({ body }) => ((body as { events?: { id: string }[] }).events ?? []).map(({ id }) => id));
}

export async function clearAll(db: Database): Promise<void> {
  await db.query('truncate events, exposures, outbox, destinations, dead_letters, metric_windows, leases');
}

export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited 20 s for: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export async function pending(db: Database): Promise<number> {
  return (await db.query<{ n: number }>('select count(*) as n from outbox'))[0]?.n ?? -1;
}
