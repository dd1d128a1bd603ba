/** `events`: the events service, by itself, on the database that the workers read. */
import type { Command } from 'commander';
import { readConfig } from '../../config.ts';
import { PROCESS_NEEDS } from '../../config/needs.ts';
import type { Config } from '../../config.ts';
import { powersOverLog } from '../../store/roles.ts';
import { openServiceDatabase } from '../../compose/database.ts';
import { untilAborted } from '../../compose/waiting.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_LINES, portNumber } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { assertPortsFree } from '../ports.ts';
import type { PortUse } from '../ports.ts';
import { deadLetters } from './events/dead-letters.ts';
import { eventsStats } from './events/stats.ts';
import { serve } from '../serve.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function events(run: Run): Command {
  const help = {
    description: 'receive engagement events (production; configured by the environment)',
    examples: ['events --port 8460', 'events stats', 'events dead-letters replay --all'],
  };
  return (
    createVerb('events', help)
      .option('--port <port>', 'default: EVENTS_PORT, else 8460', portNumber)
      .option('--admin-port <port>', 'default: EVENTS_ADMIN_PORT, else 8461', portNumber)
      .option(...JSON_LINES)
      // Else it would take the --json of the verbs below it for its own.
      .enablePositionalOptions()
      .addCommand(eventsStats(run))
      .addCommand(deadLetters(run))
      .action((options: EventsArgs) => run((deps) => runEvents(deps, options)))
  );
}

interface EventsArgs extends JsonOption {
  readonly port?: number;
  readonly adminPort?: number;
}

async function runEvents(deps: Deps, args: EventsArgs): Promise<number> {
  const { env, signal } = deps;
  const { databaseUrl, destinations, events: settings } = readConfig(env, PROCESS_NEEDS.events);
  const { signingSecrets: secrets, publicUrl: _publicUrl, ...rest } = settings;
  const listening = { ...rest, port: args.port ?? rest.port, adminPort: args.adminPort ?? rest.adminPort };
  await assertPortsFree(portsOf(listening));
  return serve(deps, { ...args, service: 'events' }, async ({ logger, closers, ready }) => {
    const { startIngest } = await import('../../ingest/server.ts');
    const { db, now } = await openServiceDatabase({ url: databaseUrl, signal, logger, closers });
    for (const power of await powersOverLog(db))
      logger.warn(`the database role of this service ${power}: see deploy/roles.sql`);
    if (destinations !== null)
      logger.warn('the events service forwards nothing: COACHING_… belongs to `worker`, or to a `forward` of its own');
    const service = await startIngest({ ...listening, db, secrets, now, logger });
    closers.add('events service', () => service.close());
    const { url, adminUrl } = service;
    ready(
      { process: 'events', url, adminUrl, pid: process.pid },
      `Events service at ${url}/events. Ctrl-C stops it.\n`,
    );
    await untilAborted(signal);
    return EXIT.ok;
  });
}

function portsOf({
  host,
  port,
  adminPort,
  adminToken,
}: Omit<Config['events'], 'publicUrl' | 'signingSecrets'>): PortUse[] {
  const admin = 'the figures and dead letters of the events service';
  return [
    { port, host, what: 'the events service', option: '--port' },
    ...(adminToken === null ? [] : [{ port: adminPort, what: admin, option: '--admin-port' }]),
  ];
}
