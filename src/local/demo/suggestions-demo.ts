/** The demo on a copilot's texts: versions and split are rows of ours, and agents are asked of what they were shown. */
import { sha256Of } from '../../domain/shared/content-hash.ts';
import { SEEDED_ASSISTANTS } from '../../sandbox/copilot/seeded-assistants.ts';
import { changeCopilotSplit, copilotRowOf, saveCopilotDeployment } from '../../store/copilot.ts';
import { publishText } from '../../store/copilot-texts.ts';
import { tellModels } from './copilot-models.ts';
import type { DemoPlace, DemoTarget, ServedVersion } from './demo-target.ts';

/** What makes the text of 1.6.0 harmful, by its title. */
const MODELS = { 'Refund rules, cut short': { acceptMultiplier: 0.25, dismissMultiplier: 2 } };

export const SUGGESTIONS_DEMO: DemoTarget = {
  rollouts: [
    { plan: 'copilot-suggestions-1.5.0.yaml', expected: 'promoted' },
    { plan: 'copilot-suggestions-1.6.0.yaml', expected: 'rolledBack' },
  ],
  cardsPerSecond: 25,
  sandboxArgs: ['--linger', '3000'],
  prepare,
  served: ({ db }, actionName) =>
    db.query<ServedVersion>(
      `select v.version, r.retired is distinct from v.arm as enabled,
         case when v.arm = 'baseline' or r.retired = 'baseline' then 'control' else 'candidate' end as "group",
         case when v.arm = 'candidate' then r.split_percent else 100 - r.split_percent end as "splitPercent"
       from copilot_deployments r, lateral (values ('baseline', r.deployment->'baseline'->>'version'),
         ('candidate', r.deployment->'candidate'->>'version')) as v (arm, version)
       where r.action = $1 and v.version is not null`,
      [actionName],
    ),
  coverageHoles: async ({ db }) => {
    const [row] = await db.query<{ holes: number }>(
      `select count(*) as holes from events where source = 'copilot' and type like '%.withheld'`,
    );
    return row?.holes ?? 0;
  },
};

/** A first version that serves, as a rollout with \`control: none\` leaves it. */
async function prepare({ db, endpoint }: DemoPlace): Promise<void> {
  await tellModels(endpoint, MODELS);
  const action = 'RefundText';
  if ((await copilotRowOf(db, action)) !== null) return;
  const content = { title: 'Refund policy', text: 'Refunds within 30 days need no manager.', sources: [] };
  const contentSha256 = sha256Of(content);
  const text = await publishText(db, { action, version: '1.4.0', content, contentSha256, rolloutId: 'the first one' });
  const candidate = { id: text.id, version: text.version, fingerprint: { text: contentSha256 } };
  const handle = { kind: 'copilotSuggestions', assistant: SEEDED_ASSISTANTS.baseline.id };
  const deployment = { target: 'copilotSuggestions', actionName: action, baseline: null, candidate, handle } as const;
  await saveCopilotDeployment(db, 'the first one', deployment);
  await changeCopilotSplit(db, deployment, { splitPercent: 100, retired: 'baseline' });
}
