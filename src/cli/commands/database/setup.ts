/** `database setup`: tables and rights, by the owner; everything else runs as roles that own nothing. */
import type { Command } from 'commander';
import { readConfig } from '../../../config.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { MIGRATIONS } from '../../../store/migrations/index.ts';
import { openDatabase, readMigrationState } from '../../../store/open.ts';
import { grantRights, GROUPS } from '../../../store/roles.ts';
import { isForbidden, StoreError } from '../../../store/errors.ts';
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
  await makeAndGrant(databaseUrl).catch((error: unknown) => {
    throw isForbidden(error) ? notOwner(error) : error;
  });
  const migration = MIGRATIONS.at(-1)?.id ?? 0;
  if (json) printJson(deps.out, { kind: 'databaseSetup', migration, groups: GROUPS });
  else
    printLines(deps.out, [
      `The tables are at migration ${migration}; ${GROUPS.worker} and ${GROUPS.events} have their rights.`,
    ]);
  return EXIT.ok;
}

async function makeAndGrant(url: string): Promise<void> {
  const db = await openDatabase({ kind: 'pg', url });
  try {
    const { besides } = await readMigrationState(db);
    // It would take back what a later release has granted.
    if (besides.length > 0) throw ofLater(besides);
    await grantRights(db);
  } finally {
    await db.close();
  }
}

/** A process that ran as a superuser before has made the tables, for one. */
function notOwner(cause: unknown): AssistError {
  return new AssistError(
    'store-forbidden',
    `The role of DATABASE_URL does not own what is there: ${(cause as Error).message}.`,
    'Run it as the role that owns them (`\\dt` in psql names it), or let a superuser give each to this one: ' +
      '`alter table … owner to …`, and `alter schema public owner to …`.',
    { cause },
  );
}

function ofLater(besides: readonly string[]): StoreError {
  return new StoreError(
    'store-newer-than-code',
    `The database holds migration ${besides.join(', ')} of a later release, beside which this one works; its tables and ` +
      'rights are set up by that release. Nothing was changed.',
  );
}
