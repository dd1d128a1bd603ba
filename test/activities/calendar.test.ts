import { MockActivityEnvironment } from '@temporalio/testing';
import { calendarActivities } from '../../src/activities/calendar.ts';
import type { FreezeAct, FreezeScope } from '../../src/domain/calendar/freeze.ts';
import { planWindows } from '../../src/domain/calendar/form.ts';
import { parseOrganisationCalendar } from '../../src/domain/calendar/organisation.ts';
import type { OrganisationCalendar } from '../../src/domain/calendar/organisation.ts';
import { organisationActivities } from '../../src/activities/organisation.ts';
import { describeEachStore } from '../helpers/database.ts';

const HOUR = 3_600_000;
const RULES = {
  timeZone: 'Europe/Berlin',
  divisions: { north: ['q-1'] },
  calendars: { shift: { times: [{ rule: 'FREQ=DAILY', from: '08:00', to: '20:00' }] } },
};
const actor = { by: 'ana', verifiedBy: 'key' as const, subject: 'ed25519:abc' };
const all = { kind: 'all' as const };
const FROZEN = { scope: all, until: { forMs: HOUR }, by: 'ana', reason: 'peak season' };
const frozen = (more: { scope?: FreezeScope; until?: { forMs: number } } = {}): FreezeAct => ({
  do: 'freeze',
  ...FROZEN,
  ...more,
});
const UNFROZEN: FreezeAct = { do: 'unfreeze', scope: all, by: 'ana', reason: 'over' };
const question = { action: 'RefundAssist', queues: ['q-1'], windows: null };

function read(): OrganisationCalendar {
  const parsed = parseOrganisationCalendar(RULES, new Map());
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.calendar;
}

describeEachStore('the calendar of a worker', (store) => {
  let nowMs = 0;
  let organisation = read();
  const served = () =>
    calendarActivities({ db: store(), now: () => nowMs, calendar: { now: async () => organisation } });
  const run = <T>(work: () => Promise<T>, attempt = 1): Promise<T> =>
    new MockActivityEnvironment({ attempt }).run<[], T, () => Promise<T>>(work);
  const change = (id: string, asked: FreezeAct, refusal: string | null = null) =>
    served().changeFreeze({ id, asked, actor: refusal === null ? actor : null, refusal });
  const entries = () =>
    store().query<{ act: string; actor: string; reason: string; details: object }>(
      `select line::jsonb->>'act' as act, line::jsonb->>'actor' as actor, line::jsonb->>'reason' as reason,
         line::jsonb->'details' as details from audit order by leaf desc limit 1`,
    );
  beforeEach(async () => {
    nowMs = Date.now();
    organisation = read();
    await store().query('delete from freezes');
  });

  test('a freeze is on record with who and how it was known; a repeat of it is one', async () => {
    await change('r-1', frozen());
    await change('r-1', frozen());
    expect(await entries()).toMatchObject([
      {
        act: 'freeze',
        actor: 'ana',
        reason: 'everything: peak season',
        details: { verifiedBy: 'key', subject: 'ed25519:abc' },
      },
    ]);
    expect((await served().listFreezes()).kind === 'list' && (await served().listFreezes())).toMatchObject({
      now: [{ by: 'ana' }],
    });
  });

  test('who may not is refused on record, and nothing is frozen; nor is an unknown division, or what is not frozen lifted', async () => {
    expect(await change('r-2', frozen(), 'Cannot freezeAll: ana is no admin.')).toEqual({
      kind: 'refused',
      why: 'Cannot freezeAll: ana is no admin.',
    });
    expect(await entries()).toMatchObject([{ act: 'refused', details: { asked: 'freeze' } }]);
    expect(await change('r-3', frozen({ scope: { kind: 'division', name: 'south' } }))).toMatchObject({
      why: 'There is no division "south". Write one of north, or add it.',
    });
    expect(await change('r-4', UNFROZEN)).toMatchObject({
      why: expect.stringContaining('Nothing is frozen on everything: it never was.'),
    });
    expect((await served().calendar(question)).open).toBe(true);
  });

  test('a wait ends at once when the freeze is lifted, without a look in between', async () => {
    await change('r-5', frozen());
    const closed = await served().calendar(question);
    expect(closed).toMatchObject({ open: false, why: expect.stringContaining('(freeze by ana: peak season)') });
    const waiting = run(() => served().awaitCalendar({ ...question, knownWhy: closed.why }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await change('r-6', UNFROZEN);
    expect(await waiting).toMatchObject({ open: true });
    expect(await change('r-7', UNFROZEN)).toMatchObject({
      why: expect.stringContaining('ana lifted the freeze by ana'),
    });
  });

  test('what an admin let pass is what was shown: a freeze that comes later holds, and so does the old one in the end', async () => {
    await change('r-20', frozen());
    const { closing } = await served().calendar(question);
    expect(closing).toEqual(['freeze r-20']);
    const letPass = [{ closing, untilMs: nowMs + 1000 }];
    expect(await served().calendar({ ...question, letPass })).toMatchObject({ open: true, closing: [] });
    await change('r-21', frozen());
    expect(await served().calendar({ ...question, letPass })).toMatchObject({ open: false, closing: ['freeze r-21'] });
    nowMs += 1000;
    expect((await served().calendar({ ...question, letPass })).closing).toEqual(['freeze r-20', 'freeze r-21']);
  });

  test('a freeze that ends by itself ends the wait at its time', async () => {
    await change('r-8', frozen({ until: { forMs: 3_000 } }));
    const wait = calendarActivities({
      db: store(),
      now: Date.now,
      calendar: { now: async () => organisation },
    }).awaitCalendar;
    const closed = await served().calendar(question);
    expect(closed.open).toBe(false);
    expect(await run(() => wait({ ...question, knownWhy: closed.why }))).toMatchObject({ open: true });
  });

  test('a freeze wins or loses, and never by half: what an earlier attempt may have written is taken back and read back', async () => {
    const writes: number[] = [];
    const target = {
      setSplit: async (_: unknown, percent: number) => void writes.push(percent),
      readBack: async () => stateAt(writes.at(-1) ?? 0),
    };
    const deps = { db: store(), now: () => nowMs, targets: { of: () => target }, webhook: {} };
    const { applySplit } = organisationActivities(deps as unknown as Parameters<typeof organisationActivities>[0]);
    const rise = { deployment: DEPLOYMENT, percent: 50, rise: { from: 10, question } };
    const attempt = (nth: number) => run(() => applySplit(rise), nth);
    expect((await attempt(1)).state.candidate?.splitPercent).toBe(50);
    await change('r-9', frozen());
    writes.length = 0;
    await expect(attempt(1)).rejects.toMatchObject({ type: 'WindowClosed', nonRetryable: true });
    expect(writes).toEqual([]);
    // The first attempt may have arrived before the freeze; its answer was lost.
    writes.push(50);
    await expect(attempt(2)).rejects.toMatchObject({ type: 'WindowClosed' });
    expect(writes).toEqual([50, 10]);
    // So may one that a pause gave up, whose order was another.
    writes.push(50);
    const again = { ...rise, rise: { ...rise.rise, mayStand: true as const } };
    await expect(run(() => applySplit(again))).rejects.toMatchObject({ type: 'WindowClosed' });
    expect(writes).toEqual([50, 10, 50, 10]);
    // What lowers is never asked.
    const lowered = await run(() => applySplit({ deployment: DEPLOYMENT, percent: 0 }));
    expect(lowered.state.candidate?.splitPercent).toBe(0);
  });

  test('hours are counted while they are open and nothing is frozen; the planned end moves with a freeze', async () => {
    const reach = { action: 'RefundAssist', queues: ['q-1'] };
    const sinceMs = Date.parse('2026-12-01T18:00:00+01:00');
    const hours = { reach, hours: 'shift', sinceMs, countedMs: HOUR, forMs: 4 * HOUR, atMostMs: 15 * HOUR };
    nowMs = Date.parse('2026-12-02T06:00:00+01:00');
    expect(await served().countHours(hours)).toEqual({
      countedMs: 3 * HOUR,
      endsAtMs: Date.parse('2026-12-02T09:00:00+01:00'),
      atMostAtMs: Date.parse('2026-12-02T20:00:00+01:00'),
      open: false,
      atMs: nowMs,
    });
    await store().query(
      `insert into freezes (id, scope_kind, scope_name, frozen_by, reason, from_at, until_at) values
         ('f', 'queue', 'q-1', 'ana', 'r', '2026-12-02T08:30+01', '2026-12-02T10:30+01')`,
    );
    expect((await served().countHours(hours)).endsAtMs).toBe(Date.parse('2026-12-02T11:00:00+01:00'));
  });

  test('a calendar that is no longer there holds, says so, and goes on by itself when it is back', async () => {
    const windows = planWindows.parse({ allow: ['shift'] });
    organisation = { ...organisation, calendars: new Map() };
    expect(await served().calendar({ ...question, windows })).toMatchObject({
      open: false,
      why: expect.stringContaining('There is no calendar shift.'),
    });
  });
});

const DEPLOYMENT = {
  target: 'agentAssistActions' as const,
  actionName: 'RefundAssist',
  baseline: refOf('b'),
  candidate: refOf('c'),
};

function refOf(id: string) {
  return { id, version: '1.0.0', fingerprint: { html: id, document: id } };
}

function stateAt(percent: number) {
  const arm = (id: string, splitPercent: number) => ({
    enabled: true,
    servesHere: true,
    splitPercent,
    fingerprint: refOf(id).fingerprint,
  });
  return {
    candidate: arm('c', percent),
    baseline: arm('b', 100 - percent),
    effectiveSplitPercent: percent,
    covered: true,
    correlationId: 'c-1',
  };
}
