/** A document that a hand deleted or renamed is no version of the action any more; one that it published again is. */
import { signIn } from '../../../bench/lib/organisation-call.ts';
import { deployRefund } from '../../helpers/deployed-refund.ts';
import type { DeployedRefund } from '../../helpers/deployed-refund.ts';
import { isPromoted, isRestored } from '../../../src/domain/rollout/proofs.ts';
import type { ActionDocument } from '../../../src/genesys/wire.ts';

let url: string;
let client: DeployedRefund['client'];
let target: DeployedRefund['target'];
let deployment: DeployedRefund['deployment'];
let documentOf: DeployedRefund['documentOf'];
let close: DeployedRefund['close'];
beforeEach(async () => {
  ({ url, client, target, deployment, documentOf, close } = await deployRefund());
  await target.setSplit(deployment, 50);
});
afterEach(() => close());

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
  const call = await signIn(url);
  await call('DELETE', `agentassist/actions/${id}`);
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
