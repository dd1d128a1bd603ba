/** `organisation queues`: the ids that plans name, by the names that people know. */
import type { Command } from 'commander';
import { readConfig } from '../../../config.ts';
import type { Queue } from '../../../genesys/routing.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { inOrganisation } from '../../sources/surroundings.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { table } from '../../view/table.ts';
import { shownText } from '../../view/units.ts';

/** More than a person reads through; there are organisations with thousands. */
const MOST = 300;

export function organisationQueues(run: Run): Command {
  return createVerb('queues', {
    description: 'queues with the ids that plans name; changes nothing',
    examples: ['organisation queues', 'organisation queues billing'],
  })
    .argument('[text]', 'only those in whose name it is')
    .option(...JSON_OBJECT)
    .action((text: string | undefined, options: JsonOption) => run((deps) => listQueues(deps, text ?? '', options)));
}

async function listQueues(deps: Deps, text: string, { json }: JsonOption): Promise<number> {
  const { genesys } = readConfig(deps.env, ['genesys']);
  const found = await inOrganisation(genesys, deps, ({ client }) => firstOf(client.routing.queues(text), MOST + 1));
  const queues = found.slice(0, MOST).map(({ name, id }) => ({ name, id }));
  const more = found.length > MOST;
  if (json) printJson(deps.out, { kind: 'queues', queues, more });
  else printLines(deps.out, queueLines(queues, { text, more }));
  return EXIT.ok;
}

function queueLines(queues: readonly Queue[], { text, more }: { readonly text: string; readonly more: boolean }) {
  if (queues.length === 0)
    return [
      `There is no queue${text === '' ? '' : ` with ${JSON.stringify(shownText(text))} in its name`} that the OAuth client ` +
        'may see. It sees those of the divisions that its role is given in (routing:queue:view).',
    ];
  const rows = queues.map(({ name, id }) => [id, shownText(name)]);
  return [
    ...table([{ title: 'id' }, { title: 'name' }], rows),
    ...(more ? [`These are the first ${MOST}. There are more: name a part of the name.`] : []),
  ];
}

async function firstOf<T>(some: AsyncIterable<T>, most: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const one of some) {
    taken.push(one);
    if (taken.length === most) break;
  }
  return taken;
}
