/** What `doctor` tells of a real Temporal server: schedules, pollers, clock; and of one that is not there. */
import { createTemporalLink } from '../../src/configurator/connection.ts';
import { buildName } from '../../src/doctor/build.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { runChecks } from '../../src/doctor/run-checks.ts';
import { temporalChecks } from '../../src/doctor/temporal.ts';
import { workerChecks } from '../../src/doctor/workers.ts';
import { GUARDIAN_SCHEDULE, MEASURING_SCHEDULE } from '../../src/schedules/duties.ts';
import { ensureSchedule } from '../../src/schedules/schedule.ts';
import type { TemporalConfig } from '../../src/config/temporal.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { testTemporal } from '../helpers/temporal.ts';

const OWN = { version: '1.2.3', code: 'abcd' };
let temporal: TemporalConfig;
let link: ReturnType<typeof createTemporalLink>;
beforeAll(async () => {
  const { address, namespace } = await testTemporal();
  temporal = { connectionOptions: { address }, address, namespace, uiUrl: null };
  link = createTemporalLink(temporal);
});
afterAll(() => link.close());

interface Asked {
  readonly namespace?: string;
  readonly now?: () => number;
}

async function look({ namespace = temporal.namespace, now = Date.now }: Asked = {}): Promise<
  (check: string) => Finding | undefined
> {
  const common = { client: () => link.client(), namespace, now };
  const queue = (name: string) => ({ name, kinds: ['activities'] as const, use: 'it does', by: 'worker' });
  const findings = await runChecks([
    ...temporalChecks({
      ...common,
      address: temporal.address,
      schedules: [
        { schedule: GUARDIAN_SCHEDULE, notBecause: null },
        { schedule: MEASURING_SCHEDULE, notBecause: 'nobody wants it' },
      ],
    }),
    ...workerChecks({ ...common, queues: [queue('rollouts'), queue('safety')], own: OWN }),
  ]);
  return (check) => findings.find((finding) => finding.check === check);
}

const GUARDIAN = `schedule ${GUARDIAN_SCHEDULE.id}`;

test('a namespace in which nothing runs', async () => {
  const of = await look();
  for (const check of ['reachable', 'namespace', 'search attributes']) expect(of(check)).toMatchObject({ level: 'ok' });
  expect(of(GUARDIAN)).toMatchObject({ level: 'error', seen: 'there is none' });
  expect(of(`schedule ${MEASURING_SCHEDULE.id}`)).toMatchObject({
    level: 'notChecked',
    seen: 'there is none, and nobody wants it',
  });
  expect(of('clock')).toMatchObject({ level: 'notChecked' });
  expect(of('task queue rollouts')).toMatchObject({ level: 'error', seen: 'nobody polls it' });
});

test('a namespace that the server does not know', async () => {
  const of = await look({ namespace: 'nowhere' });
  expect(of('namespace')).toMatchObject({
    level: 'error',
    wayOut: expect.stringContaining('namespace create') as string,
  });
});

test('a schedule that is there, one that somebody changed or paused, one that has not run; and the clock by it', async () => {
  const client = await link.client();
  await ensureSchedule(client, GUARDIAN_SCHEDULE);
  const of = await look();
  expect(of(GUARDIAN)).toMatchObject({ level: 'ok' });
  expect(of('clock')).toMatchObject({ level: 'ok' });
  const later = await look({ now: () => Date.now() + 3_600_000 });
  expect(later(GUARDIAN)).toMatchObject({
    level: 'error',
    seen: expect.stringMatching(/^it (never ran|ran last 3\d{3} s ago)$/) as string,
  });
  expect(later('clock')).toMatchObject({ level: 'notChecked', seen: expect.stringContaining('too old') as string });
  expect((await look({ now: () => Date.now() - 3_600_000 }))('clock')).toMatchObject({
    level: 'error',
    seen: expect.stringContaining('behind') as string,
  });
  const schedule = client.schedule.getHandle(GUARDIAN_SCHEDULE.id);
  await schedule.update((old) => ({ ...old, spec: { ...old.spec, endAt: new Date(1e12) } }));
  expect((await look())(GUARDIAN)).toMatchObject({ level: 'error', seen: 'it was changed by hand: spec.endTime' });
  await ensureSchedule(client, GUARDIAN_SCHEDULE);
  expect((await look())(GUARDIAN)).toMatchObject({ level: 'ok' });
  await schedule.pause('by hand');
  expect((await look())(GUARDIAN)).toMatchObject({ level: 'error', seen: 'it is paused: by hand' });
});

test(
  'who polls a queue, of which build, and since when nobody does',
  async () => {
    const pollers = createTemporalLink(temporal);
    const client = await pollers.client();
    const { namespace } = temporal;
    const end = new AbortController();
    const asks = <T>(ask: () => Promise<T>) =>
      client.withDeadline(Date.now() + PATIENCE_MS, () => client.withAbortSignal(end.signal, ask));
    const poll = (name: string, identity: string) =>
      asks(() => client.workflowService.pollActivityTaskQueue({ namespace, taskQueue: { name }, identity }))
        // Nothing is there to do, and it is ended.
        .catch(() => undefined);
    const polls = [
      poll('rollouts', `1@a ${buildName(OWN)}`),
      poll('safety', `2@b ${buildName({ ...OWN, version: '1.2.2' })}`),
      poll('safety', '3@c'),
    ];
    try {
      let of = await look();
      const deadline = Date.now() + PATIENCE_MS;
      while (
        [of('task queue rollouts')?.level, of('task queue safety')?.level].includes('error') &&
        Date.now() < deadline
      )
        of = await look();
      expect(of('task queue rollouts')).toMatchObject({ level: 'ok', seen: 'polled by 1@a' });
      const told = async () => (await look())('task queue safety')?.seen ?? '';
      let seen = await told();
      while (!(seen.includes('2@b') && seen.includes('3@c')) && Date.now() < deadline) seen = await told();
      expect(seen).toContain('2@b is older than this program: 1.2.2, not 1.2.3');
      expect(seen).toContain('3@c is of a release that does not tell its build');
      expect((await look({ now: () => Date.now() + 120_000 }))('task queue rollouts')).toMatchObject({
        level: 'error',
        seen: expect.stringContaining('nobody polls it any more') as string,
      });
    } finally {
      end.abort();
      await Promise.all(polls);
      await pollers.close();
    }
  },
  PATIENCE_MS * 2,
);
