/** `export show`: the event export as it is, and whether it is as it must be. */
import type { Command } from 'commander';
import { readConfig } from '../../../config.ts';
import type { ShownExport } from '../../../targets/event-export.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function exportShow(run: Run): Command {
  return createVerb('show', { description: 'as it is, and whether it is as it must be', examples: ['export show'] })
    .option(...JSON_OBJECT)
    .action((options: JsonOption) => run((deps) => showExport(deps, options)));
}

async function showExport(deps: Deps, { json }: JsonOption): Promise<number> {
  const { publicUrl } = readConfig(deps.env, ['genesys']).events;
  const configurator = await deps.configurator();
  const shown = await configurator.showEventExport(publicUrl);
  if (json)
    printJson(deps.out, {
      kind: 'export',
      found: shown !== null,
      asWanted: shown?.asWanted ?? null,
      export: shown?.document ?? null,
    });
  else printLines(deps.out, exportLines(shown));
  return EXIT.ok;
}

function exportLines(shown: ShownExport | null): string[] {
  if (shown === null) return ['There is no event export of ours. The next rollout creates it.'];
  const { document, asWanted } = shown;
  return [
    `${document.name} (${document.id}), ${document.enabled ? 'enabled' : 'disabled'}`,
    `  to      ${document.destination?.url ?? '?'}`,
    `  types   ${(document.eventTypes ?? []).join(', ')}`,
    `  filter  ${document.filter?.type ?? 'none'} of ` +
      ((document.filter?.filters ?? []).map(({ value }) => value).join(', ') || 'nothing'),
    ...(asWanted === null ? ['Set EVENTS_PUBLIC_URL to be told whether it is as it must be.'] : []),
    ...(asWanted === false ? ['It is not as it must be; the next rollout repairs it.'] : []),
    ...(asWanted === true ? ['It is as it must be (its secret cannot be read back).'] : []),
  ];
}
