/** What a panel shows before anybody has rolled anything out: the card that the sandbox begins with. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CardVersion } from '../domain/plan/plan.ts';
import { createGenesysClient } from '../genesys/client.ts';
import { SEEDED_BASELINE } from '../sandbox/seeded-organisation.ts';
import { readSplit } from '../store/panel/splits.ts';
import { openTargets } from '../targets/index.ts';
import type { Stack } from './stack.ts';

const { version, trigger, content, ui } = SEEDED_BASELINE;
const FIRST: CardVersion = {
  name: 'RefundAssist',
  version,
  html: content.html,
  trigger: {
    minConfidence: trigger.minConfidence,
    keywords: trigger.keywords,
    conditions: trigger.conditions.map(({ type, id }) => ({ type, id })),
  },
  ui: { position: ui.position, size: ui.size, requiredFeatures: ui.required_features },
};

type FirstCardParts = Pick<Stack, 'db' | 'genesys' | 'panelUrl'>;

/** For everybody, and framed by the organisation. Does nothing where a version serves already. */
export async function serveFirstCard({ db, genesys, panelUrl }: FirstCardParts): Promise<void> {
  const split = await readSplit(db, FIRST.name);
  if (split?.arms.some(({ enabled, group }) => enabled && group === 'control') === true) return;
  const client = createGenesysClient({ ...genesys, now: Date.now, sleep });
  try {
    const target = openTargets({ client, db, panelUrl, now: Date.now }).of('assistPanel');
    const deployment = await target.deploy({
      target: { kind: 'assistPanel' },
      action: FIRST,
      rolloutId: 'first-card',
      noCard: 'baseline',
    });
    await target.setSplit(deployment, 100);
    await target.retire(deployment, 'baseline');
  } finally {
    client.close();
  }
}
