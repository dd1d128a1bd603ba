import { randomUUID } from 'node:crypto';
import { bucketOf } from '../../../src/domain/split/bucket.ts';
import type { Database } from '../../../src/store/database.ts';
import type { NewCard } from '../../../src/store/panel/cards.ts';
import { writeSplit } from '../../../src/store/panel/splits.ts';
import type { PanelArm } from '../../../src/store/panel/splits.ts';
import { publishVersion } from '../../../src/store/panel/versions.ts';
import type { PanelVersion } from '../../../src/store/panel/versions.ts';

export const contentOf = (html: string) => ({
  html,
  trigger: { minConfidence: 0.7, keywords: ['refund'], conditions: [] },
  ui: { position: 'right', size: 'medium', requiredFeatures: [] } as const,
});

export function publish(db: Database, action: string, version: string, html = `<p>${version}</p>`) {
  return publishVersion(db, { action, version, content: contentOf(html), contentSha256: html, rolloutId: 'r1' });
}

export const armOf = (version: PanelVersion, group: PanelArm['group'], splitPercent: number): PanelArm => ({
  versionId: version.id,
  group,
  splitPercent,
  enabled: true,
  standsAlone: false,
});

/** A baseline and a candidate of an action of its own, split so. */
export async function startPair(db: Database, percent: number) {
  const action = `Card ${randomUUID()}`;
  const baseline = await publish(db, action, '1');
  const candidate = await publish(db, action, '2');
  const split = async (share: number, ifEpoch: number | null) =>
    writeSplit(
      db,
      {
        action,
        arms: [armOf(baseline, 'control', 100 - share), armOf(candidate, 'candidate', share)],
        queues: ['queue-1'],
        changedBy: 'test',
      },
      ifEpoch,
    );
  const epoch = await split(percent, null);
  return { action, baseline, candidate, epoch: epoch ?? 0, split };
}

/** A conversation whose bucket is in the range. */
export function conversationIn(from: number, to: number): string {
  for (;;) {
    const id = randomUUID();
    if (bucketOf(id) >= from && bucketOf(id) < to) return id;
  }
}

export function cardOf(version: PanelVersion, over: Partial<NewCard> = {}): NewCard {
  return {
    cardId: randomUUID(),
    action: version.action,
    fired: [version.id],
    conversationId: randomUUID(),
    utteranceId: randomUUID(),
    queueId: 'queue-1',
    agentId: 'agent-1',
    ...over,
  };
}
