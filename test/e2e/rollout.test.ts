/** Real parts only: organisation over HTTP, events service, embedded store, workers, Temporal server. */
import { cardOf } from '../../src/targets/card.ts';
import { temporal } from '@temporalio/proto';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { listAudit } from '../../src/store/audit.ts';
import { ACT_UPDATES, statusQuery } from '../../src/workflows/messages.ts';
import { openInMemory } from '../helpers/in-memory.ts';
import { unattended } from '../helpers/real-cards.ts';
import type { Stack } from '../helpers/stack.ts';
import { coverageOf, fault, patientPlan, startStack } from '../helpers/stack.ts';

jest.setTimeout(600_000);

let stack: Stack;
beforeAll(async () => {
  // Nothing here is about verdicts.
  stack = await startStack({ traffic: { cardsPerSecond: 20 } }, 'restore', null, openInMemory);
});
afterAll(() => stack.close());
afterEach(() => stack.endRollouts());

test('a plan for queues that the organisation does not have is rejected before anything is written; a trigger of its own is warned of, in the audit log', async () => {
  const plan = await patientPlan(300_000);
  const queues = (id: string): Plan => ({
    ...plan,
    action: {
      ...plan.action,
      version: '1.6.5',
      trigger: { ...cardOf(plan.action).trigger, conditions: [{ type: 'queue', id }] },
    },
  });
  const before = JSON.stringify(await stack.sandboxActions());
  const refused = await stack.start(queues('00000000-0000-4000-8000-000000000000'));
  const result = await refused.result();
  const entries = await listAudit(stack.db, { rolloutId: refused.firstExecutionRunId });
  // The content passes by itself; the rollout was refused by preflight all the same, and its end does not say
  // otherwise.
  expect(entries.find(({ act }) => act === 'preflight')).toMatchObject({
    version: '1.6.5',
    complianceStatus: expect.stringMatching(/^passed/),
    details: { contentSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(entries.at(-1)).toMatchObject({ act: 'ended', complianceStatus: 'failed' });
  expect(result).toMatchObject({
    outcome: 'rejected',
    reason: expect.stringContaining('trigger-id-unknown at action.trigger.conditions.0.id'),
  });
  expect(JSON.stringify(await stack.sandboxActions())).toBe(before);
  const warned = await stack.start(queues(SEEDED.queues.orders.id));
  while ((await warned.query(statusQuery)).phase !== 'baking') await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await warned.query(statusQuery)).reason).toContain('Warning, trigger-differs');
  await warned.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'seen enough' }] });
  await warned.result();
  expect(
    (await listAudit(stack.db, { rolloutId: warned.firstExecutionRunId })).find(({ act }) => act === 'deploying')
      ?.reason,
  ).toContain('Warning, trigger-differs');
});

test('a create whose answer is lost makes one action, not two; so does a second deployment of the same content', async () => {
  const before = (await patientPlan(300_000)).action;
  const plan = { ...(await patientPlan(300_000)), action: { ...before, version: '1.7.0' } };
  await fault(stack, {
    match: { method: 'POST', pathPrefix: '/api/v2/agentassist/actions' },
    times: 1,
    dropAnswer: 'afterWork',
  });
  const handle = await stack.start(plan);
  while ((await handle.query(statusQuery)).phase !== 'baking') await new Promise((resolve) => setTimeout(resolve, 100));
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'seen enough' }] });
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
  const again = await stack.start(plan);
  while ((await again.query(statusQuery)).phase !== 'baking') await new Promise((resolve) => setTimeout(resolve, 100));
  await again.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'seen enough' }] });
  await again.result();
  const named = (await stack.sandboxActions()).filter((action) => action.name === 'RefundAssist v1.7.0');
  expect(named).toHaveLength(1);
});

test('a killed organisation makes the rollout wait, and it goes on when the organisation is back', async () => {
  // Long enough to be seen baking, however late a query is answered.
  const plan = { ...(await patientPlan(15_000)), action: { ...(await patientPlan(0)).action, version: '1.8.0' } };
  const handle = await stack.start(plan);
  while ((await handle.query(statusQuery)).phase !== 'baking') await new Promise((resolve) => setTimeout(resolve, 100));
  await stack.killSandbox();
  await new Promise((resolve) => setTimeout(resolve, 8000));
  expect((await handle.query(statusQuery)).outcome).toBeNull();
  await stack.restartSandbox();
  expect(await unattended(handle)).toMatchObject({ outcome: 'promoted', safety: { provenByReadBack: true } });
  expect(await coverageOf(stack)).toMatchObject({ ok: true });
});

test('ten times the bake, the same history', async () => {
  const history = async (version: string, bakeMs: number): Promise<{ all: number; activities: number }> => {
    const plan = await patientPlan(bakeMs);
    const handle = await stack.start({ ...plan, action: { ...plan.action, version } });
    expect(await unattended(handle)).toMatchObject({ outcome: 'promoted' });
    const types = ((await handle.fetchHistory()).events ?? []).map(({ eventType }) => eventType);
    const { EVENT_TYPE_ACTIVITY_TASK_SCHEDULED } = temporal.api.enums.v1.EventType;
    return {
      all: types.length,
      activities: types.filter((type) => type === EVENT_TYPE_ACTIVITY_TASK_SCHEDULED).length,
    };
  };
  const short = await history('2.0.0', 2000);
  const long = await history('2.1.0', 20_000);
  process.stdout.write(`history events: ${short.all} for a bake of 2 s, ${long.all} for 20 s\n`);
  // Not the events: how many completions share a workflow task depends on how busy the machine is. A watch that ended
  // once a second would ask for eighteen more.
  expect(Math.abs(long.activities - short.activities)).toBeLessThan(6);
});
