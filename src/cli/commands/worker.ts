/** `worker`: runs rollouts; any number of them share the work. */
import type { Command } from 'commander';
import { readConfig } from '../../config.ts';
import { PROCESS_NEEDS } from '../../config/needs.ts';
import { secretsIn } from '../../config/secrets.ts';
import { powersOverLog } from '../../store/roles.ts';
import { workerBuild } from '../../compose/build.ts';
import { cardRules } from '../../compose/card-rules.ts';
import { organisationCalendar } from '../../compose/calendar.ts';
import { openMessages } from '../../compose/message-book.ts';
import { operatorsOf } from '../../compose/operators.ts';
import { organisationPolicy } from '../../compose/organisation-policy.ts';
import { openServiceDatabase } from '../../compose/database.ts';
import { untilAborted } from '../../compose/waiting.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_LINES } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { serve } from '../serve.ts';
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

function runWorkers(deps: Deps, args: JsonOption): Promise<number> {
  const { signal, env } = deps;
  const config = readConfig(env, PROCESS_NEEDS.worker);
  const { genesys, temporal, events, panel, databaseUrl, destinations, hooks, guardian, undoWindowMs } = config;
  return serve(deps, { ...args, service: 'worker' }, async ({ logger, closers, ready }) => {
    const { composeAuditDuties, composeWorkers, elsewhereOf } = await loadParts();
    const minimums = await organisationPolicy(env);
    const operators = await operatorsOf(env, logger);
    const calendar = await organisationCalendar({ env, logger, now: deps.now, operators });
    const messages = await openMessages(env, logger);
    const { db, now } = await openServiceDatabase({ url: databaseUrl, signal, logger, closers });
    for (const power of await powersOverLog(db))
      logger.warn(`the database role of this worker ${power}: see deploy/roles.sql`);
    const duties = await composeAuditDuties({ env, now, version: deps.version, db, temporal, logger, closers });
    const { running } = await composeWorkers({
      temporal,
      genesys,
      webhook: { publicUrl: events.publicUrl, signingSecret: events.signingSecrets[0] },
      panelUrl: panel.publicUrl,
      db,
      now,
      logger,
      closers,
      secrets: secretsIn(env),
      preflight: cardRules(env),
      minimums,
      calendar,
      operators,
      elsewhere: await elsewhereOf(env, now),
      guardian,
      undoWindowMs,
      destinations,
      hooks,
      messages,
      consoleUrl: config.console.publicUrl,
    });
    const { address, namespace } = temporal;
    const build = workerBuild(temporal)?.buildId;
    ready(
      { process: 'worker', temporal: address, namespace, pid: process.pid, ...(build !== undefined && { build }) },
      `Worker polls ${address}, namespace ${namespace}. Ctrl-C stops it.\n` +
        (build === undefined ? '' : `It is build ${build}; \`assist-rollouts builds list\` tells what goes to it.\n`),
    );
    await Promise.race([untilAborted(signal), running, duties.running]);
    return EXIT.ok;
  });
}

/** Not before they are needed: they take longer to load than most verbs to run. */
async function loadParts() {
  return {
    ...(await import('../../compose/audit-duties.ts')),
    ...(await import('../../compose/elsewhere.ts')),
    ...(await import('../../compose/workers.ts')),
  };
}
