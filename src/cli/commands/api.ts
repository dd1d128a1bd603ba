/** `api`: acts over HTTP by people and CI jobs that sign in at an identity provider. */
import type { Command } from 'commander';
import { openServiceDatabase } from '../../compose/database.ts';
import { untilAborted } from '../../compose/waiting.ts';
import { readConfig } from '../../config.ts';
import { PROCESS_NEEDS } from '../../config/needs.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { JSON_LINES, portNumber } from '../options.ts';
import { assertPortFree } from '../ports.ts';
import { serve } from '../serve.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function api(run: Run): Command {
  const help = {
    description: 'let people act who sign in at an identity provider, over HTTP (production)',
    examples: ['api --port 8480', 'api --json'],
  };
  return createVerb('api', help)
    .option('--port <port>', 'default: API_PORT, else 8480', portNumber)
    .option(...JSON_LINES)
    .action((options: ApiArgs) => run((deps) => runApi(deps, options)));
}

interface ApiArgs extends JsonOption {
  readonly port?: number;
}

async function runApi(deps: Deps, args: ApiArgs): Promise<number> {
  const { env, now, signal } = deps;
  const { api: settings, databaseUrl } = readConfig(env, PROCESS_NEEDS.api);
  const { host } = settings;
  const port = args.port ?? settings.port;
  await assertPortFree({ port, host, what: 'the api process', option: '--port' });
  return serve(deps, { ...args, service: 'api' }, async ({ logger, closers, ready }) => {
    const { composeApi } = await import('../../compose/api.ts');
    const store =
      databaseUrl === null ? null : await openServiceDatabase({ url: databaseUrl, signal, logger, closers });
    const db = store?.db ?? null;
    const { url } = await composeApi({ env, db, host, port, now, logger, closers });
    ready({ process: 'api', url, pid: process.pid }, `Api at ${url}; put TLS in front of it. Ctrl-C stops it.\n`);
    await untilAborted(signal);
    return EXIT.ok;
  });
}
