/** The demo on assistants: which of two serves each of two dozen queues. */
import { z } from 'zod';
import { SEEDED_ASSISTANTS } from '../../sandbox/copilot/seeded-assistants.ts';
import { seededQueues } from '../../sandbox/seeded-organisation.ts';
import { tellModels, unassisted } from './copilot-models.ts';
import type { DemoTarget, ServedVersion } from './demo-target.ts';
import { ask } from './organisation.ts';
import type { Endpoint } from './organisation.ts';

const BUSY_QUEUES = 21;
/** 1.5.0 is the next assistant; 1.6.0 goes back to the old one, whose suggestions agents take less. */
const VERSIONS = { '1.5.0': SEEDED_ASSISTANTS.candidate.id, '1.6.0': SEEDED_ASSISTANTS.baseline.id };
const MODELS = { [VERSIONS['1.6.0']]: { acceptMultiplier: 0.5, dismissMultiplier: 1.5 } };

export const QUEUES_DEMO: DemoTarget = {
  rollouts: [
    { plan: 'copilot-queues-1.5.0.yaml', expected: 'promoted' },
    { plan: 'copilot-queues-1.6.0.yaml', expected: 'rolledBack' },
  ],
  cardsPerSecond: 20,
  sandboxArgs: ['--queues', String(BUSY_QUEUES), '--past', '5000', '--linger', '3000'],
  prepare: ({ endpoint }) => tellModels(endpoint, MODELS),
  served: ({ endpoint, db }, actionName) =>
    db
      .query<{ baseline: string }>(
        `select deployment->'baseline'->>'version' as baseline from copilot_deployments where action = $1`,
        [actionName],
      )
      .then((rows) => servedVersions(endpoint, rows[0]?.baseline ?? '0.0.0')),
  coverageHoles: ({ endpoint }) => unassisted(endpoint),
};

const listSchema = z.object({ entities: z.array(z.object({ assistant: z.object({ id: z.string() }) })) });

async function servedVersions(endpoint: Endpoint, baseline: string): Promise<readonly ServedVersion[]> {
  const ids = seededQueues(BUSY_QUEUES).map(({ id }) => id);
  const path = `/api/v2/assistants/queues?expand=assistant&pageSize=200&queueIds=${ids.join(',')}`;
  const { entities } = listSchema.parse(await ask(endpoint, path));
  const servedBy = (assistant: string): number => entities.filter((queue) => queue.assistant.id === assistant).length;
  // Before 1.5.0 the old assistant is the baseline, under a version that no rollout gave it.
  const old = baseline === '1.5.0' ? '1.6.0' : baseline;
  return [
    { version: '1.5.0', served: servedBy(VERSIONS['1.5.0']) },
    { version: old, served: servedBy(VERSIONS['1.6.0']) },
  ].map(({ version, served }) => ({
    version,
    enabled: served > 0,
    group: served === ids.length ? 'control' : 'candidate',
    splitPercent: (100 * served) / ids.length,
  }));
}
