/**
 * `retention`: old events, exposures, dead letters and what is kept of rollouts that ended go; the audit log stays and
 * tells of it.
 */
import type { Command } from 'commander';
import { AssistError } from '../../configurator/errors.ts';
import { isForbidden } from '../../store/errors.ts';
import { countOlder, planRetention, removeOlder } from '../../store/retention.ts';
import type { Removed, RetentionPlan, StillRuns } from '../../store/retention.ts';
import { withStore } from '../../compose/store.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_OBJECT, duration, nonEmpty } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function retention(run: Run): Command {
  const help = {
    description: 'delete old events, exposures and ended rollouts; the audit log stays, and tells of it',
    examples: ['retention --older-than 90d --dry-run'],
  };
  return createVerb('retention', help)
    .requiredOption('--older-than <duration>', 'e.g. 90d', duration)
    .option('--dry-run', 'only count')
    .option('--reason <text>', 'why; stands in the audit log', nonEmpty)
    .option('--by <name>', 'who (default: you)', nonEmpty)
    .option(...JSON_OBJECT)
    .action((options: RetentionArgs) => run((deps) => removeOld(deps, options)));
}

interface RetentionArgs extends JsonOption {
  /** In ms. */
  readonly olderThan: number;
  readonly dryRun?: boolean;
  readonly by?: string;
  readonly reason?: string;
}

async function removeOld(deps: Deps, { olderThan, dryRun = false, by, reason, json }: RetentionArgs): Promise<number> {
  const { plan, removed } = await withStore(deps, async (db) => {
    const plan = await planRetention(db, olderThan, deps.now(), stillRuns(deps));
    const act = { by: by ?? deps.user, reason: reason ?? 'retention period is over', now: deps.now };
    return { plan, removed: dryRun ? await countOlder(db, plan) : await removeOlder(db, plan, act) };
  }).catch((error: unknown) => {
    throw isForbidden(error) ? notOwner(error) : error;
  });
  if (json) printJson(deps.out, { kind: 'retention', dryRun, ...plan, ...removed });
  else printLines(deps.out, removedLines(plan, removed, dryRun));
  return EXIT.ok;
}

function removedLines({ before, heldBackBy, takenAsOver }: RetentionPlan, removed: Removed, dryRun: boolean): string[] {
  const { events, exposures, customValues, deadLetters, messages, metricWindows, panelCards } = removed;
  const { panelProcesses, copilotAnswers, responders, decisionLooks, judgeStates, rollouts } = removed;
  return [
    `${dryRun ? 'Would delete' : 'Deleted'} ${events} events, ${exposures} exposures, ${customValues} custom values, ` +
      `${deadLetters} dead letters, ${messages} records of messages, ${metricWindows} windows of metrics, ${panelCards} cards of panels, ` +
      `${panelProcesses} panel processes, ${copilotAnswers} answers to copilots and ${responders} responders from ` +
      `before ${before.toISOString()}, ` +
      `and ${rollouts} rollouts that ended before then, with ${judgeStates} states and ${decisionLooks} rows of ` +
      'their decision records.',
    ...takenAsOver.map(
      ({ rolloutId, why }) => `The rollout ${rolloutId} never told of its end and is taken as over: ${why}.`,
    ),
    ...(heldBackBy === null
      ? []
      : [`Later ones stay for now: the rollout ${heldBackBy} still runs, as far as can be told.`]),
  ];
}

/** Asks Temporal, once for each; after the first time that it cannot be reached nobody is asked any more. */
function stillRuns(deps: Deps): StillRuns {
  let unreachable = false;
  return async ({ workflowId, rolloutId }) => {
    if (unreachable) return null;
    try {
      return await (await deps.configurator()).isRunning(workflowId, rolloutId);
    } catch {
      unreachable = true;
      return null;
    }
  };
}

function notOwner(cause: unknown): AssistError {
  return new AssistError(
    'store-forbidden',
    'The role of DATABASE_URL may not delete what retention deletes.',
    'Run it with DATABASE_URL naming the owner of the tables (assist_owner of deploy/roles.sql).',
    { cause },
  );
}
