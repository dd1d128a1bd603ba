/** `demo`: two rollouts on real parts; the healthy version is promoted, the harmful one rolled back by itself. */
import type { Command } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createConfigurator } from '../../configurator.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createClosers } from '../../compose/closers.ts';
import type { Closers } from '../../compose/closers.ts';
import { newWebhookSecret } from '../../webhooks/secret.ts';
import { startStack } from '../../local/stack.ts';
import type { Stack } from '../../local/stack.ts';
import { untilAborted } from '../../compose/waiting.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_LINES } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { summaryLines } from '../view/demo-view.ts';
import { createScreen } from '../view/screen.ts';
import { packageRoot } from '../../compose/package-root.ts';
import { oneRollout } from '../../local/demo/one-rollout.ts';
import { json } from '../../local/demo/read-back.ts';
import { summarise } from '../../local/demo/summary.ts';
import type { DemoRollout, DemoSummary } from '../../local/demo/summary.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function demo(run: Run): Command {
  const help = {
    description: 'two rollouts on this machine: a good version is promoted, a harmful one rolled back',
    examples: ['demo', 'demo --keep'],
  };
  return createVerb('demo', help)
    .option('--keep', 'leave everything up afterwards, until Ctrl-C')
    .option(...JSON_LINES)
    .action((options: DemoArgs) => run((deps) => runDemo(deps, options)));
}

interface DemoArgs extends JsonOption {
  readonly keep?: boolean;
}

const CARDS_PER_SECOND = '300';
/** What makes 1.6.0 harmful: agents take it less, dismiss it more, and get it late. */
const MODELS = { '1.6.0': { acceptMultiplier: 0.65, dismissMultiplier: 1.4, latencyMultiplier: 1.8 } };
const ROLLOUTS = [
  { plan: '1.5.0.yaml', expected: 'promoted' },
  { plan: '1.6.0.yaml', expected: 'rolledBack' },
] as const;

async function runDemo(deps: Deps, args: DemoArgs): Promise<number> {
  const { out, signal } = deps;
  const logger = createLogger({
    level: 'error',
    pretty: !args.json,
    color: out.color,
    stream: { write: (line) => out.stderr(line) },
  });
  const closers = createClosers({ onError: (name, error) => logger.error({ err: error }, `closing ${name} failed`) });
  try {
    const stack = await openStack(deps, args, logger, closers);
    const summary = await Promise.race([show(deps, args, stack, closers), failureOf(stack)]);
    if (args.json) printJson(out, summary);
    else printLines(out, summaryLines(summary, out.color));
    if (args.keep) await keep(deps, stack);
    return summary.ok ? EXIT.ok : EXIT.unexpected;
  } finally {
    if (signal.aborted) out.stderr('stopping everything\n');
    await closers.close();
  }
}

async function openStack(
  deps: Deps,
  args: DemoArgs,
  logger: ReturnType<typeof createLogger>,
  closers: Closers,
): Promise<Stack> {
  const { env, script, now, signal, out } = deps;
  const folder = await mkdtemp(join(tmpdir(), 'assist-rollouts-demo-'));
  closers.add('temporary folder', () => rm(folder, { recursive: true, force: true }));
  const stack = await startStack({
    env,
    script,
    now,
    logger,
    signal,
    closers,
    say: (message) => (args.json ? printJson(out, { kind: 'log', message }) : out.stdout(`${message}\n`)),
    databaseDir: join(folder, 'database'),
    temporal: {},
    eventsPort: 0,
    signingSecret: newWebhookSecret(),
    sandboxArgs: [
      '--port',
      '0',
      '--cards',
      CARDS_PER_SECOND,
      '--models',
      JSON.stringify(MODELS),
      '--state',
      join(folder, 'sandbox.json'),
    ],
    callsPerMinute: 300,
  });
  if (args.json) {
    const { temporal, sandboxUrl, eventsUrl } = stack;
    printJson(out, {
      kind: 'ready',
      process: 'demo',
      temporal: temporal.address,
      namespace: temporal.namespace,
      ui: temporal.uiUrl,
      sandbox: sandboxUrl,
      events: eventsUrl,
    });
  }
  return stack;
}

async function show(deps: Deps, args: DemoArgs, stack: Stack, closers: Closers): Promise<DemoSummary> {
  const startedAt = deps.now();
  const { genesys, temporal, sandboxUrl } = stack;
  const configurator = createConfigurator({ temporal, now: deps.now });
  closers.add('client', () => configurator.close());
  const rollouts: DemoRollout[] = [];
  for (const { plan, expected } of ROLLOUTS) {
    rollouts.push(
      await oneRollout({
        by: deps.user,
        now: deps.now,
        signal: deps.signal,
        onTrouble: (error) => deps.out.stderr(`${error.message}\n`),
        openScreen: () => createScreen(deps, args.json ?? false),
        configurator,
        expected,
        endpoint: { url: sandboxUrl, clientId: genesys.clientId, clientSecret: genesys.clientSecret },
        planFile: join(packageRoot(), 'examples', 'demo', plan),
        announce: (started) => announce(deps, args, started),
      }),
    );
  }
  const seconds = Math.round((deps.now() - startedAt) / 100) / 10;
  return summarise(rollouts, seconds, await coverageHoles(sandboxUrl));
}

function announce(
  { out }: Deps,
  { json: asJson }: DemoArgs,
  started: { action: string; version: string; expected: string; url: string | null },
): void {
  if (asJson) printJson(out, { kind: 'started', ...started });
  else
    printLines(out, [
      '',
      `Rollout of ${started.action} ${started.version}, expected: ${started.expected}`,
      ...(started.url === null ? [] : [started.url]),
    ]);
}

const coverageSchema = z.object({ holes: z.array(z.unknown()) });

async function coverageHoles(sandboxUrl: string): Promise<number> {
  return coverageSchema.parse(await json(`${sandboxUrl}/sandbox/coverage`)).holes.length;
}

/** A worker that fails ends the demo; one that stops is being closed. */
async function failureOf(stack: Stack): Promise<never> {
  await stack.running;
  return new Promise<never>(() => undefined);
}

async function keep({ out, signal }: Deps, { temporal, sandboxUrl, eventsUrl }: Stack): Promise<void> {
  const links = [temporal.uiUrl ?? temporal.address, `${sandboxUrl}/sandbox/health`, `${eventsUrl}/healthz`];
  out.stderr(`Everything stays up: ${links.join(', ')}. Ctrl-C stops it.\n`);
  await untilAborted(signal);
}
