/** `dev`: everything in one terminal, on fixed ports, with data that is there again the next time. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { join } from 'node:path';
import { readConfig } from '../../config.ts';
import type { Config } from '../../config.ts';
import { MAX_CARDS_PER_SECOND } from '../../sandbox/options.ts';
import { ADMIN_TOKEN_FILE } from '../../compose/events-admin.ts';
import { findOperatorKey } from '../../compose/operator-key.ts';
import type { ConsoleServer } from '../../console/server.ts';
import { tellDev } from '../../local/dev-beside.ts';
import { prepare } from '../../local/demo/demo-target.ts';
import { DEMO_KINDS, demoTarget } from '../../local/demo/demo-targets.ts';
import { demoModels } from '../../local/demo/demo-models.ts';
import type { DemoKind } from '../../local/demo/demo-targets.ts';
import { keptSigningSecret } from '../../local/signing-secret.ts';
import { linksOf, variablesOf } from '../../local/stack-links.ts';
import type { Stack } from '../../local/stack.ts';
import { untilAborted } from '../../compose/waiting.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_LINES, MODELS, portNumber, wholeNumber } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { makePrivateFolder } from '../files.ts';
import { assertPortsFree } from '../ports.ts';
import type { PortUse } from '../ports.ts';
import { savedViews } from '../../configurator/saved-views.ts';
import { serve } from '../serve.ts';
import type { ServiceParts } from '../serve.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function dev(run: Run): Command {
  const help = {
    description: 'everything in one terminal: Temporal, database, sandbox organisation, events service, panel, worker',
    examples: ['dev', 'dev --target assistPanel', `dev --models '{"1.6.0":{"acceptMultiplier":0.65}}'`],
  };
  return createVerb('dev', help)
    .option('--temporal-port <port>', 'of the Temporal server', portNumber, 7233)
    .option('--ui-port <port>', 'of the Temporal Web UI', portNumber, 8233)
    .option('--sandbox-port <port>', 'of the sandbox organisation', portNumber, 8450)
    .option('--events-port <port>', 'of the events service', portNumber, 8460)
    .option('--panel-port <port>', 'of the panel; default: PANEL_PORT, else 8470', portNumber)
    .option('--console-port <port>', 'of the console; default: CONSOLE_PORT, else 8490', portNumber)
    .option('--admin-port <port>', 'of its figures and dead letters; default: EVENTS_ADMIN_PORT, else 8461', portNumber)
    .addOption(
      new Option('--target <kind>', 'where the simulated agents see cards, and a first version serves')
        .choices(DEMO_KINDS)
        .default('agentAssistActions'),
    )
    .option(
      '--cards <number>',
      'simulated cards per second; default: 100, on other targets than agentAssistActions less',
      wholeNumber(0, MAX_CARDS_PER_SECOND),
    )
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
  /** PANEL_PORT if absent. */
  readonly panelPort?: number;
  /** CONSOLE_PORT if absent. */
  readonly consolePort?: number;
  readonly target: DemoKind;
  readonly cards?: number;
  readonly models?: string;
}

type DevParts = Omit<ServiceParts, 'ready'>;
type DevPorts = DevArgs & { readonly adminPort: number; readonly panelPort: number; readonly consolePort: number };

async function runDev(deps: Deps, args: DevArgs): Promise<number> {
  const { env, signal, now } = deps;
  const config = readConfig(env);
  const adminPort = args.adminPort ?? config.events.adminPort;
  const panelPort = args.panelPort ?? config.panel.port;
  const consolePort = args.consolePort ?? config.console.port;
  const ports = { ...args, adminPort, panelPort, consolePort };
  await assertPortsFree(portsOf(ports, env));
  await makePrivateFolder(config.home);
  return serve(
    deps,
    { ...args, service: 'dev', farewell: 'stopping everything; rollouts go on at the next `assist-rollouts dev`\n' },
    async ({ logger, closers, ready }) => {
      const stack = await startDevStack(deps, ports, config, { logger, closers });
      await prepare(demoTarget(args.target), stack);
      const { address } = stack.temporal;
      closers.add('word of its target', await tellDev(config.home, { target: args.target, address }));
      const { db, temporal } = stack;
      const { url: consoleUrl } = await openConsole(deps, stack, { port: consolePort, logger, closers });
      const { composeAuditDuties } = await import('../../compose/audit-duties.ts');
      const duties = await composeAuditDuties({ env, now, version: deps.version, db, temporal, logger, closers });
      ready(
        {
          process: 'dev',
          ...linksOf(stack),
          console: consoleUrl,
          home: config.home,
          views: savedViews(stack.temporal),
        },
        // Not broken to the terminal: these lines are copied.
        readyText(stack, args, { home: config.home, env: deps.env, consoleUrl }),
      );
      await Promise.race([untilAborted(signal), stack.running, duties.running]);
      return EXIT.ok;
    },
  );
}

/** As the person who started it: its acts are theirs, as those of the command line beside it. */
async function openConsole(
  { env, configuration, now, user }: Deps,
  stack: Stack,
  { port, logger, closers }: DevParts & { readonly port: number },
): Promise<ConsoleServer> {
  const { createConfigurator } = await import('../../configurator.ts');
  const { composeLocalConsole } = await import('../../compose/console.ts');
  const { temporal, db } = stack;
  const key = findOperatorKey(env);
  const engine = createConfigurator({ temporal, signer: key === null ? null : { key }, now });
  closers.add('engine of the console', () => engine.close());
  return composeLocalConsole({
    env,
    configuration: { ...configuration, env: { ...env, ...variablesOf(stack) } },
    host: '127.0.0.1',
    port,
    engine,
    temporal,
    db,
    user,
    now,
    logger: logger.child({ part: 'console' }, logger.isLevelEnabled('warn') ? { level: 'warn' } : {}),
    closers,
  });
}

async function startDevStack(deps: Deps, args: DevPorts, config: Config, parts: DevParts): Promise<Stack> {
  const { out, env, signal, now, script } = deps;
  // Not before it is needed: with Temporal's worker it takes longer to load than most verbs to run.
  const { startStack } = await import('../../local/stack.ts');
  const { home, genesys, destinations, events, panel } = config;
  const target = demoTarget(args.target);
  const cards = args.cards ?? Math.min(100, target.cardsPerSecond);
  const sandboxArgs = ['--port', String(args.sandboxPort), '--cards', String(cards), ...target.sandboxArgs];
  sandboxArgs.push('--state', join(home, 'sandbox.json'));
  sandboxArgs.push('--models', args.models ?? (await demoModels(target)));
  return startStack({
    ...parts,
    env,
    script,
    now,
    signal,
    say: (line) => out.stderr(`${line}\n`),
    databaseDir: join(home, 'database'),
    temporal: { port: args.temporalPort, uiPort: args.uiPort, dataFile: join(home, 'temporal.sqlite') },
    eventsPort: args.eventsPort,
    consoleUrl: config.console.publicUrl ?? `http://127.0.0.1:${args.consolePort}`,
    signingSecret: await keptSigningSecret(join(home, 'signing-secret')),
    panelPort: args.panelPort,
    panelSecrets:
      panel.sessionSecrets.length > 0 ? panel.sessionSecrets : [await keptSigningSecret(join(home, 'panel-secret'))],
    adminToken: events.adminToken ?? (await keptSigningSecret(join(home, ADMIN_TOKEN_FILE))),
    adminPort: args.adminPort,
    metricSecrets: events.metricSecrets,
    agentIdHashKey: events.agentIdHashKey,
    destinations,
    sandboxArgs,
    callsPerMinute: genesys?.callsPerMinute ?? target.callsPerMinute ?? 300,
  });
}

function portsOf(args: DevPorts, env: Deps['env']): PortUse[] {
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
    { port: args.panelPort, what: 'the panel', option: '--panel-port' },
    { port: args.consolePort, what: 'the console', option: '--console-port' },
    { port: args.adminPort, what: 'the figures and dead letters of the events service', option: '--admin-port' },
  ];
}

/** The sandbox is no secret: it listens on this machine alone, with a client that everybody knows. */
const ORGANISATION_VARIABLES = ['GENESYS_CLIENT_ID', 'GENESYS_CLIENT_SECRET', 'GENESYS_LOGIN_URL', 'GENESYS_API_URL'];

interface Surroundings {
  readonly home: string;
  readonly env: Deps['env'];
  readonly consoleUrl: string;
}

function readyText(stack: Stack, { temporalPort, target }: DevArgs, { home, env, consoleUrl }: Surroundings): string {
  const { address, uiUrl } = stack.temporal;
  const prefix = temporalPort === 7233 ? '' : `TEMPORAL_ADDRESS=${address} `;
  return [
    '',
    `Console: ${consoleUrl}`,
    `Ready. Data is in ${home}; Ctrl-C stops everything. In another terminal:`,
    ...demoTarget(target).rollouts.map(
      ({ plan, expected }) => `  ${prefix}assist-rollouts start examples/demo/${plan} --watch   # ${expected}`,
    ),
    `  ${prefix}assist-rollouts list`,
    ...(env['OPERATORS_FILE']
      ? []
      : ['  Names are claimed, not verified: OPERATORS_FILE says who may act (docs/people.md).']),
    ...(uiUrl === null ? [] : [`  Temporal Web UI: ${uiUrl}`]),
    '',
    'For `doctor --organisation` and other verbs that ask the organisation, there:',
    ...ORGANISATION_VARIABLES.map((name) => `  export ${name}=${variablesOf(stack)[name] ?? ''}`),
    '',
  ].join('\n');
}
