/** Real parts only: organisation over HTTP, events service, store, workers, Temporal server. */
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { decisionRecordOf } from '../../src/configurator/decision-record.ts';
import { retake } from '../../src/domain/judge/retake.ts';
import { listAudit } from '../../src/store/audit.ts';
import { unattended, unattendedPlan } from '../helpers/real-cards.ts';
import type { Stack } from '../helpers/stack.ts';
import { actionsOf, coverageOf, demoPlan, startStack } from '../helpers/stack.ts';

jest.setTimeout(600_000);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

test('given real traffic, a healthy version is promoted and a harmful one is rolled back, no bucket was ever unserved, no secret was written, and the verdict can be taken again', async () => {
  const healthy = await unattended(await stack.start(unattendedPlan(await demoPlan('1.5.0'))));
  expect(`${healthy.outcome}: ${healthy.reason}`).toMatch(/^promoted: /);
  expect(healthy).toMatchObject({ safety: { provenByReadBack: true } });
  const run = await stack.start(unattendedPlan(await demoPlan('1.6.0')));
  const harmful = await unattended(run);
  expect(harmful).toMatchObject({
    outcome: 'rolledBack',
    report: { verdict: 'harm' },
    safety: { provenByReadBack: true },
  });
  expect(await actionsOf(stack)).toMatchObject({
    '1.4.0': { enabled: false },
    '1.5.0': { enabled: true, metadata: { traffic_split: 100, ab_test_group: 'control' } },
    '1.6.0': { enabled: false, metadata: { traffic_split: 0 } },
  });
  expect(await coverageOf(stack)).toMatchObject({ ok: true, holes: [] });
  const record = await decisionRecordOf(stack.db, 'RefundAssist', run.firstExecutionRunId);
  expect(retake(JSON.parse(JSON.stringify(record)) as typeof record)).toMatchObject({
    agrees: true,
    report: { verdict: 'harm' },
  });
  const audit = await listAudit(stack.db);
  const acts = audit.map((row) => row.act);
  expect(acts).toEqual(expect.arrayContaining(['deploying', 'splitProven', 'rollingBack', 'ended']));
  const written = historyToJSON(await run.fetchHistory()) + JSON.stringify(audit);
  const decoded = written.replace(/"data": ?"([A-Za-z0-9+/=]+)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  expect(decoded).toContain('RefundAssist');
  for (const secret of ['sandbox-secret', 'whsec_', 'Bearer ', 'utterance']) expect(decoded).not.toContain(secret);
});
