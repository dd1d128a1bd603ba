/** `database setup`: tables and rights, by the owner; everything else runs as roles that own nothing. */
import type { Command } from 'commander';
import { readConfig } from '../../../config.ts';
import { MIGRATIONS } from '../../../store/migrations/index.ts';
import { openDatabase, readMigrationState } from '../../../store/open.ts';
import { grantRights, GROUPS } from '../../../store/roles.ts';
import { StoreError } from '../../../store/errors.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function databaseSetup(run: Run): Command {
  const help = {
    description: 'as the owner: make or upgrade the tables, and grant the roles of deploy/roles.sql what they need',
    examples: ['database setup'],
  };
  return createVerb('setup', help)
    .option(...JSON_OBJECT)
    .action((options: JsonOption) => run((deps) => setUpDatabase(deps, options)));
}

async function setUpDatabase(deps: Deps, { json }: JsonOption): Promise<number> {
  const { databaseUrl } = readConfig(deps.env, ['database']);
  const db = await openDatabase({ kind: 'pg', url: databaseUrl });
  try {
    const { besides } = await readMigrationState(db);
    // It would take back what a later release has granted.
    if (besides.length > 0) throw ofLater(besides);
    await grantRights(db);
  } finally {
    await db.close();
  }
  const migration = MIGRATIONS.at(-1)?.id ?? 0;
  if (json) printJson(deps.out, { kind: 'databaseSetup', migration, groups: GROUPS });
  else
    printLines(deps.out, [
      `The tables are at migration ${migration}; ${GROUPS.worker} and ${GROUPS.events} have their rights.`,
    ]);
  return EXIT.ok;
}

function ofLater(besides: readonly string[]): StoreError {
  return new StoreError(
    'store-newer-than-code',
    `The database holds migration ${besides.join(', ')} of a later release, beside which this one works; its tables and ` +
      'rights are set up by that release. Nothing was changed.',
  );
}
