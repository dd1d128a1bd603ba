/** Splits for a part of the audience: what the workflow asks of the organisation, and of whom. */
import type { ApplySplitInput } from '../../src/activities/types.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Step } from '../../src/domain/plan/steps/steps.ts';
import { ACT_UPDATES } from '../../src/workflows/messages.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

const QUEUE = '6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01';
const TEAM = '1e9b5f70-3c84-4d16-a7f2-6b0d92c8e432';
const PILOT = { name: 'Nights', teams: [TEAM] };
const MORE = { teams: [TEAM], queues: [QUEUE] };
const BAKE: Step = { kind: 'bake', forMs: 100, atMostMs: 300, minCards: 0, require: 'safe' };

let org: ScriptedOrganisation;
let harness: Harness;
let asked: ApplySplitInput[];

beforeAll(async () => {
  const activities = activitiesOf(() => org);
  const applySplit = async (input: ApplySplitInput) => {
    asked.push(input);
    const proof = await activities.applySplit(input);
    return { ...proof, state: { ...proof.state, of: input.of ?? null } };
  };
  harness = await startHarness({ ...activities, applySplit });
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
  asked = [];
});

const plan = (steps: readonly Step[]): Plan => quickPlan({ target: { kind: 'assistPanel', queues: [QUEUE] }, steps });

test('a wider audience at the same share is a rise, and the promotion is for everybody', async () => {
  const handle = await harness.start(
    plan([{ kind: 'setSplit', percent: 10, of: PILOT }, BAKE, { kind: 'setSplit', percent: 10, of: MORE }, BAKE]),
  );
  expect((await handle.result()).outcome).toBe('promoted');
  const shown = asked.map(({ percent, of = null, rise }) => ({ percent, of, from: rise?.from, fromOf: rise?.fromOf }));
  expect(shown.slice(0, 2)).toEqual([
    { percent: 10, of: PILOT, from: 0, fromOf: undefined },
    { percent: 10, of: MORE, from: 10, fromOf: PILOT },
  ]);
  expect(shown.slice(2).map(({ of }) => of)).toEqual(shown.slice(2).map(() => null));
  expect(shown.at(-1)?.percent).toBe(100);
  expect(org.watches.some(({ expected }) => expected?.of?.teams?.[0] === TEAM)).toBe(true);
  expect(org.records.map(({ reason }) => reason)).toContain('the organisation shows split 10 % of Nights (pilot)');
});

test('what is put right after another hand has its audience, which status shows', async () => {
  const handle = await harness.start(
    plan([
      { kind: 'setSplit', percent: 10, of: PILOT },
      { kind: 'bake', forMs: 3_600_000, atMostMs: 7_200_000, minCards: 0, require: 'safe' },
    ]),
  );
  const status = await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  expect(status).toMatchObject({ splitPercent: 10, splitOf: PILOT });
  expect(status.steps[0]?.label).toBe('setSplit 10 % of Nights (pilot)');
  org.drift = { kind: 'split', key: 'moved', message: 'The organisation shows 10 % of everybody' };
  await harness.statusWhen(handle, () => asked.length > 1);
  expect(asked[1]).toMatchObject({ percent: 10, of: PILOT });
  org.drift = null;
  expect((await handle.describe()).memo).toMatchObject({ audience: 'Nights (pilot)' });
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'seen enough' }] });
  // The end says of whom it speaks; nobody is a pilot any more.
  expect((await handle.result()).reason).toBe('abort by ana: seen enough. It was at split 10 % of Nights (pilot).');
  expect((await handle.describe()).memo?.['audience']).toBeUndefined();
});
