/** `sandbox`: the imitation organisation, by itself. */
import type { Command } from 'commander';
import { ZodError } from 'zod';
import { ALL_SCOPES, DEFAULT_CLIENT, MAX_CARDS_PER_SECOND, PANEL_CLIENT } from '../../sandbox/options.ts';
import { modelsSchema } from '../../sandbox/traffic/models.ts';
import type { Models } from '../../sandbox/traffic/models.ts';
import { AssistError } from '../../configurator/errors.ts';
import { readSecretOf } from '../../compose/secrets.ts';
import { untilAborted } from '../../compose/waiting.ts';
import { printJson } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_LINES, MODELS, portNumber, wholeNumber } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { assertPortFree } from '../ports.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function sandbox(run: Run): Command {
  const help = {
    description: 'an imitation organisation with simulated conversations',
    examples: ['sandbox --port 8450 --cards 100', `sandbox --models '{"1.6.0":{"acceptMultiplier":0.65}}'`],
  };
  return createVerb('sandbox', help)
    .option('--port <port>', '0 takes any free one', portNumber, 8450)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--seed <number>', 'of the simulated traffic', wholeNumber(0, 999_999_999), 1)
    .option('--cards <number>', 'simulated cards per second; 0 for none', wholeNumber(0, MAX_CARDS_PER_SECOND), 100)
    .option('--agents <number>', 'simulated agents', wholeNumber(1, 100_000), 200)
    .option('--linger <ms>', 'how long conversations go on after the last words', wholeNumber(0, 3_600_000), 0)
    .option('--calls <number>', 'calls a minute that it takes of a token', wholeNumber(1, 1_000_000), 300)
    .option('--voice <percent>', 'of the conversations; the others are written', wholeNumber(0, 100), 70)
    .option('--transcription-delay <ms>', 'from speech to its message', wholeNumber(0, 600_000), 2_000)
    .option('--queues <number>', 'queues with conversations besides the three', wholeNumber(0, 1_000), 0)
    .option('--past <number>', 'conversations of the week before', wholeNumber(0, 1_000_000), 0)
    .option(...MODELS)
    .option('--state <file>', 'keeps the organisation over restarts')
    .option(...JSON_LINES)
    .action((options: SandboxArgs) => run((deps) => runSandbox(deps, options)));
}

interface SandboxArgs extends JsonOption {
  readonly port: number;
  readonly host: string;
  readonly seed: number;
  readonly cards: number;
  readonly agents: number;
  readonly queues: number;
  readonly past: number;
  readonly linger: number;
  readonly voice: number;
  readonly calls: number;
  readonly transcriptionDelay: number;
  /** JSON: version -> how agents and network treat its cards. */
  readonly models?: string;
  readonly state?: string;
}

async function runSandbox(deps: Deps, args: SandboxArgs): Promise<number> {
  const { out, signal } = deps;
  const models = args.models === undefined ? {} : parseModels(args.models);
  await assertPortFree({ port: args.port, host: args.host, what: 'the sandbox organisation', option: '--port' });
  // The worker beside it reads the same variables, so both agree without being told twice.
  const id = readSecretOf(deps, 'GENESYS_CLIENT_ID') ?? DEFAULT_CLIENT.id;
  const given = readSecretOf(deps, 'GENESYS_CLIENT_SECRET');
  const secret = given ?? DEFAULT_CLIENT.secret;
  const { startSandbox } = await import('../../sandbox/server.ts');
  const organisation = await startSandbox({
    host: args.host,
    port: args.port,
    seed: args.seed,
    rateLimitPerMinute: args.calls,
    clients: [{ id, secret, scopes: ALL_SCOPES }, PANEL_CLIENT],
    traffic: {
      running: args.cards > 0,
      cardsPerSecond: args.cards,
      agents: args.agents,
      busyQueues: args.queues,
      past: { hours: 168, conversations: args.past },
      lingerMs: args.linger,
      voiceShare: args.voice / 100,
      models,
    },
    notifications: { transcriptionDelayMs: args.transcriptionDelay },
    ...(args.state === undefined ? {} : { stateFile: args.state }),
  });
  try {
    if (args.json) printJson(out, { kind: 'ready', process: 'sandbox', url: organisation.url, pid: process.pid });
    else
      out.stdout(
        `Sandbox organisation at ${organisation.url}, client ${id} (secret: ` +
          `${given === undefined ? DEFAULT_CLIENT.secret : 'as in GENESYS_CLIENT_SECRET'}), ${args.cards} ` +
          `cards/s. Ctrl-C stops it.\n`,
      );
    await untilAborted(signal);
    return EXIT.ok;
  } finally {
    await organisation.close();
  }
}

function parseModels(text: string): Models {
  try {
    return modelsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AssistError(
      'usage',
      `--models is not JSON of the expected shape: ${whatIsWrong(cause)}`,
      `Example: --models '{"1.6.0":{"acceptMultiplier":0.65}}'`,
      { cause },
    );
  }
}

function whatIsWrong(error: unknown): string {
  if (error instanceof ZodError)
    return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return error instanceof Error ? error.message : String(error);
}
