/** Everything on one machine: Temporal, embedded database, sandbox organisation, events service, panel, workers. */
import type { GenesysConfig } from '../config/genesys.ts';
import type { TemporalConfig } from '../config/temporal.ts';
import { readConfig } from '../config.ts';
import { secretsIn } from '../config/secrets.ts';
import type { Destination } from '../config/destination.ts';
import { startIngest } from '../ingest/server.ts';
import type { IngestServer } from '../ingest/server.ts';
import { DEFAULT_CLIENT, PANEL_CLIENT } from '../sandbox/options.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/open.ts';
import type { Logger } from '../telemetry/logger.ts';
import { obtainTemporal, startTemporalDevServer } from './temporal/server.ts';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.ts';
import type { Closers } from '../compose/closers.ts';
import { measureStore } from '../compose/store-figures.ts';
import { cardRules } from '../compose/card-rules.ts';
import { organisationCalendar } from '../compose/calendar.ts';
import { openMessages } from '../compose/message-book.ts';
import { elsewhereOf } from '../compose/elsewhere.ts';
import { operatorsOf } from '../compose/operators.ts';
import { organisationPolicy } from '../compose/organisation-policy.ts';
import { withClient } from '../configurator/connection.ts';
import { startSandboxChild } from './sandbox-child.ts';
import { composePanel } from '../compose/panel.ts';
import { composeResponder } from '../compose/responder.ts';
import { localHooks } from '../compose/local-hooks.ts';
import { composeWorkers } from '../compose/workers.ts';
import type { WorkerParts } from '../compose/workers.ts';

/** What whoever starts a stack has. */
export interface StackParts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly script: string;
  readonly now: () => number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly closers: Closers;
  /** One line per thing that is now there. */
  readonly say: (line: string) => void;
}

export interface StackOptions extends StackParts {
  /** null keeps the database in memory. */
  readonly databaseDir: string | null;
  readonly temporal: { readonly port?: number; readonly uiPort?: number; readonly dataFile?: string };
  readonly eventsPort: number;
  readonly signingSecret: string;
  readonly panelPort: number;
  readonly panelSecrets: readonly string[];
  /** Where the console of this machine will be. */
  readonly consoleUrl?: string;
  readonly adminToken?: string;
  /** Any free one if absent. */
  readonly adminPort?: number;
  readonly metricSecrets?: readonly string[];
  readonly agentIdHashKey?: string | null;
  readonly destinations?: readonly Destination[] | null;
  readonly sandboxArgs: readonly string[];
  readonly callsPerMinute: number;
}

export interface Stack {
  readonly temporal: TemporalConfig;
  readonly genesys: GenesysConfig;
  readonly db: Database;
  readonly sandboxUrl: string;
  readonly eventsUrl: string;
  readonly panelUrl: string;
  /** Rejects when a worker fails. */
  readonly running: Promise<void>;
}

/** Closed through `closers`, also when it fails half-way. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { closers, say, signal } = options;
  const minimums = await organisationPolicy(options.env);
  const operators = await operatorsOf(options.env, options.logger);
  const calendar = await organisationCalendar({ ...options, operators });
  const messages = await openMessages(options.env, options.logger);
  const temporal = await localTemporal(options);
  say(`Temporal at ${temporal.address}${temporal.uiUrl === null ? '' : `, Web UI ${temporal.uiUrl}`}`);

  signal.throwIfAborted();
  const [db, { genesys, closeSandbox }] = await both(openStore(options), openSandbox(options));
  say(`sandbox organisation at ${genesys.apiUrl}, with simulated conversations`);

  signal.throwIfAborted();
  const { url: eventsUrl } = await openEvents(options, db);
  // Closed before it: what would still be pushed then would be refused.
  closers.add('sandbox traffic', closeSandbox);
  say(`events service at ${eventsUrl}, database ${options.databaseDir ?? 'in memory'}`);

  signal.throwIfAborted();
  const { url: panelUrl } = await openPanel(options, { genesys, db });
  say(`panel at ${panelUrl}/panel, beside conversations of the desktop at ${genesys.apiUrl}/sandbox/desktop`);

  signal.throwIfAborted();
  const responder = await composeResponder({
    genesys,
    db,
    now: options.now,
    logger: options.logger.child({ part: 'responder' }),
    closers,
  });
  say('responder follows suggestions of copilots');

  signal.throwIfAborted();
  const { running: working } = await openWorkers(options, {
    temporal,
    genesys,
    db,
    eventsUrl,
    panelUrl,
    minimums,
    calendar,
    operators,
    messages,
  });
  say('worker is polling');
  const running = Promise.race([working, responder.running]);
  return { temporal, genesys, db, sandboxUrl: genesys.apiUrl, eventsUrl, panelUrl, running };
}

/** Fails only when both have come to an end, so that whatever was opened is known to the closers. */
async function both<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

async function localTemporal(options: StackOptions): Promise<TemporalConfig> {
  const { env, signal, closers, say } = options;
  const source = await obtainTemporal({ env, signal, log: say });
  if (source.kind === 'external') {
    // The one worker of this machine is every build.
    const { deployment: _, ...temporal } = readConfig(env).temporal;
    await withClient(temporal, () => Promise.resolve());
    return temporal;
  }
  const server = await startTemporalDevServer({
    path: source.path,
    searchAttributes: SEARCH_ATTRIBUTES,
    log: say,
    signal,
    ...options.temporal,
  });
  closers.add('temporal', () => server.close());
  const { address, namespace, uiUrl } = server;
  const { metricsAddress, codecKeys } = readConfig(env).temporal;
  return {
    connectionOptions: { address },
    address,
    namespace,
    uiUrl,
    ...(metricsAddress !== undefined && { metricsAddress }),
    ...(codecKeys !== undefined && { codecKeys }),
  };
}

async function openStore({ databaseDir, closers, say }: StackOptions): Promise<Database> {
  const onCannot = (why: string): void =>
    say(`verbs beside this process cannot ask its database: ${why}. Use them after it has ended.`);
  const db = await openDatabase({ kind: 'pglite', dataDir: databaseDir, serve: { onCannot } });
  closers.add('database', () => db.close());
  measureStore(db, closers);
  return db;
}

async function openEvents(options: StackOptions, db: Database): Promise<IngestServer> {
  const { logger, now, closers } = options;
  const events = await startIngest({
    db,
    secrets: [options.signingSecret],
    port: options.eventsPort,
    now,
    logger: logger.child({ part: 'events' }, logger.isLevelEnabled('warn') ? { level: 'warn' } : {}),
    metricSecrets: options.metricSecrets ?? [],
    adminPort: options.adminPort ?? 0,
    adminToken: options.adminToken ?? null,
    agentIdHashKey: options.agentIdHashKey ?? null,
  });
  closers.add('events service', () => events.close());
  return events;
}

function openPanel(
  options: StackOptions,
  { genesys, db }: Pick<Stack, 'genesys' | 'db'>,
): Promise<{ readonly url: string }> {
  const { logger, now, closers, env } = options;
  return composePanel({
    db,
    genesys,
    panel: {
      host: '127.0.0.1',
      port: options.panelPort,
      sessionSecrets: options.panelSecrets,
      oauthClientId: PANEL_CLIENT.id,
      frameAncestors: [],
      channels: 5,
    },
    cardRules: cardRules(env),
    now,
    logger: logger.child({ part: 'panel' }, logger.isLevelEnabled('warn') ? { level: 'warn' } : {}),
    closers,
  });
}

type Opened = Pick<Stack, 'temporal' | 'genesys' | 'db' | 'eventsUrl' | 'panelUrl'> &
  Pick<WorkerParts, 'minimums' | 'calendar' | 'operators' | 'messages'>;

async function openWorkers(options: StackOptions, { eventsUrl, ...opened }: Opened): Promise<Pick<Stack, 'running'>> {
  const { env, now, logger, closers, signingSecret, adminToken, destinations = null, consoleUrl } = options;
  const { guardian, undoWindowMs } = readConfig(env);
  return composeWorkers({
    ...opened,
    webhook: { publicUrl: eventsUrl, signingSecret },
    now,
    logger: logger.child({ part: 'worker' }),
    closers,
    secrets: [...secretsIn(env), ...(adminToken === undefined ? [] : [adminToken])],
    preflight: cardRules(env),
    elsewhere: await elsewhereOf(env, now),
    guardian,
    hooks: localHooks(env),
    undoWindowMs,
    destinations,
    consoleUrl: consoleUrl ?? null,
  });
}

interface OpenedSandbox {
  readonly genesys: GenesysConfig;
  readonly closeSandbox: () => Promise<void>;
}

async function openSandbox(options: StackOptions): Promise<OpenedSandbox> {
  const { script, env, signal, closers } = options;
  const credentials = { clientId: DEFAULT_CLIENT.id, clientSecret: DEFAULT_CLIENT.secret };
  const childEnv = { ...env, GENESYS_CLIENT_ID: credentials.clientId, GENESYS_CLIENT_SECRET: credentials.clientSecret };
  const onExit = (how: string): void =>
    options.say(
      `the sandbox organisation has ended (${how}). Bring it back: \`assist-rollouts sandbox --port ` +
        `${new URL(url).port} ${again(options.sandboxArgs)}\``,
    );
  const { url, close } = await startSandboxChild({
    script,
    env: childEnv,
    signal,
    closers,
    args: options.sandboxArgs,
    onExit,
  });
  const genesys = { ...credentials, loginUrl: url, apiUrl: url, callsPerMinute: options.callsPerMinute };
  return { genesys, closeSandbox: close };
}

/** The child's own arguments, but the port, which is the one it got; quoted for a shell. */
function again(args: readonly string[]): string {
  const port = args.indexOf('--port');
  const rest = port < 0 ? args : args.toSpliced(port, 2);
  return rest.map((arg) => (/^[\w./:-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`)).join(' ');
}
