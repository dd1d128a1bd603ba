/** `forward`: what a worker does with the outbox, in a process of its own. */
import type { Command } from 'commander';
import { readConfig } from '../../config.ts';
import { PROCESS_NEEDS } from '../../config/needs.ts';
import { AssistError } from '../../configurator/errors.ts';
import { openServiceDatabase } from '../../compose/database.ts';
import { untilAborted } from '../../compose/waiting.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_LINES } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { serve } from '../serve.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function forward(run: Run): Command {
  const help = {
    description: 'forward events and metrics to the coaching platform, as `worker` does where COACHING_… is set',
    examples: ['forward'],
  };
  return createVerb('forward', help)
    .option(...JSON_LINES)
    .action((options: JsonOption) => run((deps) => runForwarder(deps, options)));
}

async function runForwarder(deps: Deps, args: JsonOption): Promise<number> {
  const { signal } = deps;
  const { databaseUrl, destinations, temporal } = readConfig(deps.env, PROCESS_NEEDS.forward);
  if (destinations === null) {
    throw new AssistError(
      'config-incomplete',
      'There is nothing to forward to: neither COACHING_URL nor COACHING_DESTINATIONS is set.',
      'Set COACHING_URL and COACHING_SIGNING_SECRET; docs/events.md has the rest.',
    );
  }
  return serve(deps, { ...args, service: 'forward' }, async ({ logger, closers, ready }) => {
    const { NativeConnection } = await import('@temporalio/worker');
    const { composeForwarding } = await import('../../compose/forwarding.ts');
    const { placeOf, reach } = await import('../../configurator/connection.ts');
    const { installRuntime } = await import('../../compose/runtime.ts');
    const { db, now } = await openServiceDatabase({ url: databaseUrl, signal, logger, closers });
    installRuntime(logger, temporal.metricsAddress);
    const connection = await reach(temporal, () => NativeConnection.connect(temporal.connectionOptions));
    closers.add('temporal connection', () => connection.close());
    const place = placeOf(temporal, connection);
    const { running } = await composeForwarding({ place, db, destinations, now, logger, closers });
    const names = destinations.map(({ name }) => name);
    ready(
      { process: 'forward', destinations: names, pid: process.pid },
      `Forwards to ${names.join(', ')}, or stands by while another process does. Ctrl-C stops it.\n`,
    );
    await Promise.race([untilAborted(signal), running]);
    return EXIT.ok;
  });
}
