/**
 * Events of cards come in beside the cards themselves; what can keep them away is what keeps the page from agents. So
 * this is where drift of the integration is told, and put right.
 */
import type { Database } from '../../store/database.ts';
import { readSplits } from '../../store/panel/splits.ts';
import type { EventSource, EventTrouble } from '../target.ts';
import type { PanelDeps } from './deploy.ts';
import { integrationTroubles, repairIntegration } from './integration.ts';
import { isPanelLive, NO_PROCESS } from './proof.ts';

export function createPanelEvents(deps: () => PanelDeps): EventSource {
  return {
    open: async () => {
      const { integrations, db, panelUrl } = deps();
      for (const [id, queues] of await integrationsInUse(db))
        await repairIntegration(integrations, id, { panelUrl, queues });
    },
    trouble: async () => troubleOf(deps()),
  };
}

async function troubleOf({ integrations, db, panelUrl }: PanelDeps): Promise<EventTrouble | null> {
  const inUse = await integrationsInUse(db);
  if (inUse.size === 0) return null;
  if (!(await isPanelLive(db))) return { kind: 'missing', message: `There is a card to show, and ${NO_PROCESS}.` };
  for (const [id, queues] of inUse) {
    const [message] = await integrationTroubles(integrations, id, { panelUrl, queues });
    if (message !== undefined) return { kind: 'changed', message };
  }
  return null;
}

/** Of actions that serve anybody, with the queues of all of them: two actions may share one integration. */
async function integrationsInUse(db: Database): Promise<ReadonlyMap<string, readonly string[]>> {
  const { splits } = await readSplits(db);
  const inUse = new Map<string, readonly string[]>();
  for (const { integrationId, queues, arms } of splits) {
    if (integrationId === null || !arms.some(({ enabled }) => enabled)) continue;
    inUse.set(integrationId, [...new Set([...(inUse.get(integrationId) ?? []), ...queues])]);
  }
  return inUse;
}
