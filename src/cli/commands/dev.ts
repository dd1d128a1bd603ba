/** `dev`: everything in one terminal, on fixed ports, with data that is there again the next time. */
import type { Command } from 'commander';
import { join } from 'node:path';
import { readConfig } from '../../config.ts';
import { MOST_CARDS_PER_SECOND } from '../../sandbox/options.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createClosers } from '../../compose/closers.ts';
import { ADMIN_TOKEN_FILE } from '../../compose/events-admin.ts';
import { signRegularly } from '../../compose/audit-signing.ts';
import { keptSigningSecret } from '../../local/signing-secret.ts';
import { startStack } from '../../local/stack.ts';
import { untilAborted } from '../../compose/waiting.ts';
import { printJson } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_LINES, MODELS, portNumber, wholeNumber } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { makePrivateFolder } from '../files.ts';
import { assertPortFree } from '../ports.ts';
import type { PortUse } from '../ports.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function dev(run: Run): Command {
  const help = {
    description: 'everything in one terminal: Temporal, database, sandbox organisation, events service, worker',
    examples: ['dev', `dev --models '{"1.6.0":{"acceptMultiplier":0.65}}'`],
  };
  return createVerb('dev', help)
    .option('--temporal-port <port>', 'of the Temporal server', portNumber, 7233)
    .option('--ui-port <port>', 'of the Temporal Web UI', portNumber, 8233)
    .option('--sandbox-port <port>', 'of the sandbox organisation', portNumber, 8450)
    .option('--events-port <port>', 'of the events service', portNumber, 8460)
    .option('--admin-port <port>', 'of its figures and dead letters; default: EVENTS_ADMIN_PORT, else 8461', portNumber)
    .option('--cards <number>', 'simulated cards per second', wholeNumber(0, MOST_CARDS_PER_SECOND), 100)
    .option(...MODELS)
    .option(...JSON_LINES)
    .action((options: DevArgs) => run((deps) => runDev(deps, options)));
}

interface DevArgs extends JsonOption {
  readonly temporalPort: number;
  readonly uiPort: number;
  readonly sandboxPort: number;
  readonly eventsPort: number;
  /** Of what `events stats` and `events dead-letters` ask; EVENTS_ADMIN_PORT if absent. */
  readonly adminPort?: number;
  readonly cards: number;
  readonly models?: string;
}

async function runDev(deps: Deps, args: DevArgs): Promise<number> {
  const { out, env, signal, now, script } = deps;
  const { home, genesys, destinations, events } = readConfig(env);
  const adminPort = args.adminPort ?? events.adminPort;
  for (const use of portsOf({ ...args, adminPort }, env)) await assertPortFree(use);
  await makePrivateFolder(home);
  const logger = createLogger({ pretty: !args.json, color: out.color, stream: { write: (line) => out.stderr(line) } });
  const closers = createClosers({ onError: (name, error) => logger.error({ err: error }, `closing ${name} failed`) });
  try {
    const stack = await startStack({
      env,
      script,
      now,
      logger,
      signal,
      closers,
      say: (line) => out.stderr(`${line}\n`),
      databaseDir: join(home, 'database'),
      temporal: { port: args.temporalPort, uiPort: args.uiPort, dataFile: join(home, 'temporal.sqlite') },
      eventsPort: args.eventsPort,
      signingSecret: await keptSigningSecret(join(home, 'signing-secret')),
      adminToken: events.adminToken ?? (await keptSigningSecret(join(home, ADMIN_TOKEN_FILE))),
      adminPort,
      metricSecrets: events.metricSecrets,
      agentIdHashKey: events.agentIdHashKey,
      destinations,
      sandboxArgs: [
        '--port',
        String(args.sandboxPort),
        '--cards',
        String(args.cards),
        '--state',
        join(home, 'sandbox.json'),
        ...(args.models === undefined ? [] : ['--models', args.models]),
      ],
      callsPerMinute: genesys?.callsPerMinute ?? 300,
    });
    await signRegularly({ env, now, db: stack.db, logger, closers });
    const { temporal, sandboxUrl, eventsUrl } = stack;
    const links = {
      temporal: temporal.address,
      namespace: temporal.namespace,
      ui: temporal.uiUrl,
      sandbox: sandboxUrl,
      events: eventsUrl,
    };
    if (args.json) printJson(out, { kind: 'ready', process: 'dev', ...links, home });
    else out.stdout(readyText(links.temporal, args.temporalPort, home));
    await Promise.race([untilAborted(signal), stack.running]);
    return EXIT.ok;
  } finally {
    if (signal.aborted) out.stderr('stopping everything\n');
    await closers.close();
  }
}

function portsOf(args: DevArgs & { readonly adminPort: number }, env: Deps['env']): PortUse[] {
  const temporal = env['TEMPORAL_ADDRESS']
    ? []
    : [
        { port: args.temporalPort, what: 'the Temporal server', option: '--temporal-port' },
        { port: args.uiPort, what: 'the Temporal Web UI', option: '--ui-port' },
      ];
  return [
    ...temporal,
    { port: args.sandboxPort, what: 'the sandbox organisation', option: '--sandbox-port' },
    { port: args.eventsPort, what: 'the events service', option: '--events-port' },
    { port: args.adminPort, what: 'the figures and dead letters of the events service', option: '--admin-port' },
  ];
}

function readyText(address: string, port: number, home: string): string {
  const prefix = port === 7233 ? '' : `TEMPORAL_ADDRESS=${address} `;
  return [
    '',
    `Ready. Data is in ${home}; Ctrl-C stops everything. In another terminal:`,
    `  ${prefix}assist-rollouts start examples/demo/1.5.0.yaml --watch`,
    `  ${prefix}assist-rollouts list`,
    '',
  ].join('\n');
}
