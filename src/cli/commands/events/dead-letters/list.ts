/** `events dead-letters list`: what could not be taken in or not be forwarded. */
import type { Command } from 'commander';
import { withEventsAdmin } from '../../../../compose/events-admin.ts';
import type { DeadLetterKind } from '../../../../store/dead-letters.ts';
import { printJson, printLines } from '../../../deps.ts';
import type { Deps, JsonOption } from '../../../deps.ts';
import { EXIT } from '../../../exit-codes.ts';
import { JSON_OBJECT, wholeNumber } from '../../../options.ts';
import { createVerb } from '../../../verb.ts';
import type { Run } from '../../../verb.ts';
import { deadLetterLines } from '../../../view/dead-letters-view.ts';
import { kindOption } from './options.ts';

export function listDeadLetters(run: Run): Command {
  const help = {
    description: 'oldest first',
    examples: ['events dead-letters list --limit 20', 'events dead-letters list --kind forward --all'],
  };
  return createVerb('list', help)
    .addOption(kindOption())
    .option('--all', 'also those that were replayed')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 1000), 100)
    .option(...JSON_OBJECT)
    .action((options: ListArgs) => run((deps) => showAll(deps, options)));
}

interface ListArgs extends JsonOption {
  readonly kind?: DeadLetterKind;
  readonly all?: boolean;
  readonly limit: number;
}

function showAll(deps: Deps, { kind, all, limit, json }: ListArgs): Promise<number> {
  return withEventsAdmin(deps, async (admin) => {
    const deadLetters = await admin.list({ kind, all, limit });
    if (json) printJson(deps.out, { kind: 'dead-letters', deadLetters });
    else printLines(deps.out, deadLetters.length === 0 ? ['No dead letters.'] : deadLetterLines(deadLetters));
    return EXIT.ok;
  });
}
