/** Dead letters and figures: of the database where there is one here, else of the events service whose token we have. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { AssistError } from '../configurator/errors.ts';
import { healthSchema } from '../ingest/answers.ts';
import type { EventsAdmin } from '../ingest/admin/events-admin.ts';
import { openDirectAdmin } from '../ingest/admin/direct-admin.ts';
import { openRemoteAdmin } from '../ingest/admin/remote-admin.ts';
import type { IntakeState } from '../ingest/intake/counts.ts';
import type { Env } from '../config/secrets.ts';
import { findStore, withStore } from './store.ts';

/** Kept in the folder of `dev`, readable for its owner only. */
export const ADMIN_TOKEN_FILE = 'admin-token';

export async function withEventsAdmin<T>(
  { env, now }: { readonly env: Env; readonly now: () => number },
  work: (admin: EventsAdmin) => Promise<T>,
): Promise<T> {
  const { databaseUrl, events, home } = readConfig(env);
  const isNamed = databaseUrl === null && events.adminToken !== null;
  if (isNamed || findStore({ env }) === null) {
    const token = events.adminToken ?? (await tokenOf(join(home, ADMIN_TOKEN_FILE)));
    return work(openRemoteAdmin({ url: `http://127.0.0.1:${events.adminPort}`, token }));
  }
  return withStore({ env }, (db) => work(openDirectAdmin({ db, now, agentIdHashKey: events.agentIdHashKey })));
}

async function tokenOf(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new AssistError(
      'config-incomplete',
      `There is neither a DATABASE_URL nor an admin token (EVENTS_ADMIN_TOKEN, or ${file}).`,
      'Start `assist-rollouts dev` once, which makes the file, or set DATABASE_URL to the database of the ' +
        'events service.',
      { cause },
    );
  }
}

/**
 * What the intake says of itself where it is reached; null where no service answers. Its port may be another's, on
 * another machine.
 */
export async function askIntake({ env }: { readonly env: Env }): Promise<IntakeState | null> {
  const { events } = readConfig(env);
  try {
    const response = await fetch(`http://${hostOf(events.host)}:${events.port}/healthz`, {
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return healthSchema.parse(await response.json()).intake;
  } catch {
    return null;
  }
}

const ANSWER_MS = 3_000;
/** A service that listens everywhere listens here too. */
function hostOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
