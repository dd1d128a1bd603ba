/** How many conversations queues, or agents, had in the last days: by it the shares are reckoned. */
import type { GenesysClient } from '../../genesys/client.ts';

export type VolumesClient = Pick<GenesysClient, 'aggregates'>;

/** A whole week, for its days differ. */
const SPAN_MS = 7 * 86_400_000;
/** Analytics follow what happens with a delay; whole hours make a repeat ask the same. */
const HOUR_MS = 3_600_000;
/** Conversations that somebody answered. */
const CONNECTED = 'nConnected';

export interface Volumes {
  readonly volumes: ReadonlyMap<string, number>;
  readonly volumeFrom: string;
  readonly volumeTo: string;
}

export async function volumesBy(
  { aggregates }: VolumesClient,
  dimension: 'queueId' | 'userId',
  { queueIds, nowMs }: { readonly queueIds: readonly string[]; readonly nowMs: number },
): Promise<Volumes> {
  const toMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const fromMs = toMs - SPAN_MS;
  const rows = await aggregates.conversations({
    fromMs,
    toMs,
    metrics: [CONNECTED],
    groupBy: [dimension],
    filter: {
      type: 'or',
      predicates: queueIds.map((value) => ({ type: 'dimension', dimension: 'queueId', operator: 'matches', value })),
    },
  });
  const volumes = new Map<string, number>();
  for (const { group, metrics } of rows) {
    const id = group[dimension];
    const count = metrics.find(({ metric }) => metric === CONNECTED)?.count ?? 0;
    if (id !== undefined) volumes.set(id, (volumes.get(id) ?? 0) + count);
  }
  return { volumes, volumeFrom: new Date(fromMs).toISOString(), volumeTo: new Date(toMs).toISOString() };
}
