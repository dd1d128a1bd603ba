/** `recover` while nobody is there who could do it, on real parts. */
import { createTemporalLink } from '../../src/configurator/connection.ts';
import { recoverAction } from '../../src/configurator/recover.ts';
import { SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';
import { RECOVER_WORKFLOW, ROLLOUTS_QUEUE } from '../../src/workflows/messages.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { actionsOf, startStack } from '../helpers/stack.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { handsOn } from './by-hand.ts';

jest.setTimeout(240_000);

const ACTION = 'RefundAssist';

test('without a worker recover is under way and says so; once one is there it is followed, not doubled; junk is refused', async () => {
  const { address, namespace } = await testTemporal();
  const link = createTemporalLink({ connectionOptions: { address }, address, namespace, uiUrl: null });
  const first = await recoverAction(link, ACTION, { by: 'ana', reason: 'x' }, 500);
  expect(first.recovery).toEqual({ kind: 'underWay', why: 'no worker has taken it yet' });
  // Before a worker comes, which may be done with the first one sooner than anybody asks.
  const again = recoverAction(link, ACTION, { by: 'bea', reason: 'y' }, PATIENCE_MS);
  const stack = await startStack();
  try {
    const hands = await handsOn(stack.sandbox.url);
    // What it says is what stands when it is done: the first recovery may find nothing yet.
    expect(await again).toMatchObject({ runId: first.runId, recovery: { kind: 'nothing' } });
    await hands.create({
      ...SEEDED_BASELINE,
      name: `${ACTION} v1.5.0`,
      version: '1.5.0',
      metadata: { traffic_split: 20, ab_test_group: 'candidate', version: '1.5.0', rollout_id: 'a-run-that-is-gone' },
    });
    expect(await recoverAction(link, ACTION, { by: 'bea', reason: 'y' }, PATIENCE_MS)).toMatchObject({
      recovery: { kind: 'restored' },
    });
    expect(await actionsOf(stack)).toMatchObject({
      '1.4.0': { metadata: { traffic_split: 100 } },
      '1.5.0': { enabled: false },
    });

    // Another client may start it with anything.
    for (const input of [
      undefined,
      { by: 'ana', reason: 'x' },
      { action: ACTION, by: 'guardian', reason: 'x' },
      { action: ACTION, by: 'ana' },
    ]) {
      const handle = await stack.client.workflow.start(RECOVER_WORKFLOW, {
        workflowId: 'recover-junk',
        taskQueue: ROLLOUTS_QUEUE,
        args: [input],
      });
      await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'RecoverRefused' } });
    }
  } finally {
    await link.close();
    await stack.close();
  }
});
