/** `events`: the events service, by itself, on the database that the workers read. */
import type { Command } from 'commander';
import { readConfig } from '../../config.ts';
import { startIngest } from '../../ingest/server.ts';
import { powersOverLog } from '../../store/roles.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createClosers } from '../../compose/closers.ts';
import { openServiceDatabase } from '../../compose/database.ts';
import { untilAborted } from '../../compose/waiting.ts';
import { printJson } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_LINES, portNumber } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { assertPortFree } from '../ports.ts';
import { deadLetters } from './events/dead-letters.ts';
import { eventsStats } from './events/stats.ts';
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
  const { out, now, signal } = deps;
  const config = readConfig(deps.env, ['database', 'signingSecrets']);
  const { host, signingSecrets, hubSecrets, metricSecrets, adminToken, agentIdHashKey } = config.events;
  const port = args.port ?? config.events.port;
  const adminPort = args.adminPort ?? config.events.adminPort;
  await assertPortFree({ port, host, what: 'the events service', option: '--port' });
  if (adminToken !== null)
    await assertPortFree({
      port: adminPort,
      what: 'the figures and dead letters of the events service',
      option: '--admin-port',
    });
  const logger = createLogger({ pretty: !args.json, color: out.color, stream: { write: (line) => out.stderr(line) } });
  const closers = createClosers({ onError: (name, error) => logger.error({ err: error }, `closing ${name} failed`) });
  try {
    const db = await openServiceDatabase({ url: config.databaseUrl, signal, logger, closers });
    for (const power of await powersOverLog(db))
      logger.warn(`the database role of this service ${power}: see deploy/roles.sql`);
    if (config.destinations !== null)
      logger.warn('the events service forwards nothing: COACHING_… belongs to `worker`, or to a `forward` of its own');
    const service = await startIngest({
      db,
      secrets: signingSecrets,
      hubSecrets,
      metricSecrets,
      adminToken,
      adminPort,
      agentIdHashKey,
      host,
      port,
      now,
      logger,
    });
    closers.add('events service', () => service.close());
    if (args.json)
      printJson(out, {
        kind: 'ready',
        process: 'events',
        url: service.url,
        adminUrl: service.adminUrl,
        pid: process.pid,
      });
    else out.stdout(`Events service at ${service.url}/events. Ctrl-C stops it.\n`);
    await untilAborted(signal);
    return EXIT.ok;
  } finally {
    await closers.close();
  }
}
