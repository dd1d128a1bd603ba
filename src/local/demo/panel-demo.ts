/** The demo on the panel: versions and split are rows of ours, the organisation frames the page that shows them. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { serveFirstCard } from '../first-card.ts';
import type { DemoPlace, DemoTarget, ServedVersion } from './demo-target.ts';
import { ask } from './organisation.ts';

const CALLS = 30_000;

export const PANEL_DEMO: DemoTarget = {
  rollouts: [
    { plan: 'panel-1.5.0.yaml', expected: 'promoted' },
    { plan: 'panel-1.6.0.yaml', expected: 'rolledBack' },
  ],
  cardsPerSecond: 14,
  // Speech is told of at once, and agents stay long enough to read what comes. What makes minutes of weeks: so many
  // conversations begin and end that an OAuth client needs more calls than the 300 a minute that it usually has.
  sandboxArgs: ['--transcription-delay', '100', '--linger', '4000', '--voice', '100', '--calls', String(CALLS)],
  callsPerMinute: CALLS,
  // Some ten cards a second tell of less than the hundreds of other demos, so that there is more to be told.
  harmful: { acceptMultiplier: 0.4, dismissMultiplier: 2, latencyMultiplier: 2.5 },
  modelOf: (html) => createHash('sha256').update(html).digest('hex'),
  prepare: serveFirstCard,
  served,
  coverageHoles: async ({ db }) => (await db.query('select 1 from panel_cards where withheld')).length,
};

interface Row {
  readonly version: string;
  readonly arms: readonly (Omit<ServedVersion, 'version'> & { readonly versionId: string })[];
  readonly id: string;
  readonly behind: number;
}

/** The rows, but only while they are what agents see: the page is framed, and every process has taken the change. */
async function served(place: DemoPlace, actionName: string): Promise<ServedVersion[]> {
  const rows = await place.db.query<Row>(
    `select v.id, v.version, s.arms, (select count(*)::int from panel_instances i
       where i.lease_until > clock_timestamp() and i.epoch < s.epoch) as behind
     from panel_versions v join panel_split s on s.action = v.action where v.action = $1`,
    [actionName],
  );
  if (rows.some(({ behind }) => behind > 0) || !(await isFramed(place))) return [];
  return rows.map(({ id, version, arms }) => {
    const arm = arms.find(({ versionId }) => versionId === id);
    const { enabled = false, group = 'control', splitPercent = 0 } = arm ?? {};
    return { version, enabled, group, splitPercent };
  });
}

const integrationsSchema = z.object({
  entities: z.array(
    z.object({ integrationType: z.object({ id: z.string() }), reportedState: z.object({ code: z.string() }) }),
  ),
});

async function isFramed({ endpoint }: DemoPlace): Promise<boolean> {
  const { entities } = integrationsSchema.parse(await ask(endpoint, '/api/v2/integrations?pageSize=100'));
  return entities.some(
    ({ integrationType, reportedState }) =>
      integrationType.id === 'embedded-client-app-interaction-widget' && reportedState.code === 'ACTIVE',
  );
}
