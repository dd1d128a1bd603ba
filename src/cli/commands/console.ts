/** `console`: the rollouts as pages in a browser, and acts from there. */
import type { Command } from 'commander';
import { openServiceDatabase } from '../../compose/database.ts';
import { untilAborted } from '../../compose/waiting.ts';
import { readConfig } from '../../config.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { JSON_LINES, portNumber } from '../options.ts';
import { assertPortFree } from '../ports.ts';
import { serve } from '../serve.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { consoleSignIn } from './console/sign-in.ts';

export function consolePages(run: Run): Command {
  const help = {
    description: 'rollouts in a browser: what needs attention, each one live, acts by who has signed in (production)',
    examples: ['console --port 8490', 'console sign-in --url https://console.example.com'],
  };
  return (
    createVerb('console', help)
      .option('--port <port>', 'default: CONSOLE_PORT, else 8490', portNumber)
      .option(...JSON_LINES)
      // Else it would take the --json of the verb below it for its own.
      .enablePositionalOptions()
      .addCommand(consoleSignIn(run))
      .action((options: ConsoleArgs) => run((deps) => runConsole(deps, options)))
  );
}

interface ConsoleArgs extends JsonOption {
  readonly port?: number;
}

async function runConsole(deps: Deps, args: ConsoleArgs): Promise<number> {
  const { env, now, signal } = deps;
  const { console: settings, databaseUrl, temporal } = readConfig(env);
  const { host, publicUrl } = settings;
  const port = args.port ?? settings.port;
  await assertPortFree({ port, host, what: 'the console', option: '--port' });
  return serve(deps, { ...args, service: 'console' }, async ({ logger, closers, ready }) => {
    const { openConfigurator } = await import('../../compose/configurator.ts');
    const { composeConsole } = await import('../../compose/console.ts');
    const engine = openConfigurator({ env, now });
    closers.add('engine of the console', () => engine.close());
    const store =
      databaseUrl === null ? null : await openServiceDatabase({ url: databaseUrl, signal, logger, closers });
    const db = store?.db ?? null;
    const { url } = await composeConsole({
      env,
      configuration: deps.configuration,
      host,
      port,
      engine,
      temporal,
      db,
      now,
      logger,
      closers,
    });
    ready(
      { process: 'console', url, pid: process.pid },
      `Console at ${publicUrl ?? url}${publicUrl === null ? '' : `, listening on ${url}`}. Ctrl-C stops it.\n`,
    );
    await untilAborted(signal);
    return EXIT.ok;
  });
}
