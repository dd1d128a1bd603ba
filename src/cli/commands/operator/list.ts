/** `operator list`: who may act, as operators.yaml has it. */
import type { Command } from 'commander';
import { loadOperators } from '../../../identity/operators-file.ts';
import type { Grant } from '../../../domain/identity/operators.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { table } from '../../view/table.ts';
import { FILE, fileOf } from './file.ts';
import type { FileOption } from './file.ts';

export function operatorList(run: Run): Command {
  const help = { description: 'show who may act', examples: ['operator list', 'operator list --file operators.yaml'] };
  return createVerb('list', help)
    .option(...FILE)
    .option(...JSON_OBJECT)
    .action((options: JsonOption & FileOption) => run((deps) => list(deps, options)));
}

async function list(deps: Deps, args: JsonOption & FileOption): Promise<number> {
  const file = fileOf(deps, args);
  const { operators, groups, issuers, attestors } = await loadOperators(file);
  if (args.json) printJson(deps.out, { kind: 'operators', file, operators, groups, issuers, attestors });
  else
    printLines(deps.out, [
      ...(operators.length === 0 ? [`${file} names no operator.`] : []),
      ...table(
        [{ title: 'who' }, { title: 'key' }, { title: 'groups' }, { title: 'may' }],
        operators.map((one) => [
          one.name,
          one.keys.length === 0 ? '–' : one.keys.map((key) => `${key.slice(0, 8)}…`).join(' '),
          one.groups.join(', ') || '–',
          grantsText(one.grants),
        ]),
      ).slice(operators.length === 0 ? 1 : 0),
      ...Object.entries(groups).map(([name, grants]) => `group ${name}: ${grantsText(grants)}`),
      ...issuers.map(({ issuer, grants }) => `tokens of ${issuer}: ${grantsText(grants)}`),
      ...attestors.map(({ name }) => `${name} attests tokens`),
    ]);
  return EXIT.ok;
}

function grantsText(grants: readonly Grant[]): string {
  const texts = grants.map(({ roles, actions, queues, divisions }) => {
    const where = [
      ...(actions ?? []),
      ...(divisions ?? []).map((division) => `division ${division}`),
      ...(queues === undefined ? [] : [`${queues.length} ${queues.length === 1 ? 'queue' : 'queues'}`]),
    ];
    return `${roles.join(', ')}${where.length === 0 ? '' : ` on ${where.join(', ')}`}`;
  });
  return texts.join('; ') || 'nothing by itself';
}
