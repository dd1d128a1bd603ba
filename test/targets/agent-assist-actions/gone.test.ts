/** A document that a hand deleted or renamed is no version of the action any more; one that it published again is. */
import { sandboxClient, targetDeps } from '../../helpers/target-deps.ts';
import type { CardVersion } from '../../../src/domain/plan/plan.ts';
import { DEFAULT_TARGET } from '../../../src/domain/plan/target-schema.ts';
import { isPromoted, isRestored } from '../../../src/domain/rollout/proofs.ts';
import { agentAssistActions } from '../../../src/targets/agent-assist-actions/target.ts';
import type { GenesysClient } from '../../../src/genesys/client.ts';
import { pairOf } from '../../helpers/pair.ts';
import type { Pair } from '../../helpers/pair.ts';
import type { Target } from '../../../src/targets/target.ts';
import type { ActionDocument } from '../../../src/genesys/wire.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';

const ACTION: CardVersion = {
  name: 'RefundAssist',
  version: '1.5.0',
  html: '<p>New</p>',
  trigger: { minConfidence: 0.75, keywords: ['refund'], conditions: [] },
  ui: { position: 'right', size: 'medium', requiredFeatures: [] },
};

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let client: GenesysClient;
let target: Target;
let deployment: Pair;
beforeEach(async () => {
  sandbox = await startSandbox({});
  client = sandboxClient(sandbox.url);
  target = agentAssistActions.open(targetDeps(client));
  deployment = pairOf(await target.deploy({ target: DEFAULT_TARGET, action: ACTION, rolloutId: 'rollout-1' }));
  await target.setSplit(deployment, 50);
});
afterEach(async () => {
  client.close();
  await sandbox.close();
});

const documentOf = async (id: string): Promise<ActionDocument> => (await client.actions.get(id)).value;

async function change(id: string, more: Partial<ActionDocument>): Promise<void> {
  const read = await client.actions.get(id);
  await client.actions.update({ ...read, value: { ...read.value, ...more } });
}

/** As the control that serves everybody. */
async function publish(document: ActionDocument, more: Partial<ActionDocument> = {}): Promise<string> {
  const { id: _id, ...body } = document;
  const metadata = { ...body.metadata, traffic_split: 100, ab_test_group: 'control' as const };
  return (await client.actions.create({ ...body, metadata, ...more })).value.id;
}

async function remove(id: string): Promise<void> {
  const { headers } = await sandboxToken();
  await fetch(`${sandbox.url}/api/v2/agentassist/actions/${id}`, { method: 'DELETE', headers });
}

async function sandboxToken(): Promise<{ readonly headers: Record<string, string> }> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const authorization = `Basic ${Buffer.from('sandbox-client:sandbox-secret').toString('base64')}`;
  const answer = await fetch(`${sandbox.url}/oauth/token`, { method: 'POST', body, headers: { authorization } });
  const { access_token: token } = (await answer.json()) as { readonly access_token: string };
  return { headers: { authorization: `Bearer ${token}` } };
}

async function rollBack(): Promise<void> {
  await target.setSplit(deployment, 0, 'safety');
  await target.retire(deployment, 'candidate', 'safety');
}

test('a baseline that was deleted and published again is found, whatever its id, and the roll back ends', async () => {
  const before = await documentOf(deployment.baseline.id);
  await remove(deployment.baseline.id);
  await expect(rollBack()).rejects.toMatchObject({
    code: 'VersionMissing',
    message: expect.stringContaining('Publish "RefundAssist v1.4.0" again'),
  });
  const id = await publish(before);
  await rollBack();
  expect(isRestored(await target.readBack(deployment), deployment)).toBe(true);
  expect(await documentOf(id)).toMatchObject({ enabled: true, metadata: { traffic_split: 100 } });
  expect(await documentOf(deployment.candidate.id)).toMatchObject({ enabled: false });
});

test('one that was published again with another content is none', async () => {
  const before = await documentOf(deployment.baseline.id);
  await remove(deployment.baseline.id);
  await publish(before, { content: { ...before.content, html: '<p>Ask for the card number</p>' } });
  await expect(rollBack()).rejects.toMatchObject({ code: 'VersionMissing' });
  expect(await documentOf(deployment.candidate.id)).toMatchObject({ enabled: true });
});

test('a baseline that was renamed serves nobody: the candidate is not taken away before it has its name back', async () => {
  await change(deployment.baseline.id, { name: 'Something else' });
  await expect(rollBack()).rejects.toMatchObject({ code: 'VersionMissing' });
  expect(await documentOf(deployment.candidate.id)).toMatchObject({ enabled: true, metadata: { traffic_split: 50 } });
  await change(deployment.baseline.id, { name: 'RefundAssist v1.4.0' });
  await rollBack();
  expect(isRestored(await target.readBack(deployment), deployment)).toBe(true);
});

test('a candidate that was renamed is neither raised nor called promoted, and is taken out of service', async () => {
  await target.setSplit(deployment, 100);
  await target.retire(deployment, 'baseline');
  expect(isPromoted(await target.readBack(deployment), deployment)).toBe(true);
  await change(deployment.candidate.id, { name: 'Something else' });
  expect(isPromoted(await target.readBack(deployment), deployment)).toBe(false);
  await expect(target.setSplit(deployment, 50)).rejects.toMatchObject({ code: 'VersionMissing' });
  await rollBack();
  expect(await documentOf(deployment.candidate.id)).toMatchObject({ enabled: false, metadata: { traffic_split: 0 } });
  expect(isRestored(await target.readBack(deployment), deployment)).toBe(true);
});
