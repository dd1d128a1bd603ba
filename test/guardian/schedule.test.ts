/** The schedule that starts the guardian, on a real server. */
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { readConfig } from '../../src/config.ts';
import { GUARDIAN_SCHEDULE } from '../../src/schedules/duties.ts';
import { ensureSchedule, keepSchedule, removeSchedule } from '../../src/schedules/schedule.ts';
import { EMPTY_ENV } from '../cli/fixtures.ts';
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

const describe_ = () => client.schedule.getHandle(GUARDIAN_SCHEDULE.id).describe();

test('workers that start at once make one schedule: every minute, none beside another', async () => {
  const done = await Promise.all([
    ensureSchedule(client, GUARDIAN_SCHEDULE),
    ensureSchedule(client, GUARDIAN_SCHEDULE),
    ensureSchedule(client, GUARDIAN_SCHEDULE),
  ]);
  expect(done.filter((one) => one === 'created')).toHaveLength(1);
  expect(done).not.toContain('putBack');
  expect(await describe_()).toMatchObject({
    state: { paused: false },
    policies: { overlap: 'SKIP' },
    spec: { intervals: [{ every: 60_000 }] },
    action: { workflowType: 'guardian' },
  });
  expect(await ensureSchedule(client, GUARDIAN_SCHEDULE)).toBe('asWanted');
});

test.each<[string, () => Promise<unknown>]>([
  ['paused', () => client.schedule.getHandle(GUARDIAN_SCHEDULE.id).pause('not now')],
  ['deleted', () => client.schedule.getHandle(GUARDIAN_SCHEDULE.id).delete()],
  [
    'slowed down',
    () =>
      client.schedule
        .getHandle(GUARDIAN_SCHEDULE.id)
        .update((old) => ({ ...old, spec: { intervals: [{ every: '1 day' }] } })),
  ],
  [
    'left with one action',
    () =>
      client.schedule
        .getHandle(GUARDIAN_SCHEDULE.id)
        .update((old) => ({ ...old, state: { ...old.state, remainingActions: 1 } })),
  ],
])('one that is %s by a hand is put back while a worker runs', async (_how, byHand) => {
  const keeper = await keepSchedule(client, GUARDIAN_SCHEDULE, logger, 100);
  try {
    await byHand();
    await until('the schedule', async () => {
      const now = await describe_().catch(() => null);
      return (
        now !== null &&
        !now.state.paused &&
        now.state.remainingActions === undefined &&
        now.spec.intervals?.[0]?.every === 60_000
      );
    });
  } finally {
    await keeper.close();
  }
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
