/** `promoted` says that the version stands alone: what another hand added after the last look is seen before it. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { organisationActivities } from '../../src/activities/organisation.ts';
import type { OrganisationDeps } from '../../src/activities/organisation.ts';
import { DEFAULT_TARGET } from '../../src/domain/plan/target-schema.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { agentAssistActions } from '../../src/targets/agent-assist-actions/target.ts';
import type { OpenTarget } from '../../src/targets/target.ts';
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import { sandboxClient, targetDeps } from '../helpers/target-deps.ts';

const CARD = {
  name: 'RefundAssist',
  version: '1.5.0',
  html: '<p>New</p>',
  trigger: { minConfidence: 0.75, keywords: ['refund'], conditions: [] },
  ui: { position: 'right' as const, size: 'medium' as const, requiredFeatures: [] },
};

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: GenesysClient;
let target: OpenTarget;
let deployment: Deployment;
beforeEach(async () => {
  sandbox = await startSandbox({});
  client = sandboxClient(sandbox.url);
  target = agentAssistActions.open(targetDeps(client));
  deployment = await target.deploy({ target: DEFAULT_TARGET, action: CARD, rolloutId: 'rollout-1' });
  await target.setSplit(deployment, 100);
});
afterEach(async () => {
  client.close();
  await sandbox.close();
});

/** As a hand makes it, beside a rollout that is nearly done. */
async function addVersion(name: string): Promise<string> {
  const { value } = await client.actions.get(deployment.candidate?.id ?? '');
  const { id: _id, ...document } = value;
  const made = await client.actions.create({
    ...document,
    name: `${name} v9.9.9`,
    version: '9.9.9',
    metadata: { ...document.metadata, version: '9.9.9', traffic_split: 30, ab_test_group: 'candidate' },
  });
  return made.value.id;
}

const retire = (acceptedRivals?: readonly string[]) => {
  const { retireBaseline } = organisationActivities({
    db: { query: () => Promise.resolve([]) },
    now: Date.now,
    targets: { of: () => target },
  } as unknown as OrganisationDeps);
  const input = { deployment, ...(acceptedRivals !== undefined && { acceptedRivals }) };
  return new MockActivityEnvironment().run(retireBaseline, input as never);
};

test('a version that a hand added is told as a rival, with what it serves; once it is accepted the promotion is proven', async () => {
  const rival = await addVersion('RefundAssist');
  const refused: unknown = await retire([]).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'RivalServes',
    message: expect.stringContaining('v9.9.9') as string,
    drift: { kind: 'rival', rivals: [`${rival} candidate 30`] },
  });
  expect(await retire([`${rival} candidate 30`])).toMatchObject({ state: { baseline: { servesHere: false } } });
});

test('what serves under another name is no rival, and who asks without saying what was accepted is not refused', async () => {
  await addVersion('RefundAssist v2');
  expect(await retire([])).toMatchObject({ state: { covered: true } });
  await addVersion('RefundAssist');
  expect(await retire()).toMatchObject({ state: { covered: true } });
});
