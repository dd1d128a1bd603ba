/** `notify list`: where messages go, what waits, and what went wrong last. */
import type { Command } from 'commander';
import { withEventsAdmin } from '../../../compose/events-admin.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { backlogLine } from '../../view/backlog-line.ts';

export function listDestinations(run: Run): Command {
  const help = {
    description: 'where messages go, how many wait or were given up, and the last problem',
    examples: ['notify list', 'notify list --json'],
  };
  return createVerb('list', help)
    .option(...JSON_OBJECT)
    .action((options: JsonOption) => run((deps) => list(deps, options)));
}

function list(deps: Deps, { json }: JsonOption): Promise<number> {
  return withEventsAdmin(deps, async (admin) => {
    const { outbox } = await admin.stats(1);
    const destinations = outbox.filter(({ kind }) => kind === 'messages');
    if (json) printJson(deps.out, { kind: 'message-destinations', destinations });
    else if (destinations.length === 0)
      printLines(deps.out, ['No messages are sent: no worker has been started with MESSAGES_FILE.']);
    else
      printLines(
        deps.out,
        destinations.flatMap((one) => [
          backlogLine(one, deps.now()),
          `  ${one.delivered} delivered, ${one.failedAttempts} attempts failed, ${one.deadLetters} given up` +
            (one.lastProblem === null ? '' : `; last problem: ${one.lastProblem}`),
        ]),
      );
    return EXIT.ok;
  });
}
