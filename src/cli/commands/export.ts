/** `export show` and `export remove`: the event export that rollouts set up in the organisation. */
import { readConfig } from '../../config.ts';
import { openOrganisation } from '../../configurator/genesys.ts';
import type { Organisation } from '../../configurator/genesys.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';

export function exportShow(deps: Deps, { json }: JsonOption): Promise<number> {
  return withOrganisation(deps, async (organisation, publicUrl) => {
    const shown = await organisation.showExport(publicUrl);
    if (json)
      printJson(deps.out, {
        kind: 'export',
        found: shown !== null,
        asWanted: shown?.asWanted ?? null,
        export: shown?.document ?? null,
      });
    else if (shown === null) printLines(deps.out, ['There is no event export of ours. The next rollout creates it.']);
    else {
      const { document, asWanted } = shown;
      printLines(deps.out, [
        `${document.name} (${document.id}), ${document.enabled ? 'enabled' : 'disabled'}`,
        `  to      ${document.destination?.url ?? '?'}`,
        `  types   ${(document.eventTypes ?? []).join(', ')}`,
        `  filter  ${document.filter?.type ?? 'none'} of ` +
          ((document.filter?.filters ?? []).map(({ value }) => value).join(', ') || 'nothing'),
        ...(asWanted === null ? ['Set EVENTS_PUBLIC_URL to be told whether it is as it must be.'] : []),
        ...(asWanted === false ? ['It is not as it must be; the next rollout repairs it.'] : []),
        ...(asWanted === true ? ['It is as it must be (its secret cannot be read back).'] : []),
      ]);
    }
    return EXIT.ok;
  });
}

export function exportRemove(deps: Deps, { json }: JsonOption): Promise<number> {
  return withOrganisation(deps, async (organisation) => {
    const removed = await organisation.removeExport();
    if (json) printJson(deps.out, { kind: 'export-removed', removed });
    else
      printLines(deps.out, [
        removed ? 'Removed. No events come in until a rollout sets it up again.' : 'There was none.',
      ]);
    return EXIT.ok;
  });
}

async function withOrganisation(
  deps: Deps,
  work: (organisation: Organisation, publicUrl: string | null) => Promise<number>,
): Promise<number> {
  const { genesys, events } = readConfig(deps.env, ['genesys']);
  if (genesys === null) return EXIT.badInput;
  const organisation = openOrganisation(genesys, { now: deps.now });
  try {
    return await work(organisation, events.publicUrl);
  } finally {
    organisation.close();
  }
}
