/** `responder`: hears what agents do with a copilot's suggestions, and answers for its rules; any number share the work. */
import type { Command } from 'commander';
import { openServiceDatabase } from '../../compose/database.ts';
import { untilAborted } from '../../compose/waiting.ts';
import { readConfig } from '../../config.ts';
import { PROCESS_NEEDS } from '../../config/needs.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { JSON_LINES } from '../options.ts';
import { serve } from '../serve.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function responder(run: Run): Command {
  const help = {
    description: "hear what agents do with a copilot's suggestions, and answer for its rules (production)",
    examples: ['responder', 'responder --json'],
  };
  return createVerb('responder', help)
    .option(...JSON_LINES)
    .action((options: JsonOption) => run((deps) => runResponder(deps, options)));
}

const COUNTS_EVERY_MS = 60_000;

function runResponder(deps: Deps, args: JsonOption): Promise<number> {
  const { signal, env } = deps;
  const { genesys, databaseUrl: url } = readConfig(env, PROCESS_NEEDS.responder);
  return serve(deps, { ...args, service: 'responder' }, async ({ logger, closers, ready }) => {
    const { composeResponder } = await import('../../compose/responder.ts');
    const { db, now } = await openServiceDatabase({ url, signal, logger, closers });
    const started = await composeResponder({ genesys, db, now, logger, closers });
    ready(
      { process: 'responder', id: started.id, pid: process.pid },
      `Responder ${started.id} follows the organisation. Ctrl-C stops it.\n`,
    );
    const timer = setInterval(() => {
      logger.info({ ...started.counts }, 'suggestions');
    }, COUNTS_EVERY_MS);
    closers.add('counts', async () => {
      clearInterval(timer);
    });
    await Promise.race([untilAborted(signal), started.running]);
    return EXIT.ok;
  });
}
