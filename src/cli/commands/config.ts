/** `config …`: how this program is configured here, and what is wrong with that. */
import type { Command } from 'commander';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { configCheck } from './config/check.ts';
import { configShow } from './config/show.ts';

export function config(run: Run): Command {
  const help = {
    description: 'every setting, where its value comes from, and what is wrong with them',
    examples: ['config show', 'config check --for worker'],
  };
  return createVerb('config', help).addCommand(configShow(run)).addCommand(configCheck(run));
}
