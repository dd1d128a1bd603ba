/** An approval that waits is reminded, and its end is told. */
import type { Message } from '../../src/domain/messages/message.ts';
import type { Activities } from '../../src/activities/create.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let harness: Harness;
let told: Message[] = [];

beforeAll(async () => {
  const activities = activitiesOf(() => org);
  const record: Activities['record'] = async (entries) => {
    await activities.record(entries);
    told.push(...entries.flatMap(({ message }) => message ?? []));
  };
  harness = await startHarness({ ...activities, record });
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
  told = [];
});

test('at half time and in its last tenth, each once, with the time that is left; then what becomes of it', async () => {
  const handle = await harness.start(
    quickPlan({
      steps: [
        { kind: 'setSplit', percent: 10 },
        { kind: 'approve', reason: 'leads', timeoutMs: 2_000, onTimeout: 'rollback' },
        ...quickPlan().steps.slice(2),
      ],
    }),
  );
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
  expect(told.map(({ event }) => event)).toEqual([
    'started',
    'approvalWaits',
    'approvalReminder',
    'approvalReminder',
    'rollingBack',
    'rolledBack',
  ]);
  const [, waits, half, last, back] = told;
  expect([half?.headline, last?.headline].map((text) => text?.split(': ')[1])).toEqual(['1 s left', '200 ms left']);
  const ends = [waits, half, last].map((message) => Date.parse(message?.until?.at ?? ''));
  expect(Math.max(...ends) - Math.min(...ends)).toBeLessThan(500);
  expect(half?.commands[0]).toContain('assist-rollouts approve ');
  expect(back?.why).toBe('Nobody approved within 2 s: leads');
});
