/** Freezes that fall into a running rollout: the real calendar and its file, the real store, a real Temporal server. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calendarActivities } from '../../src/activities/calendar.ts';
import { withHeartbeat } from '../../src/activities/heartbeat.ts';
import { journalActivities } from '../../src/activities/journal.ts';
import { organisationActivities } from '../../src/activities/organisation.ts';
import type { FreezeAct, FreezeAnswer } from '../../src/domain/calendar/freeze.ts';
import { organisationCalendar } from '../../src/compose/calendar.ts';
import { operatorsOf } from '../../src/compose/operators.ts';
import type { Database } from '../../src/store/database.ts';
import { ACT_UPDATES, FREEZE_WORKFLOW, ROLLOUTS_QUEUE } from '../../src/workflows/messages.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import { openStore } from '../helpers/any-store.ts';

const QUEUE = '6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01';
const CALENDAR = `timeZone: Europe/Berlin
calendars: { always: { times: [{ rule: FREQ=DAILY }] } }
windows: [{ allow: [always] }]
`;
/** Its divisions are the calendar's, too. */
const OPERATORS = `divisions: { north: [${QUEUE}] }\n`;
const HOUR = 3_600_000;
const NORTH = { scope: { kind: 'division', name: 'north' }, by: 'ana', reason: 'peak season' } as const;

let db: Database;
let org: ScriptedOrganisation;
let harness: Harness;

beforeAll(async () => {
  db = await openStore();
  const folder = await mkdtemp(join(tmpdir(), 'calendar-'));
  const env = { CALENDAR_FILE: join(folder, 'calendar.yaml'), OPERATORS_FILE: join(folder, 'operators.yaml') };
  await writeFile(env.CALENDAR_FILE, CALENDAR);
  await writeFile(env.OPERATORS_FILE, OPERATORS);
  const tell = (fields: object): void => void process.stderr.write(JSON.stringify(fields));
  const logger = { error: tell, info: tell };
  const operators = await operatorsOf(env, logger);
  const calendar = await organisationCalendar({ env, logger, now: Date.now, operators });
  const scripted = activitiesOf(() => org);
  const target = {
    setSplit: async (deployment: never, percent: number) => void (await scripted.applySplit({ deployment, percent })),
    readBack: async () => org.state(),
  };
  const deps = { db, now: Date.now, calendar, targets: { of: () => target }, webhook: {} };
  const { applySplit } = organisationActivities(deps as unknown as Parameters<typeof organisationActivities>[0]);
  const time = calendarActivities({ db, now: Date.now, calendar });
  // What raises a split asks the store what it knows of the run.
  const { record } = journalActivities({ db, now: Date.now });
  harness = await startHarness({
    ...scripted,
    ...time,
    awaitCalendar: withHeartbeat(time.awaitCalendar),
    applySplit,
    record: async (entries: Parameters<typeof record>[0]) => {
      await scripted.record(entries);
      await record(entries);
    },
  });
});
afterAll(async () => {
  await harness.close();
  await db.close();
});
beforeEach(async () => {
  org = new ScriptedOrganisation();
  await db.query('delete from freezes');
});

const ask = (asked: FreezeAct): Promise<FreezeAnswer> =>
  harness.client.workflow.execute(FREEZE_WORKFLOW, {
    workflowId: `${FREEZE_WORKFLOW}/${randomUUID()}`,
    taskQueue: ROLLOUTS_QUEUE,
    args: [asked],
  });
const freeze = (): Promise<FreezeAnswer> => ask({ do: 'freeze', until: { forMs: HOUR }, ...NORTH });

/** Frozen while it bakes at 10 %, it waits before 50 %. */
async function frozenAtTen(): Promise<RolloutHandle> {
  const plan = quickPlan({ target: { kind: 'assistPanel', queues: [QUEUE] } });
  const [first, bake, ...more] = plan.steps;
  if (first === undefined || bake?.kind !== 'bake') throw new Error('The plan begins with a split and a bake.');
  // It bakes until it is safe, which the judge says of it only when it is frozen.
  const long = { ...bake, atMostMs: HOUR, require: 'safe' } as const;
  org.verdict = 'undecided';
  const handle = await harness.start({ ...plan, steps: [first, long, ...more] });
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  expect((await freeze()).kind).toBe('done');
  org.verdict = 'safe';
  await harness.statusWhen(
    handle,
    // The status says so before the watch that holds has begun.
    ({ waitingFor }) => waitingFor.includes('freeze by ana') && org.watches.at(-1)?.goal.kind === 'hold',
  );
  expect(org.writes).toEqual(['deploy', 'split 10']);
  return handle;
}

test('the rise is held and the judge goes on; unfrozen, it goes on by itself', async () => {
  const handle = await frozenAtTen();
  expect(org.watches.at(-1)?.splitPercent).toBe(10);
  expect(await ask({ do: 'unfreeze', ...NORTH, reason: 'over' })).toMatchObject({ kind: 'done' });
  expect((await handle.result()).outcome).toBe('promoted');
  expect(org.records.map(({ act }) => act)).toEqual(expect.arrayContaining(['windowClosed', 'windowOpened']));
});

test('harm in a freeze rolls back at once, and the freeze is there still', async () => {
  const handle = await frozenAtTen();
  org.verdict = 'harm';
  expect((await handle.result()).outcome).toBe('rolledBack');
  expect(org.writes).toEqual(['deploy', 'split 10', 'roll back']);
  expect(await ask({ do: 'list' } as never)).toMatchObject({ now: [{ by: 'ana' }] });
});

test('an admin lets pass what is shown, loudly and on record; a freeze that comes later holds again', async () => {
  const handle = await frozenAtTen();
  org.knows = (by) => ({ ...operator, by, roles: by === 'root' ? ['admin'] : ['operator', 'approver'] });
  const override = (by: string) =>
    handle.executeUpdate(ACT_UPDATES.override, {
      args: [{ by, reason: 'the law changes tonight', until: new Date(Date.now() + HOUR).toISOString(), window: true }],
    });
  await expect(override('kim')).rejects.toMatchObject({
    cause: {
      message: 'Cannot override: a closed change window is let pass by an admin; kim has only operator, approver.',
    },
  });
  org.before = async (activity) => {
    // Between the override and the last rises.
    if (activity === 'watch' && org.candidate.splitPercent === 50 && !again) again = (await freeze()).kind === 'done';
  };
  let again = false;
  const { overrides, waitingFor } = await override('root');
  expect(overrides?.[0]).toMatch(
    /^OVERRIDE by root until .*: splits rise though the change window is closed until .*ana/,
  );
  expect(waitingFor).not.toContain('freeze');
  await harness.statusWhen(
    handle,
    (status) => status.splitPercent === 50 && status.waitingFor.includes('freeze by ana'),
  );
  org.verdict = 'harm';
  expect((await handle.result()).outcome).toBe('rolledBack');
  expect(org.records).toContainEqual(expect.objectContaining({ act: 'override', actor: 'root', verifiedBy: 'key' }));
});

const operator = { verifiedBy: 'key', subject: 'ed25519:abc', groups: [] } as const;
