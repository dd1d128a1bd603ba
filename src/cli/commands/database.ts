/** `database …`: what its owner does. */
import type { Command } from 'commander';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { databaseSetup } from './database/setup.ts';

export function database(run: Run): Command {
  const help = {
    description: 'the tables, and who may do what with them',
    examples: ['database setup'],
  };
  return createVerb('database', help).addCommand(databaseSetup(run));
}
