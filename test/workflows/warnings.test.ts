/**
 * What the preflight learns from the organisation reaches the people: as a warning that stays, or as a refusal before
 * any write.
 */
import type { Activities } from '../../src/activities/create.ts';
import type { TransitionRecord } from '../../src/activities/types.ts';
import type { Problem } from '../../src/domain/plan/problem.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

const WARNING: Problem = {
  code: 'trigger-differs',
  severity: 'warning',
  path: 'action.trigger',
  message: "The trigger is not the baseline's.",
  remedy: 'Roll it out by itself.',
};
const LINTED: Problem = {
  code: 'a11y-size',
  severity: 'warning',
  path: 'action.html',
  message: 'The card is long.',
  remedy: 'Show less.',
};
const REFUSAL: Problem = {
  code: 'trigger-id-unknown',
  severity: 'error',
  path: 'action.trigger.conditions.0.id',
  message: 'The organisation has no queue q.',
  remedy: 'Write another.',
};

let org: ScriptedOrganisation;
let problems: readonly Problem[];
let records: TransitionRecord[];
let harness: Harness;

beforeAll(async () => {
  const scripted = activitiesOf(() => org);
  const activities: Activities = {
    ...scripted,
    validate: () => Promise.resolve({ problems }),
    record: (entries) => {
      records.push(...entries);
      return scripted.record(entries);
    },
  };
  harness = await startHarness(activities);
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
  records = [];
});

test('a warning stands in the status while the rollout goes on, and in the record of its deployment; what lint says too does not', async () => {
  problems = [LINTED, WARNING];
  const handle = await harness.start(
    quickPlan({
      steps: [
        { kind: 'setSplit', percent: 10 },
        { kind: 'approve', reason: 'ok?', timeoutMs: 604_800_000, onTimeout: 'hold' },
        { kind: 'bake', forMs: 1, atMostMs: 1, minCards: 0, require: 'safe' },
      ],
    }),
  );
  const status = await harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval');
  const expected = "Warning, trigger-differs: The trigger is not the baseline's. Roll it out by itself.";
  expect(status.reason).toBe(expected);
  expect(records.find(({ act }) => act === 'deploying')?.reason).toBe(expected);
  await handle.terminate();
});

test('a refusal ends the rollout before anything is written', async () => {
  problems = [WARNING, REFUSAL];
  const result = await (await harness.start(quickPlan())).result();
  expect(result).toMatchObject({
    outcome: 'rejected',
    reason: expect.stringContaining(
      'trigger-id-unknown at action.trigger.conditions.0.id: The organisation has no queue q.',
    ) as string,
  });
  expect(org.writes).toEqual([]);
});
