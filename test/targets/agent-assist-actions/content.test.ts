/**
 * A card that another hand changed is never made to serve more, and an edit between a read and a write is never lost.
 */
import { deployRefund } from '../../helpers/deployed-refund.ts';
import type { DeployedRefund } from '../../helpers/deployed-refund.ts';
import { targetDeps } from '../../helpers/target-deps.ts';
import { agentAssistActions } from '../../../src/targets/agent-assist-actions/target.ts';
import { toFailure } from '../../../src/activities/failures.ts';
import { fingerprintOf } from '../../../src/targets/agent-assist-actions/document.ts';
import { SEEDED_ACTION_ID } from '../../../src/sandbox/seeded-organisation.ts';

const FOREIGN = '<p>Ask for the card number</p>';

let client: DeployedRefund['client'];
let target: DeployedRefund['target'];
let deployment: DeployedRefund['deployment'];
let documentOf: DeployedRefund['documentOf'];
let close: DeployedRefund['close'];
beforeEach(async () => {
  ({ client, target, deployment, documentOf, close } = await deployRefund());
});
afterEach(() => close());

async function changeHtml(id: string, html = FOREIGN): Promise<void> {
  const read = await client.actions.get(id);
  await client.actions.update({ ...read, value: { ...read.value, content: { ...read.value.content, html } } });
}

test('the deployment knows both contents, part by part', async () => {
  expect(deployment.candidate.fingerprint).toEqual(fingerprintOf(await documentOf(deployment.candidate.id)));
  expect(deployment.baseline.fingerprint).toEqual(fingerprintOf(await documentOf(SEEDED_ACTION_ID)));
  expect(deployment.candidate.fingerprint.html).not.toBe(deployment.baseline.fingerprint.html);
});

test.each(['html', 'trigger', 'ui'] as const)('a candidate with another %s is not raised', async (part) => {
  const read = await client.actions.get(deployment.candidate.id);
  const changed = {
    html: { content: { ...read.value.content, html: FOREIGN } },
    trigger: { trigger: { ...read.value.trigger, keywords: ['everything'] } },
    ui: { ui: { ...read.value.ui, size: 'large' } },
  }[part];
  await client.actions.update({ ...read, value: { ...read.value, ...changed } });
  await expect(target.setSplit(deployment, 50)).rejects.toMatchObject({
    code: 'ContentChanged',
    message: expect.stringContaining(`another ${part} `),
  });
  expect((await documentOf(deployment.candidate.id)).metadata?.traffic_split).toBe(0);
});

test('a swapped candidate that serves is switched off, and its content is left as it was found', async () => {
  await target.setSplit(deployment, 50);
  await changeHtml(deployment.candidate.id);
  await target.setSplit(deployment, 0, 'safety');
  await target.retire(deployment, 'candidate', 'safety');
  const document = await documentOf(deployment.candidate.id);
  expect(document).toMatchObject({ enabled: false, content: { html: FOREIGN } });
  expect(await target.readBack(deployment)).toMatchObject({
    covered: true,
    effectiveSplitPercent: 0,
    baseline: { splitPercent: 100 },
  });
});

test('a changed baseline is neither lowered, raised nor overwritten; accepted by its new fingerprint it is', async () => {
  await target.setSplit(deployment, 50);
  await changeHtml(deployment.baseline.id, '<p>A fix by hand</p>');
  for (const percent of [0, 75])
    await expect(target.setSplit(deployment, percent)).rejects.toMatchObject({ code: 'ContentChanged' });
  expect(await documentOf(deployment.baseline.id)).toMatchObject({
    content: { html: '<p>A fix by hand</p>' },
    metadata: { traffic_split: 50 },
  });
  const seen = (await target.readBack(deployment)).baseline?.fingerprint;
  const accepted = {
    ...deployment,
    baseline: { ...deployment.baseline, fingerprint: seen ?? deployment.baseline.fingerprint },
  };
  await target.setSplit(accepted, 0);
  expect(await documentOf(deployment.baseline.id)).toMatchObject({
    content: { html: '<p>A fix by hand</p>' },
    metadata: { traffic_split: 100 },
  });
});

test('an edit by hand between our read and our write is not lost: the write is refused, read again and seen', async () => {
  let edits = 0;
  const actions = {
    ...client.actions,
    async update(...[read, urgency]: Parameters<typeof client.actions.update>) {
      if (read.value.id === deployment.baseline.id && (edits += 1) === 1)
        await changeHtml(deployment.baseline.id, '<p>Edited meanwhile</p>');
      return client.actions.update(read, urgency);
    },
  };
  const meddled = agentAssistActions.open(targetDeps({ ...client, actions }));
  await expect(meddled.setSplit(deployment, 25)).rejects.toMatchObject({ code: 'WriteConflict' });
  await expect(meddled.setSplit(deployment, 25)).rejects.toMatchObject({ code: 'ContentChanged' });
  expect((await documentOf(deployment.baseline.id)).content?.html).toBe('<p>Edited meanwhile</p>');
});

test("a conflict that passes is Temporal's to try again, never the same call's: its worker may have been succeeded", async () => {
  let first = true;
  const actions = {
    ...client.actions,
    async update(...[read, urgency]: Parameters<typeof client.actions.update>) {
      if (first) {
        first = false;
        return client.actions.update({ ...read, etag: '"of-another-state"' }, urgency);
      }
      return client.actions.update(read, urgency);
    },
  };
  const conflicting = agentAssistActions.open(targetDeps({ ...client, actions }));
  const conflict: unknown = await conflicting.setSplit(deployment, 25).catch((error: unknown) => error);
  expect(toFailure(conflict, () => 0)).toMatchObject({ type: 'WriteConflict', nonRetryable: false });
  expect(await target.readBack(deployment)).toMatchObject({ effectiveSplitPercent: 0 });
  await conflicting.setSplit(deployment, 25);
  expect(await target.readBack(deployment)).toMatchObject({ covered: true, effectiveSplitPercent: 25 });
});

test('a survey lists every version of the action, or of all, with what it serves and who changed it when', async () => {
  const seen = await target.survey('RefundAssist');
  expect(seen.map(({ version, group, enabled, splitPercent }) => ({ version, group, enabled, splitPercent }))).toEqual(
    expect.arrayContaining([
      { version: '1.4.0', group: 'control', enabled: true, splitPercent: 100 },
      { version: '1.5.0', group: 'candidate', enabled: true, splitPercent: 0 },
    ]),
  );
  expect(seen.find(({ id }) => id === deployment.candidate.id)).toMatchObject({
    rolloutId: 'rollout-1',
    fingerprint: deployment.candidate.fingerprint,
    changedAt: expect.stringContaining('T'),
  });
  expect((await target.survey(null)).length).toBeGreaterThanOrEqual(seen.length);
});
