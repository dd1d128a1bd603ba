/** The schedule that starts the guardian, on a real server. */
import { status } from '@grpc/grpc-js';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { readConfig } from '../../src/config.ts';
import { GUARDIAN_SCHEDULE } from '../../src/schedules/duties.ts';
import { ensureSchedule, keepSchedule, removeSchedule } from '../../src/schedules/schedule.ts';
import { EMPTY_ENV } from '../cli/fixtures.ts';
import { patiently } from '../helpers/patient-client.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { until } from './by-hand.ts';

let client: Client;
/** The worker's own, as the composition hands it on. */
let connection: NativeConnection;
const said: string[] = [];
const logger = {
  info: (text: unknown) => void said.push(String(text)),
  warn: (text: unknown) => void said.push(String(text)),
} as never;

beforeAll(async () => {
  const { address, namespace } = await testTemporal();
  connection = await NativeConnection.connect({ address });
  client = new Client({ connection, namespace });
});
afterAll(async () => {
  await connection?.close();
});
afterEach(() => removeSchedule(client, GUARDIAN_SCHEDULE));

const handle = () => client.schedule.getHandle(GUARDIAN_SCHEDULE.id);
const describe_ = () => patiently(() => handle().describe());
const raw = async () => JSON.stringify((await describe_()).raw.schedule);

const UNREADABLE = { metadata: { encoding: Buffer.from('no/such') }, data: Buffer.from('x') };
const PINNED = { behavior: 1, version: { deploymentName: 'engine', buildId: 'gone' } };

/** As by other tools than this client. */
async function writeAction(part: object): Promise<void> {
  const { schedule } = (await describe_()).raw;
  const action = { startWorkflow: { ...schedule?.action?.startWorkflow, ...part } };
  await client.workflowService.updateSchedule({
    namespace: client.options.namespace,
    scheduleId: GUARDIAN_SCHEDULE.id,
    schedule: { ...schedule, action },
  });
}

test('workers that start at once make one schedule: every minute, none beside another', async () => {
  const all = await Promise.all([
    ensureSchedule(client, GUARDIAN_SCHEDULE),
    ensureSchedule(client, GUARDIAN_SCHEDULE),
    ensureSchedule(client, GUARDIAN_SCHEDULE),
  ]);
  expect(all.filter(({ done }) => done === 'created')).toHaveLength(1);
  expect(all).not.toContainEqual(expect.objectContaining({ done: 'putBack' }));
  expect(await describe_()).toMatchObject({
    state: { paused: false },
    policies: { overlap: 'SKIP' },
    spec: { intervals: [{ every: 60_000 }] },
    action: { workflowType: 'guardian' },
  });
  expect(await ensureSchedule(client, GUARDIAN_SCHEDULE)).toEqual({ done: 'asWanted' });
});

type Old = Parameters<Parameters<ReturnType<typeof handle>['update']>[0]>[0];
type Change = (old: Old) => object;
const [THIS_YEAR, NEXT_YEAR] = [new Date().getUTCFullYear(), new Date().getUTCFullYear() + 1];
/** For good a server looks through decades for what is left, and answers nobody meanwhile. */
const EVERY = {
  year: { start: THIS_YEAR, end: NEXT_YEAR },
  month: '*',
  dayOfMonth: '*',
  dayOfWeek: '*',
  hour: '*',
  minute: '*',
  second: '*',
} as const;
const inSpec =
  (spec: object): Change =>
  (old) => ({ ...old, spec: { ...old.spec, ...spec } });
const inAction =
  (action: object): Change =>
  (old) => ({ ...old, action: { ...old.action, ...action } });
const inPolicies =
  (policies: object): Change =>
  (old) => ({ ...old, policies: { ...old.policies, ...policies } });
const update = (change: Change) => () => handle().update((old) => change(old) as never);

test.each<[string, () => Promise<unknown>]>([
  ['paused', () => handle().pause('not now')],
  ['deleted', () => handle().delete()],
  ['slowed down', update((old) => ({ ...old, spec: { intervals: [{ every: '1 day' }] } }))],
  ['left with one action', update((old) => ({ ...old, state: { ...old.state, remainingActions: 1 } }))],
  ['ended', update(inSpec({ endAt: new Date(1e12) }))],
  ['put off', update(inSpec({ startAt: new Date(4e12) }))],
  ['kept from every time of two years', update(inSpec({ skip: [EVERY] }))],
  ['spread over hours', update(inSpec({ jitter: '5 hours' }))],
  ['shifted', update(inSpec({ intervals: [{ every: '1 minute', offset: '30 s' }] }))],
  ['given calendars', update(inSpec({ calendars: [{ hour: 3 }] }))],
  ['given another workflow', update(inAction({ workflowType: 'rollout' }))],
  ['given another id of its workflow', update(inAction({ workflowId: 'rollout/RefundAssist' }))],
  ['sent where nobody looks', update(inAction({ taskQueue: 'nowhere' }))],
  ['told to look away', update(inAction({ args: [{ rules: { unwatchedMs: 86_400_000 } }] }))],
  ['given retries', update(inAction({ retry: { maximumAttempts: 3 } }))],
  ['given no time to run', update(inAction({ workflowRunTimeout: 1 }))],
  ['given no time for a task', update(inAction({ workflowTaskTimeout: 1 }))],
  ['given all the time there is', update(inAction({ workflowExecutionTimeout: undefined }))],
  ['given a memo', update(inAction({ memo: { note: 'x' } }))],
  ['put behind all others', update(inAction({ priority: { priorityKey: 5 } }))],
  ['to wait for the run before', update(inPolicies({ overlap: 'BUFFER_ALL' }))],
  ['to make up for all of a day', update(inPolicies({ catchupWindow: '1 day' }))],
  ['to pause when a run fails', update(inPolicies({ pauseOnFailure: true }))],
  ['given arguments that nobody can read', () => writeAction({ input: { payloads: [UNREADABLE] } })],
  ['given a header', () => writeAction({ header: { fields: { other: UNREADABLE } } })],
  ['bound to a build that nobody runs', () => writeAction({ versioningOverride: { pinned: PINNED } })],
])('one that is %s by a hand is put back', async (_how, byHand) => {
  await ensureSchedule(client, GUARDIAN_SCHEDULE);
  const before = await raw();
  await byHand();
  const { done } = await ensureSchedule(client, GUARDIAN_SCHEDULE);
  expect(done).not.toBe('asWanted');
  expect(await raw()).toBe(before);
  expect(await ensureSchedule(client, GUARDIAN_SCHEDULE)).toEqual({ done: 'asWanted' });
});

test('it is put back while a worker runs, and what was changed is said', async () => {
  said.length = 0;
  const keeper = await keepSchedule(client, GUARDIAN_SCHEDULE, logger, 100);
  try {
    await update(inSpec({ endAt: new Date(1e12) }))();
    await until('the schedule', () => Promise.resolve(said.some((line) => line.includes('spec.endTime'))));
    expect((await describe_()).spec.endAt).toBeUndefined();
  } finally {
    await keeper.close();
  }
});

test.each([status.DEADLINE_EXCEEDED, status.CANCELLED, status.FAILED_PRECONDITION])(
  'one that does not answer (%i) while the server does is made anew',
  async (code) => {
    await ensureSchedule(client, GUARDIAN_SCHEDULE);
    const made = await describe_();
    const seen = await ensureSchedule(answering(code), GUARDIAN_SCHEDULE);
    expect(seen).toEqual({ done: 'putBack', changed: ['it did not answer'], ended: [] });
    expect((await describe_()).info.createdAt.getTime()).toBeGreaterThan(made.info.createdAt.getTime());
  },
);

test('one that cannot be asked for (the server is away, nobody may) stays as it is', async () => {
  await ensureSchedule(client, GUARDIAN_SCHEDULE);
  const made = await describe_();
  for (const code of [status.UNAVAILABLE, status.PERMISSION_DENIED])
    await expect(ensureSchedule(answering(code), GUARDIAN_SCHEDULE)).rejects.toMatchObject({ code });
  expect((await describe_()).info.createdAt).toEqual(made.info.createdAt);
});

/** The server, but for what it says when it is asked for the schedule. */
function answering(code: status): Client {
  const describeSchedule = () => Promise.reject(Object.assign(new Error('no'), { code, details: '', metadata: {} }));
  const { options, schedule } = client;
  return { options, schedule, workflowService: { describeSchedule } } as never;
}

test('what people write on it is left', async () => {
  await ensureSchedule(client, GUARDIAN_SCHEDULE);
  await handle().pause();
  await handle().unpause('looked at it');
  expect(await ensureSchedule(client, GUARDIAN_SCHEDULE)).toEqual({ done: 'asWanted' });
  expect((await describe_()).state.note).toBe('looked at it');
});

test('a run that a changed one began is ended, as it would keep out the next for ever; one of ours goes on', async () => {
  await ensureSchedule(client, GUARDIAN_SCHEDULE);
  const running = async () => (await describe_()).info.runningActions.map(({ workflow }) => workflow.workflowId);
  const statusOf = async (id = '') => (await client.workflow.getHandle(id).describe()).status.name;
  const trigger = async (): Promise<string> => {
    await handle().trigger();
    await until('a run', async () => (await running()).length === 1);
    return (await running())[0] ?? '';
  };
  const ours = await trigger();
  expect(await ensureSchedule(client, GUARDIAN_SCHEDULE)).toEqual({ done: 'asWanted' });
  expect(await statusOf(ours)).toBe('RUNNING');
  await client.workflow.getHandle(ours).terminate();
  await update(inAction({ workflowExecutionTimeout: undefined }))();
  await until('its end', async () => (await running()).length === 0);
  const other = await trigger();
  expect(await ensureSchedule(client, GUARDIAN_SCHEDULE)).toMatchObject({ done: 'putBack', ended: [other] });
  expect(await statusOf(other)).toBe('TERMINATED');
});

test('a server that is away is said, and does not end the worker', async () => {
  said.length = 0;
  const gone = { schedule: { create: () => Promise.reject(new Error('away')) } } as never;
  await (await keepSchedule(gone, GUARDIAN_SCHEDULE, logger, 60_000)).close();
  expect(said).toHaveLength(1);
});

test('GUARDIAN is restore, alarm or off; anything else is one clear error', () => {
  const modeOf = (env: Readonly<Record<string, string>>) => readConfig({ ...EMPTY_ENV, ...env }).guardian;
  expect([modeOf({}), modeOf({ GUARDIAN: '' }), modeOf({ GUARDIAN: 'alarm' }), modeOf({ GUARDIAN: 'off' })]).toEqual([
    'restore',
    'restore',
    'alarm',
    'off',
  ]);
  expect(() => modeOf({ GUARDIAN: 'on' })).toThrow(/GUARDIAN: is "on"; expected restore \(.*\) or off/);
});
