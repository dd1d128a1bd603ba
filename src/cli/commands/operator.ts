/** `operator …`: who may act, and with which key. */
import type { Command } from 'commander';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { operatorAdd } from './operator/add.ts';
import { operatorKey } from './operator/key.ts';
import { operatorList } from './operator/list.ts';
import { operatorRemove } from './operator/remove.ts';

export function operator(run: Run): Command {
  const help = {
    description: 'who may act, and with which key (operators.yaml)',
    examples: ['operator add ana --role admin', 'operator list', 'operator remove ana'],
  };
  return createVerb('operator', help)
    .addCommand(operatorAdd(run))
    .addCommand(operatorList(run))
    .addCommand(operatorRemove(run))
    .addCommand(operatorKey(run));
}
