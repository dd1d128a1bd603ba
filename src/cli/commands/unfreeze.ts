/** `unfreeze`: lifts what is frozen there. */
import type { Command } from 'commander';
import { scopeText } from '../../domain/calendar/freeze.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { addScope, scopeOf } from '../freeze-scope.ts';
import type { ScopeOptions } from '../freeze-scope.ts';
import { BY, JSON_OBJECT, reasonText } from '../options.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function unfreeze(run: Run): Command {
  const help = {
    description:
      'lift what is frozen on an action, a queue, a division or everything; what waits for it goes on at once',
    examples: ['unfreeze --action RefundAssist --reason "the incident is over"'],
  };
  return addScope(createVerb('unfreeze', help))
    .requiredOption('--reason <text>', 'why; stands in the audit log', reasonText)
    .option(...BY)
    .option(...JSON_OBJECT)
    .action((options: UnfreezeOptions) => run((deps) => lift(deps, options)));
}

interface UnfreezeOptions extends ScopeOptions, JsonOption {
  readonly reason: string;
  readonly by?: string;
}

async function lift(deps: Deps, options: UnfreezeOptions): Promise<number> {
  const scope = scopeOf(options, 'unfreeze');
  const by = (options.by ?? deps.user).trim();
  const lifted = await (await deps.configurator()).freeze({ do: 'unfreeze', scope, by, reason: options.reason.trim() });
  if (options.json) printJson(deps.out, { kind: 'unfrozen', scope, lifted: lifted.map(({ id }) => id) });
  else printLines(deps.out, [`Lifted: ${lifted.length} on ${scopeText(scope)}. Other freezes and windows still hold.`]);
  return EXIT.ok;
}
