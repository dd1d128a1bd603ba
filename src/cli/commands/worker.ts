/** `worker`: runs rollouts; any number of them share the work. */
import type { Command } from 'commander';
import { readConfig } from '../../config.ts';
import { secretsIn } from '../../config/secrets.ts';
import { powersOverLog } from '../../store/roles.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createClosers } from '../../compose/closers.ts';
import { signRegularly } from '../../compose/audit-signing.ts';
import { cardRules } from '../../compose/card-rules.ts';
import { guardianMode } from '../../compose/guardian.ts';
import { organisationPolicy } from '../../compose/organisation-policy.ts';
import { openServiceDatabase } from '../../compose/database.ts';
import { untilAborted } from '../../compose/waiting.ts';
import { composeWorkers } from '../../compose/workers.ts';
import { printJson } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_LINES } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function worker(run: Run): Command {
  const help = {
    description: 'run rollouts (production; configured by the environment)',
    examples: ['worker', 'worker --json'],
  };
  return createVerb('worker', help)
    .option(...JSON_LINES)
    .action((options: JsonOption) => run((deps) => runWorkers(deps, options)));
}

async function runWorkers(deps: Deps, args: JsonOption): Promise<number> {
  const { out, now, signal } = deps;
  const config = readConfig(deps.env, ['genesys', 'database', 'publicUrl', 'signingSecrets']);
  const { genesys, temporal, events, databaseUrl, destinations } = config;
  const minimums = await organisationPolicy(deps.env);
  const [signingSecret] = events.signingSecrets;
  const logger = createLogger({ pretty: !args.json, color: out.color, stream: { write: (line) => out.stderr(line) } });
  const closers = createClosers({ onError: (name, error) => logger.error({ err: error }, `closing ${name} failed`) });
  try {
    const db = await openServiceDatabase({ url: databaseUrl, signal, logger, closers });
    for (const power of await powersOverLog(db))
      logger.warn(`the database role of this worker ${power}: see deploy/roles.sql`);
    await signRegularly({ env: deps.env, now, db, logger, closers });
    const webhook = { publicUrl: events.publicUrl, signingSecret };
    const { running } = await composeWorkers({
      temporal,
      genesys,
      webhook,
      db,
      now,
      logger,
      closers,
      secrets: secretsIn(deps.env),
      preflight: cardRules(deps.env),
      minimums,
      guardian: guardianMode(deps.env),
      destinations,
    });
    if (args.json)
      printJson(out, {
        kind: 'ready',
        process: 'worker',
        temporal: temporal.address,
        namespace: temporal.namespace,
        pid: process.pid,
      });
    else out.stdout(`Worker polls ${temporal.address}, namespace ${temporal.namespace}. Ctrl-C stops it.\n`);
    await Promise.race([untilAborted(signal), running]);
    return EXIT.ok;
  } finally {
    await closers.close();
  }
}
