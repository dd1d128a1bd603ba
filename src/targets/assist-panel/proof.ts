/** Why what our rows say is not yet so on the screens of agents. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../store/database.ts';
import { laggards, PANEL_LEASE_MS } from '../../store/panel/instances.ts';
import type { Laggards } from '../../store/panel/instances.ts';
import type { PanelSplit } from '../../store/panel/splits.ts';
import { TargetError } from '../target-error.ts';
import type { PanelDeps } from './deploy.ts';
import { integrationTroubles } from './integration.ts';

const LOOK_MS = 100;
const WAIT_MS = PANEL_LEASE_MS + 1_000;

/**
 * Resolves when every live panel process has confirmed the split and agents are shown the page. Without `panel` it is
 * enough that no process serves by an older split: that needs neither a live process nor the organisation's word.
 */
export async function proveServed(db: Database, split: PanelSplit, panel: PanelDeps | null): Promise<void> {
  const { live, behind } = await awaitConfirmed(db, split.epoch);
  const troubles = behind.map(
    ({ id, epoch, leaseMs }) =>
      `the panel process ${id} has confirmed ${epoch} and not ${split.epoch}, and its lease goes on for ${leaseMs} ms`,
  );
  if (panel !== null)
    troubles.push(...(live === 0 ? [NO_PROCESS] : []), ...(await integrationTroublesOf(panel, split)));
  if (troubles.length === 0) return;
  throw new TargetError(
    'PanelNotServing',
    `The split of ${split.action} is written, and agents are not shown it yet: ${troubles.join('; ')}. It is looked ` +
      'at again until they are.',
  );
}

export const NO_PROCESS = 'no panel process is running, so no card is shown to anybody';

async function integrationTroublesOf({ integrations, panelUrl }: PanelDeps, split: PanelSplit): Promise<string[]> {
  const { integrationId, queues } = split;
  if (integrationId === null) return ['no integration is known that shows the page'];
  return integrationTroubles(integrations, integrationId, { panelUrl, queues });
}

/** A lease ends by itself: nobody need be waited for longer. */
async function awaitConfirmed(db: Database, epoch: number): Promise<Laggards> {
  return look(db, epoch, ({ behind }) => behind.length === 0);
}

/** One that restarts is back within the time of a lease. */
export async function isPanelLive(db: Database): Promise<boolean> {
  return (await look(db, 0, ({ live }) => live > 0)).live > 0;
}

async function look(db: Database, epoch: number, holds: (seen: Laggards) => boolean): Promise<Laggards> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const seen = await laggards(db, epoch);
    if (holds(seen) || waitedMs >= WAIT_MS) return seen;
    await sleep(LOOK_MS);
  }
}
