/** What each role of the database may do, on a real server with the roles that deploy/roles.sql makes. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { journalActivities } from '../../src/activities/journal.ts';
import { storyOf } from '../../src/configurator/story.ts';
import { generateKey } from '../../src/audit/note.ts';
import { checkpointNow } from '../../src/audit/sign.ts';
import { verifyDatabase } from '../../src/audit/verify.ts';
import { appendAudit, listAudit } from '../../src/store/audit.ts';
import { baseRates } from '../../src/store/base-rates.ts';
import { saveCompliance } from '../../src/store/compliance.ts';
import type { Database } from '../../src/store/database.ts';
import { keepRefused } from '../../src/store/dead-letters.ts';
import { looksUpTo, saveLooks } from '../../src/store/decision-looks.ts';
import { setDestinations } from '../../src/store/destinations.ts';
import { readEventStats } from '../../src/store/event-stats.ts';
import { transitionRecord } from '../helpers/transition-record.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { readCards } from '../../src/store/exposures.ts';
import { loadJudgeState, saveJudgeState } from '../../src/store/judge-states.ts';
import { openDatabase } from '../../src/store/open.ts';
import { addCards, cardsToShow } from '../../src/store/panel/cards.ts';
import { takeFeeds } from '../../src/store/panel/feeds.ts';
import { endInstance, laggards, renewInstance } from '../../src/store/panel/instances.ts';
import { storePageEvents } from '../../src/store/panel/page-events.ts';
import { openSession } from '../../src/store/panel/sessions.ts';
import { longWatchRecordOf } from '../../src/store/long-watches.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { powersOverLog, TABLE_RIGHTS } from '../../src/store/roles.ts';
import { cli } from '../cli/fixtures.ts';
import { describePostgres } from '../helpers/database.ts';
import { NOON, eventOf, metricEventOf } from '../helpers/events.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';
import { findPostgres } from '../helpers/postgres.ts';
import { ROOT } from '../helpers/sources.ts';
import { openPatiently } from '../helpers/patient-store.ts';
import { cardOf, startPair } from './panel/fixtures.ts';

const { signer } = generateKey('log.example/audit');
const AT = new Date(NOON);
const entry = (key: string) => ({ key, at: AT, actor: 'kim', act: 'pause', reason: 'lunch' });

describePostgres('the roles of the database', (postgres) => {
  let admin = '';
  const as = (role: string): string => {
    const url = new URL(admin);
    url.username = role;
    return url.href;
  };
  let worker: Database;
  let events: Database;
  let panel: Database;
  let reader: Database;

  beforeAll(async () => {
    admin = await postgres().createDatabase();
    const passwords = ['owner', 'worker', 'events', 'panel', 'console'].flatMap((who) => [
      '-v',
      `${who}_password=it's ${who}`,
    ]);
    const made = spawnSync(
      join(findPostgres() ?? '', 'psql'),
      ['-X', '-v', 'ON_ERROR_STOP=1', ...passwords, '-d', admin, '-f', join(ROOT, 'deploy/roles.sql')],
      { encoding: 'utf8' },
    );
    expect([made.status, made.stderr]).toEqual([0, '']);
    await expect(openDatabase({ kind: 'pg', url: as('assist_worker') })).rejects.toMatchObject({
      code: 'store-older-than-code',
      message: expect.stringContaining('database setup') as string,
    });
    for (let times = 0; times < 2; times += 1)
      expect(await cli(['database', 'setup'], { env: { DATABASE_URL: as('assist_owner') } })).toMatchObject({
        code: 0,
      });
    worker = await openPatiently(as('assist_worker'));
    events = await openPatiently(as('assist_events'));
    panel = await openPatiently(as('assist_panel'));
    reader = await openPatiently(as('assist_console'));
  });
  afterAll(async () => {
    await worker.close();
    await events.close();
    await panel.close();
    await reader.close();
  });

  test('every table has its line among the rights', async () => {
    const tables = await worker.query<{ name: string }>(
      "select relname::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace " +
        'order by 1',
    );
    expect(tables.map(({ name }) => name)).toEqual(Object.keys(TABLE_RIGHTS).sort());
  });

  test('the worker does all that a worker does: records, judges, signs and verifies', async () => {
    await saveCompliance(worker, {
      contentSha256: 'a'.repeat(64),
      status: 'passed',
      rulesVersion: '1',
      dataVersion: '1',
      at: AT,
      action: 'Card',
      version: '2',
      rolloutId: 'r1',
    });
    await journalActivities({ db: worker, now: () => NOON }).record([transitionRecord('r1/1')]);
    for (const cursor of [1, 2])
      await saveJudgeState(worker, { rolloutId: 'r1', cursor, state: {}, report: null, updatedAt: AT });
    expect(await loadJudgeState(worker, 'r1')).toMatchObject({ cursor: 2 });
    await saveLooks(worker, {
      rolloutId: 'r1',
      fromCursor: 0,
      cursor: 2,
      looks: [{ atMs: 1, splitPercent: 5, cards: [] }],
    });
    await readCards(worker, {
      actionIds: ['a'],
      afterSeq: 0,
      settledBefore: AT,
      limit: 1,
      awaited: { custom: ['handleTime'], outcomes: [] },
    });
    await checkpointNow(worker, signer, { now: () => NOON });
    expect(await verifyDatabase(worker, { verifier: signer })).toMatchObject({ ok: true, entries: 2 });
    expect(await powersOverLog(worker)).toEqual([]);
  });

  test('the console reads what is told of rollouts, and what a forecast takes; it changes nothing', async () => {
    await saveRollout(worker, rolloutRow({ rolloutId: 'r9', action: 'Told' }));
    expect(await storyOf(reader, 'Told')).toMatchObject({ rollout: { rolloutId: 'r9' }, judged: null });
    expect([await loadJudgeState(reader, 'r9'), await longWatchRecordOf(reader, 'r9')]).toEqual([null, null]);
    expect(await looksUpTo(reader, 'r9', 1)).toEqual([]);
    expect(await baseRates(reader, 'Told', AT, NOON)).toBeNull();
    for (const [table, columns] of [
      ['rollouts', 'phase = null'],
      ['judge_states', 'state = null'],
    ])
      await expect(reader.query(`update ${table} set ${columns}`)).rejects.toThrow('permission denied');
    await expect(reader.query("select append_audit('{}')")).rejects.toThrow('permission denied');
    await expect(reader.query('select * from events')).rejects.toThrow('permission denied');
  });

  test('the events service does all that it does: events, levels, dead letters, figures, and what waits to be forwarded', async () => {
    await setDestinations(worker, ['coaching']);
    await storeEvents(
      events,
      [eventOf('c1', 'triggered', 0), eventOf('c1', 'accepted', 9), metricEventOf('c1', 'handleTime', 7, 20)],
      { source: 'test', receivedAt: AT },
    );
    for (let times = 0; times < 2; times += 1)
      await keepRefused(events, [
        {
          source: 'test',
          receivedAt: AT,
          code: 'x',
          reason: 'y',
          digest: 'd',
          body: new Uint8Array([1]),
        },
      ]);
    expect(await readEventStats(events, 10)).toBeDefined();
    expect(await events.query('select destination from outbox')).not.toEqual([]);
  });

  test('the panel shows what the worker publishes, tells of it, and what the worker takes back goes from its pages', async () => {
    await setDestinations(worker, ['coaching']);
    const { candidate, epoch, split } = await startPair(worker, 100);
    const id = randomUUID();
    expect(await renewInstance(panel, { id, epoch })).toEqual({ epoch, lapsed: true });
    expect(await takeFeeds(panel, { instanceId: id, queues: ['queue-1'] })).toEqual(['queue-1']);
    const card = cardOf(candidate);
    const { conversationId, agentId: userId } = card;
    await openSession(panel, { id: randomUUID(), conversationId, userId, instanceId: id, state: 'visible' });
    expect(await addCards(panel, [card])).toEqual(['added']);
    const rendered = {
      id: 'e1',
      kind: 'rendered',
      cardId: card.cardId,
      afterMs: 1,
      sha256: candidate.htmlSha256,
    } as const;
    expect(await storePageEvents(panel, [{ conversationId, userId, events: [rendered] }])).toMatchObject([
      { stored: 1 },
    ]);
    await split(0, epoch);
    expect(await cardsToShow(panel, [conversationId])).toEqual([]);
    expect((await laggards(worker, epoch)).live).toBe(1);
    await endInstance(panel, id);
  });

  test.each([
    ['select * from audit'],
    ['select * from rollouts'],
    ['insert into panel_versions (action) values ($$x$$)'],
    ['delete from panel_versions'],
    ['update panel_split set epoch = epoch'],
    ["select nextval('panel_epoch')"],
    ['delete from panel_cards'],
    ['delete from events'],
    ['create table mine (n int)'],
  ])('the panel may not: %s', async (sql) => {
    await expect(panel.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  test.each([
    ['update audit set actor = actor'],
    ['delete from audit'],
    ['truncate audit'],
    [
      'insert into audit (key, at, actor, act, reason, leaf, line) values ($$x$$, now(), $$a$$, $$b$$, $$c$$, ' +
        '99, $${}$$)',
    ],
    ['alter table audit disable trigger all'],
    ['alter table audit disable trigger audit_stays'],
    ['drop trigger audit_stays on audit'],
    ['drop table audit'],
    ["set session_replication_role = 'replica'"],
    [
      'create or replace function refuse_audit_change() returns trigger language plpgsql as $$ begin return ' +
        'null; end $$',
    ],
    ['update audit_nodes set hash = hash'],
    ['delete from audit_checkpoints'],
    ['update audit_checkpoints set note = note'],
    ['select add_audit_leaf(99, $$x$$)'],
    ["copy (select 1) to program 'id'"],
    ["copy audit to '/tmp/audit-copy'"],
    ["select pg_read_file('/etc/passwd')"],
    ['create table mine (n int)'],
    ['create temporary table audit (n int)'],
    ['create function public.sha256(bytea) returns bytea language sql as $$ select $1 $$'],
    ['delete from rollouts'],
    ['delete from panel_split'],
    ['update panel_versions set version = version'],
    ['update panel_cards set version_id = version_id'],
    ['delete from events'],
    ['alter role assist_worker superuser'],
    ['set role assist_owner'],
    ['grant assist_owner to assist_worker'],
    ['update schema_migrations set id = id'],
    ['insert into events (source, id) values ($$x$$, $$y$$)'],
  ])('the worker may not: %s', async (sql) => {
    await expect(worker.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  test.each([
    ['select * from audit'],
    ['select append_audit($${}$$)'],
    ['update rollouts set outcome = outcome'],
    ['select * from rollouts'],
    ['select * from judge_states'],
    ['insert into judge_states select 1'],
    ['update audit set actor = actor'],
    ["copy (select 1) to program 'id'"],
    ['create table mine (n int)'],
    ['delete from events'],
    ['update events set raw = raw'],
    ['select * from audit_checkpoints'],
  ])('the events service may not: %s', async (sql) => {
    await expect(events.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  test('a table that somebody puts in front of ours does not catch what is appended', async () => {
    const superuser = await openPatiently(admin);
    for (const sql of [
      'create schema decoy',
      'create table decoy.audit (like public.audit including all)',
      'grant usage on schema decoy to public',
      'grant all on decoy.audit to public',
    ])
      await superuser.query(sql);
    await superuser.close();
    await worker.tx(async (trx) => {
      await trx.query("select set_config('search_path', 'decoy, public', true)");
      expect(await trx.query('select * from audit')).toEqual([]);
      expect(await appendAudit(trx, entry('k1'))).toBe(true);
    });
    expect((await listAudit(worker)).map(({ key }) => key)).toContain('k1');
  });

  test('a role that could do more is known for what it could', async () => {
    const owner = await openPatiently(as('assist_owner'));
    const superuser = await openPatiently(admin);
    try {
      expect(await powersOverLog(owner)).toEqual([expect.stringContaining('owns the audit log')]);
      expect(await powersOverLog(superuser)).toEqual([expect.stringContaining('superuser')]);
      await expect(owner.query('delete from audit')).rejects.toThrow('append-only');
    } finally {
      await owner.close();
      await superuser.close();
    }
  });
});

describePostgres('a server without the roles', (postgres) => {
  test('setup says which are missing and how they are made', async () => {
    const { code, stdout } = await cli(['database', 'setup', '--json'], {
      env: { DATABASE_URL: await postgres().createDatabase() },
    });
    expect([code, JSON.parse(stdout)]).toMatchObject([
      2,
      { code: 'store-roles-missing', message: expect.stringContaining('deploy/roles.sql') as string },
    ]);
  });

  test('setup over tables that another role has made says whose work it is', async () => {
    const url = new URL(await postgres().createDatabase());
    const maker = await openPatiently(url.href);
    try {
      await maker.query('create role newcomer login');
    } finally {
      await maker.close();
    }
    url.username = 'newcomer';
    const { code, stdout } = await cli(['database', 'setup', '--json'], { env: { DATABASE_URL: url.href } });
    expect([code, JSON.parse(stdout)]).toMatchObject([
      2,
      {
        code: 'store-forbidden',
        message: expect.stringContaining('permission denied for table schema_migrations') as string,
        remedy: expect.stringContaining('the role that owns them') as string,
      },
    ]);
  });
});
