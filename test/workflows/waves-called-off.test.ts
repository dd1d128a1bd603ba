/** What waves call off says that they did, and why; a hand that cancels it through Temporal goes by no name. */
import { ApplicationFailure } from '@temporalio/common';
import { ACT_UPDATES, rolloutWorkflowId, WAVES_UPDATES } from '../../src/workflows/messages.ts';
import { membersOf } from '../../src/domain/waves/state.ts';
import type { WavesHandle, WrittenWaves } from '../helpers/waves.ts';
import { beginWaves, wavesActivities, wavesOf, wavesStatusWhen } from '../helpers/waves.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

const organisations = new Map<string, ScriptedOrganisation>();
const who = { by: 'ana', reason: 'wrong text' };
let harness: Harness;
let isAnswered: (activity: string) => Promise<void> = () => Promise.resolve();

function organisationOf(action: string): ScriptedOrganisation {
  const known = organisations.get(action) ?? new ScriptedOrganisation();
  organisations.set(action, known);
  return known;
}

beforeAll(async () => {
  const served = wavesActivities(organisationOf);
  const { whyCalledOff } = served;
  harness = await startHarness({
    ...served,
    whyCalledOff: async (asked: Parameters<typeof whyCalledOff>[0]) => {
      await isAnswered('whyCalledOff');
      return whyCalledOff(asked);
    },
    recordWaves: () => Promise.resolve(),
  });
});
afterAll(() => harness.close());
beforeEach(() => {
  isAnswered = () => Promise.resolve();
});

interface Begun {
  readonly handle: WavesHandle;
  readonly name: string;
  readonly nameOf: WrittenWaves['nameOf'];
}

/** Two at once, which bake on until somebody ends it. */
async function begin(set: (nameOf: WrittenWaves['nameOf']) => void = () => undefined): Promise<Begun> {
  const { given, nameOf } = wavesOf([['a', 'b']], { onRollback: { running: 'abort', promoted: 'leave' } });
  for (const member of ['a', 'b']) organisationOf(nameOf(member)).verdict = 'undecided';
  set(nameOf);
  const handle = await beginWaves(harness, given);
  await wavesStatusWhen(handle, (status) => membersOf(status).every(({ state }) => state === 'running'));
  return { handle, name: given.name, nameOf };
}

function rolloutOf(action: string) {
  return harness.client.workflow.getHandle(rolloutWorkflowId(action));
}

async function baking(...actions: readonly string[]): Promise<void> {
  for (const action of actions)
    await harness.statusWhen(rolloutOf(action) as never, ({ phase }) => phase === 'baking' || phase === 'held');
}

function lastOf(action: string) {
  return organisationOf(action).records.filter(({ act }) => act === 'rollingBack' || act === 'ended');
}

test('a member that is aborted takes the other with it, in the name of the engine, with who did it and why', async () => {
  const { handle, name, nameOf } = await begin();
  await baking(nameOf('a'), nameOf('b'));
  await rolloutOf(nameOf('b')).executeUpdate(ACT_UPDATES.abort, { args: [who] });
  await handle.result();
  const reason = `the waves ${name} stopped: ${nameOf('b')} 1.5.0 was rolled back: abort by ana: wrong text`;
  expect(lastOf(nameOf('a'))).toEqual([
    expect.objectContaining({ act: 'rollingBack', actor: 'engine', reason }),
    expect.objectContaining({ act: 'ended', actor: 'engine', reason }),
  ]);
});

test('one that still validates is told so, too', async () => {
  let validated: () => void = () => undefined;
  const validating = new Promise<void>((resolve) => (validated = resolve));
  const { handle, name, nameOf } = await begin((of) => {
    organisationOf(of('a')).before = (activity) => (activity === 'validate' ? validating : Promise.resolve());
  });
  await baking(nameOf('b'));
  await rolloutOf(nameOf('b')).executeUpdate(ACT_UPDATES.abort, { args: [who] });
  await handle.result();
  validated();
  expect(lastOf(nameOf('a'))).toEqual([
    expect.objectContaining({
      act: 'ended',
      phase: 'rejected',
      actor: 'engine',
      reason:
        `Called off before anything was changed: the waves ${name} stopped: ` +
        `${nameOf('b')} 1.5.0 was rolled back: abort by ana: wrong text`,
    }),
  ]);
});

test('waves that do not answer are believed, and the member goes back all the same', async () => {
  isAnswered = () => Promise.reject(ApplicationFailure.nonRetryable('no answer'));
  const { handle, name, nameOf } = await begin();
  await baking(nameOf('a'), nameOf('b'));
  await handle.executeUpdate(WAVES_UPDATES.abort, { args: [who] });
  await handle.result();
  const reason = `the waves ${name} stopped: abort by ana: wrong text`;
  for (const member of ['a', 'b'])
    expect(lastOf(nameOf(member))[0]).toMatchObject({ act: 'rollingBack', actor: 'engine', reason });
});

test('who only says that the waves called it off, and cancels it, goes by no name', async () => {
  const { handle, nameOf } = await begin();
  await baking(nameOf('a'), nameOf('b'));
  const rollout = rolloutOf(nameOf('a'));
  for (const rubbish of [null, 7, {}, { reason: 'the waves stopped' }]) await rollout.signal('calledOff', rubbish);
  await rollout.cancel();
  await handle.result();
  expect(lastOf(nameOf('a'))[0]).toMatchObject({
    actor: 'someone, through Temporal',
    reason: 'Cancelled through Temporal; by whom it does not say.',
  });
  expect(lastOf(nameOf('b'))[0]).toMatchObject({ actor: 'engine' });
});

test('no rollout but one of waves is called off by them', async () => {
  const plan = quickPlan();
  organisationOf(plan.action.name).verdict = 'undecided';
  const rollout = await harness.start(plan);
  await baking(plan.action.name);
  await rollout.signal('calledOff', { reason: 'the waves stopped' });
  await rollout.cancel();
  await rollout.result();
  expect(lastOf(plan.action.name)[0]).toMatchObject({ actor: 'someone, through Temporal' });
});
