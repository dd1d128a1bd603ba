/** `database …`: what its owner does. */
import type { Command } from 'commander';
import type { JsonOption } from './deps.ts';
import type { Run } from './program.ts';

export function addDatabase(program: Command, run: Run): void {
  const database = program.command('database').description('the tables, and who may do what with them');
  database
    .command('setup')
    .description('as the owner: make or upgrade the tables, and grant the roles of deploy/roles.sql what they need')
    .option('--json', 'one JSON object')
    .action((options: JsonOption) =>
      run(async (deps) => (await import('./commands/database-setup.ts')).databaseSetup(deps, options)),
    );
}
