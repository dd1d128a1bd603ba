/** `events dead-letters show`: one, with what it holds. */
import type { Command } from 'commander';
import { withEventsAdmin } from '../../../../compose/events-admin.ts';
import type { ShownDeadLetter } from '../../../../ingest/admin/events-admin.ts';
import { printJson, printLines } from '../../../deps.ts';
import type { Deps, JsonOption } from '../../../deps.ts';
import { EXIT } from '../../../exit-codes.ts';
import { JSON_OBJECT } from '../../../options.ts';
import { createVerb } from '../../../verb.ts';
import type { Run } from '../../../verb.ts';
import { deadLetterLines } from '../../../view/dead-letters-view.ts';
import { deadLetterId } from './options.ts';

export function showDeadLetter(run: Run): Command {
  return createVerb('show', { description: 'one, with what it holds', examples: ['events dead-letters show 17'] })
    .argument('<id>', 'of the dead letter', deadLetterId)
    .option(...JSON_OBJECT)
    .action((id: number, options: JsonOption) => run((deps) => showOne(deps, { id, ...options })));
}

function showOne(deps: Deps, { id, json }: JsonOption & { readonly id: number }): Promise<number> {
  return withEventsAdmin(deps, async (admin) => {
    const deadLetter = await admin.show(id);
    if (json) printJson(deps.out, { kind: 'dead-letter', deadLetter });
    else printLines(deps.out, [...deadLetterLines([deadLetter]), '', ...bodyLines(deadLetter)]);
    return EXIT.ok;
  });
}

function bodyLines({ text, base64 }: ShownDeadLetter): string[] {
  return text === null ? ['Not UTF-8; as base64:', base64] : text.split('\n');
}
