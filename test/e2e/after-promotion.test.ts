/** After the steps, on real cards: what turns bad beside the holdback is taken back, and what was promoted is undone. */
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { dryRun } from '../../src/workflows/dry-run.ts';
import {
  ACT_UPDATES,
  DRY_RUN_WORKFLOW,
  ROLLOUT_WORKFLOW,
  ROLLOUTS_QUEUE,
  rolloutWorkflowId,
} from '../../src/workflows/messages.ts';
import type { rollout } from '../../src/workflows/rollout.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { BAD, models, planOf, reach } from '../helpers/real-cards.ts';
import type { Stack } from '../helpers/stack.ts';
import { actionsOf, coverageOf, startStack } from '../helpers/stack.ts';

jest.setTimeout(600_000);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());
beforeEach(() => models(stack, {}));
afterEach(() => stack.endRollouts());

test('a version that turns bad while the last few per cent are held back is never the only one', async () => {
  const handle = await stack.start(await planOf('2.1.0', { afterPromotionMs: 3_600_000 }));
  await reach(handle, 'promoting', 95);
  await models(stack, { '2.1.0': BAD });
  expect(await handle.result()).toMatchObject({
    outcome: 'rolledBack',
    report: { verdict: 'harm' },
    safety: { provenByReadBack: true },
  });
  expect(await actionsOf(stack)).toMatchObject({
    '1.4.0': { enabled: true, metadata: { traffic_split: 100 } },
    '2.1.0': { enabled: false, metadata: { traffic_split: 0 } },
  });
});

test('what a start would do is told and changes nothing; what was promoted is undone and read back, and twice at once once', async () => {
  const plan = await atOnce('2.4.0');
  const before = await everything();
  const told = await stack.client.workflow.execute<typeof dryRun>(DRY_RUN_WORKFLOW, {
    workflowId: `${DRY_RUN_WORKFLOW}/of-2.4.0`,
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ plan, startedBy: 'ana' }],
  });
  expect(told.problems).toEqual([]);
  expect(told).toMatchObject({
    refusal: null,
    around: { standing: { baseline: { version: '1.4.0' }, exists: false } },
  });
  expect(told.around?.changed).toEqual([]);
  expect(await everything()).toEqual(before);
  const { outcome, reason } = await (await stack.start(plan)).result();
  expect([outcome, reason]).toEqual(['promoted', expect.any(String)]);
  const undo = (): ReturnType<Stack['start']> =>
    stack.client.workflow.start<typeof rollout>(ROLLOUT_WORKFLOW, {
      workflowId: rolloutWorkflowId(plan.action.name),
      taskQueue: ROLLOUTS_QUEUE,
      args: [{ undo: { action: plan.action.name }, startedBy: 'ana', reason: 'a complaint' }],
    });
  const both = await Promise.allSettled([undo(), undo(), stack.start(await atOnce('2.5.0'))]);
  const begun = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(begun).toHaveLength(1);
  if (both[2].status === 'fulfilled') {
    await both[2].value.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'the undo comes first' }] });
    await both[2].value.result();
    begun[0] = await undo();
  }
  expect(await begun[0]?.result()).toMatchObject({ outcome: 'undone', safety: { provenByReadBack: true } });
  expect(await actionsOf(stack)).toMatchObject({
    '1.4.0': { enabled: true, metadata: { traffic_split: 100 } },
    '2.4.0': { enabled: false },
  });
  expect(await coverageOf(stack)).toMatchObject({ ok: true, holes: [] });
});

/** Promoted after a moment: what served until then is proven by that. */
async function atOnce(version: string): Promise<Plan> {
  const plan = await planOf(version, {
    onUndecided: 'promote',
    afterPromotionMs: 0,
    holdbackPercent: 0,
  });
  return {
    ...plan,
    steps: [
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 1000, atMostMs: 2 * PATIENCE_MS, minCards: 1, require: 'noHarm' },
    ],
  };
}

/** What a dry run could have left behind: in the organisation, in the store, under the action's id. */
async function everything(): Promise<unknown> {
  const count = async (table: string): Promise<unknown> => stack.db.query(`select count(*) as n from ${table}`);
  return {
    actions: await actionsOf(stack),
    tables: await Promise.all(['rollouts', 'audit', 'used_signatures'].map(count)),
    run: await stack.client.workflow
      .getHandle(rolloutWorkflowId('RefundAssist'))
      .describe()
      .then(
        ({ runId }) => runId,
        () => 'none',
      ),
  };
}
