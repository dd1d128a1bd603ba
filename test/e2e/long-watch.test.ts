/** Days after everybody sees a version, on real cards: what turns bad is taken back, and what did not can be. */
import { ACT_UPDATES } from '../../src/workflows/messages.ts';
import { BAD, models, planOf, reach, SETTLE_MS } from '../helpers/real-cards.ts';
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

test('one that turns bad after everybody sees it is taken back by the long watch, held against its own record', async () => {
  const handle = await stack.start(await planOf('2.2.0', { longWatch: { forMs: 3_600_000, alpha: 0.05 } }));
  await reach(handle, 'longWatch', 100);
  // Its record is frozen once its last cards of before have settled.
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS + 2000));
  await models(stack, { '2.2.0': BAD });
  const result = await handle.result();
  expect(result).toMatchObject({ outcome: 'rolledBack', safety: { provenByReadBack: true } });
  expect(result.reason).toMatch(/own record/);
  expect(await actionsOf(stack)).toMatchObject({
    '1.4.0': { enabled: true, metadata: { traffic_split: 100 } },
    '2.2.0': { enabled: false },
  });
  expect(await coverageOf(stack)).toMatchObject({ ok: true, holes: [] });
});

test('a harmless version is promoted, and one act undoes it while it is watched', async () => {
  const handle = await stack.start(await planOf('2.3.0', { longWatch: { forMs: 3_600_000, alpha: 0.001 } }));
  await reach(handle, 'longWatch', 100);
  expect(await actionsOf(stack)).toMatchObject({
    '1.4.0': { enabled: false },
    '2.3.0': { enabled: true, metadata: { traffic_split: 100 } },
  });
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'a complaint' }] });
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by ana: a complaint' });
  expect(await actionsOf(stack)).toMatchObject({
    '1.4.0': { enabled: true, metadata: { traffic_split: 100 } },
    '2.3.0': { enabled: false },
  });
});
