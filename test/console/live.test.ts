/** What comes into an open page by itself, who is asked for it and how often, and when it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createBoard } from '../../src/console/board.ts';
import type { BoardEntry } from '../../src/console/board-reader.ts';
import { startConsole } from '../../src/console/server.ts';
import type { ConsoleServer } from '../../src/console/server.ts';
import { createTales } from '../../src/console/tale.ts';
import { localViewers } from '../../src/console/viewer.ts';
import type { Viewer } from '../../src/console/viewer.ts';
import { boardPage } from '../../src/console/views/board.ts';
import { boardQuery } from '../../src/console/views/board-query.ts';
import { createWatches } from '../../src/console/watch.ts';
import { AssistError } from '../../src/configurator/errors.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { fakeEngine, openConsole, summaryOf, viewOf } from './helpers.ts';
import { reader, until } from './reader.ts';
import type { FakeEngine } from './helpers.ts';

const clock = () => performance.now();
let fake: FakeEngine;

beforeEach(() => {
  fake = fakeEngine();
  fake.views = new Map([['Refund', viewOf('Refund')]]);
  fake.rows = [summaryOf('Refund')];
});

const statuses = () => fake.taken.filter(({ what }) => what === 'status').length;

describe('one rollout', () => {
  const tell = () => createTales({ fromStore: null, engine: fake.engine, now: clock, onTrouble: () => undefined });

  test('is asked once for all who look at it, and not any more when nobody does', async () => {
    const answers: (() => void)[] = [];
    const view = viewOf('Refund');
    Object.assign(fake.engine, { status: () => new Promise((resolve) => answers.push(() => resolve(view))) });
    const watches = createWatches({ engine: fake.engine, tell: tell(), now: clock, pollMs: 10 * PATIENCE_MS });
    const leave = new AbortController();
    const looks = Array.from({ length: 3 }, () => watches.follow('Refund', undefined, leave.signal));
    const seen = looks.map(async (look) => (await look.next()).value as { readonly view: unknown });
    expect(answers).toHaveLength(1);
    answers[0]?.();
    expect((await Promise.all(seen)).map((look) => look.view)).toEqual([view, view, view]);
    leave.abort();
    expect(await Promise.all(looks.map(async (look) => (await look.next()).done))).toEqual([true, true, true]);
    expect(answers).toHaveLength(1);
  });

  test('that cannot be asked stays on the page, with why it may be old, and comes back', async () => {
    const away = new AssistError('no-worker', 'No worker answered within 8s.', 'Start one.');
    let isAway = false;
    const status = (action: string) => (isAway ? Promise.reject(away) : fake.engine.status(action));
    const watches = createWatches({ engine: { status }, tell: tell(), now: clock, pollMs: 0 });
    const leave = new AbortController();
    const looks = watches.follow('Refund', undefined, leave.signal);
    const next = async () => (await looks.next()).value as { readonly trouble: string | null };
    expect(await next()).toMatchObject({ trouble: null });
    isAway = true;
    expect(await next()).toMatchObject({ trouble: expect.stringContaining('No worker answered') as string });
    expect(await next()).toMatchObject({ view: { status: { action: 'Refund' } } });
    isAway = false;
    expect(await next()).toMatchObject({ trouble: null });
    leave.abort();
  });

  test('what there is no rollout of is told, and nothing is kept of it', async () => {
    const watches = createWatches({ engine: fake.engine, tell: tell(), now: clock });
    for (let at = 0; at < 2; at += 1)
      await expect(watches.look('None', undefined)).rejects.toMatchObject({ code: 'rollout-not-found' });
    expect(statuses()).toBe(2);
  });
});

describe('the board', () => {
  const rules = { listEveryMs: 1, idleMs: 50, atOnce: 4, perRound: 10, askForMs: 1_000 };
  const boardOf = (onTrouble: (error: unknown) => void = () => undefined, given = clock) =>
    createBoard({ engine: fake.engine, clock: given, now: Date.now, onTrouble, rules });
  /** A clock that goes as it is told: a listing takes no time by it, so no round waits for longer than `listEveryMs`. */
  const onGivenClock = () => {
    const time = { ms: 0 };
    const nobodyLooks = async (): Promise<void> => {
      time.ms += 2 * rules.idleMs;
      // Whatever was begun comes to its end, and nothing more is.
      await sleep(20);
    };
    return { time, nobodyLooks, board: boardOf(undefined, () => time.ms) };
  };

  test('of a thousand rollouts is there after one listing, and asks each in turn', async () => {
    const names = Array.from({ length: 1000 }, (_, at) => `Card${at}`);
    fake.rows = names.map((name) => summaryOf(name));
    fake.views = new Map(names.map((name) => [name, viewOf(name)]));
    const board = boardOf();
    const listing = await board.now();
    expect([listing.entries.length, statuses()]).toEqual([1000, 0]);
    const leave = new AbortController();
    let last = listing;
    await until(async () => {
      last = await board.changed(last, leave.signal);
      return last.entries.every(({ view }) => view !== null);
    });
    // No second time before all were asked once.
    const asked = fake.taken.flatMap(({ what, given }) => (what === 'status' ? [given[0]] : []));
    expect(new Set(asked.slice(0, 1000)).size).toBe(1000);
    board.close();
  });

  test('is read once for all who look, and not while nobody does', async () => {
    const { board, nobodyLooks } = onGivenClock();
    await Promise.all(Array.from({ length: 20 }, () => board.now()));
    expect(fake.taken.filter(({ what }) => what === 'list')).toHaveLength(2);
    await until(() => statuses() > 1);
    await nobodyLooks();
    const { length } = fake.taken;
    await sleep(100);
    expect(fake.taken).toHaveLength(length);
    board.close();
  });

  test('that was seen long ago is shown as that, where a new one takes long', async () => {
    const { board, nobodyLooks } = onGivenClock();
    await board.now();
    await nobodyLooks();
    const list = new Promise(() => undefined);
    Object.assign(fake.engine, { list: () => list });
    const old = await board.now();
    expect([old.entries.length, old.trouble]).toEqual([1, expect.stringContaining('seen last')]);
    board.close();
  });

  test('tells nothing of a time before nobody looked as if it were so now', async () => {
    const { board, nobodyLooks } = onGivenClock();
    let last = await board.now();
    await until(async () => {
      last = await board.changed(last, new AbortController().signal);
      return last.entries[0]?.view !== null;
    });
    await nobodyLooks();
    fake.views = new Map([['Refund', viewOf('Refund', { splitPercent: 0 })]]);
    expect((await board.now()).entries[0]?.view?.status.splitPercent).not.toBe(25);
    board.close();
  });

  test('stays as it was seen while Temporal is away, and says so', async () => {
    const troubles: unknown[] = [];
    const board = boardOf((error) => void troubles.push(error));
    const first = await board.now();
    Object.assign(fake.engine, { list: () => Promise.reject(new AssistError('temporal-unreachable', 'Away.', '')) });
    let last = first;
    const leave = new AbortController();
    await until(async () => {
      last = await board.changed(last, leave.signal);
      return last.trouble !== null;
    });
    expect([last.entries.map(({ summary }) => summary.action), troubles.length > 0]).toEqual([['Refund'], true]);
    board.close();
  });

  test('asks what has ended once for its last word, and shows none of before', async () => {
    const over = { state: 'COMPLETED', outcome: 'rolledBack' as const, endedAt: '2026-03-01T13:00:00.000Z' };
    const names = Array.from({ length: 30 }, (_, at) => `Card${at}`);
    fake.rows = names.map((name) => summaryOf(name));
    fake.views = new Map(names.map((name) => [name, viewOf(name)]));
    const board = boardOf();
    let last = await board.now();
    const seen = async (what: (entry: BoardEntry) => boolean): Promise<void> =>
      until(async () => {
        last = await board.changed(last, new AbortController().signal);
        return last.entries.every(what);
      });
    await seen(({ view }) => view !== null);
    fake.rows = names.map((name) => summaryOf(name, over));
    await seen(({ summary, view }) => summary.outcome !== null && view === null);
    fake.views = new Map(names.map((name) => [name, viewOf(name, { ...over, phase: 'rolledBack' })]));
    await seen(({ view }) => view?.status.outcome === 'rolledBack');
    const asked = statuses();
    for (let at = 0; at < 5; at += 1) last = await board.changed(last, new AbortController().signal);
    expect(statuses()).toBe(asked);
    board.close();
  });

  test('shows a lost rollout as lost, whatever it published last', async () => {
    const lost = summaryOf('Refund', { state: 'TERMINATED', phase: 'terminated', endedAt: '2026-03-01T13:00:00.000Z' });
    Object.assign(fake.engine, {
      list: async (_limit: number, { waiting }: { waiting?: boolean }) => ({
        rollouts: waiting ? [lost] : [{ ...lost, phase: 'baking' }],
        unseen: waiting ? 'Not all was looked at.' : null,
      }),
    });
    const board = boardOf();
    let last = await board.now();
    await until(async () => {
      last = await board.changed(last, new AbortController().signal);
      return last.entries[0]?.summary.phase === 'terminated';
    });
    expect([last.entries.length, last.trouble]).toEqual([1, 'Not all was looked at.']);
    board.close();
  });

  test('what the guardian brought back needs nobody, and is not what it published last', async () => {
    const lost = summaryOf('Refund', { state: 'TERMINATED', phase: 'paused', endedAt: '2026-03-01T13:00:00.000Z' });
    let waits = [lost];
    Object.assign(fake.engine, {
      list: async (_limit: number, { waiting }: { waiting?: boolean }) => ({
        rollouts: waiting ? waits : [lost],
        unseen: null,
      }),
    });
    const why = 'Its run was terminated at 13:00:00 UTC; it was paused then.';
    const recovery = { kind: 'nothing', rolloutId: null, ended: null, foreign: [], why: '' } as const;
    const told = viewOf('Refund', { phase: 'terminated', splitPercent: 25, reason: why, canDo: ['recover'] });
    fake.views = new Map([['Refund', { ...told, lost: { phase: 'terminated', why, recovery: null } }]]);
    const viewer = (await localViewers(fake.engine, 'ana', 'x').of(undefined, ''))!;
    const board = boardOf();
    const page = async (): Promise<string> => boardPage(await board.now(), boardQuery({}), viewer, { signIn: null });
    const shown = async (what: (text: string) => boolean): Promise<void> =>
      until(async () => {
        await board.changed(await board.now(), new AbortController().signal);
        return what(await page());
      });
    expect(await page()).not.toContain('paused');
    await shown((text) => text.includes('Needs attention: 1') && text.includes(why));
    waits = [];
    fake.views = new Map([
      [
        'Refund',
        {
          ...told,
          status: { ...told.status, splitPercent: 0, canDo: [] },
          lost: { phase: 'terminated', why, recovery },
        },
      ],
    ]);
    await shown(
      (text) =>
        text.includes('Nothing needs a person.') &&
        text.includes('terminated') &&
        text.includes('data-label="Split">0 %'),
    );
    for (let round = 0; round < 15; round += 1) await board.changed(await board.now(), new AbortController().signal);
    expect(await page()).toContain('Nothing needs a person.');
    expect(await page()).not.toContain('being asked');
    board.close();
  });
});

describe('over a real socket', () => {
  let server: ConsoleServer;
  let viewer: Viewer | null;

  beforeEach(async () => {
    const tell = createTales({ fromStore: null, engine: fake.engine, now: clock, onTrouble: () => undefined });
    viewer = {
      name: 'ana',
      countedAs: 'ana',
      untilMs: null,
      formToken: 'x',
      engine: fake.engine,
      refusalOf: () => null,
    };
    server = await startConsole({
      host: '127.0.0.1',
      port: 0,
      publicUrl: null,
      histories: null,
      viewers: { of: async () => viewer },
      signIn: null,
      board: createBoard({ engine: fake.engine, clock, now: Date.now, onTrouble: () => undefined }),
      watches: createWatches({ engine: fake.engine, tell, now: clock, pollMs: 5 }),
      plans: {
        look: () => Promise.reject(new Error('not here')),
        forecast: () => Promise.reject(new Error('not here')),
      },
      reports: null,
      examined: () => Promise.reject(new Error('not here')),
      records: fakeEngine().engine,
      runbook: () => Promise.resolve(''),
      cardPolicy: {},
      now: Date.now,
      clock,
    });
  });
  afterEach(() => server.close());

  test('a change of the rollout is on the page, and the stream ends with the process', async () => {
    const page = reader(await fetch(`${server.url}/rollouts/Refund/stream`));
    await page.next('fragments');
    fake.views = new Map([['Refund', viewOf('Refund', { phase: 'rollingBack', waitingFor: 'the proof' })]]);
    await until(async () => JSON.stringify((await page.next('fragments')).data).includes('the proof'));
    const closed = server.close();
    await expect(page.next('never')).rejects.toThrow('The stream has ended.');
    await closed;
  });

  test('who goes away is not asked for any more', async () => {
    const leave = new AbortController();
    const page = reader(await fetch(`${server.url}/rollouts/Refund/stream`, { signal: leave.signal }));
    await page.next('fragments');
    leave.abort();
    await until(async () => {
      const health = (await (await fetch(`${server.url}/health`)).json()) as { streams: number };
      return health.streams === 0;
    });
    let before = -1;
    await until(async () => {
      const now = statuses();
      const isQuiet = now === before;
      before = now;
      await sleep(40);
      return isQuiet;
    });
  });
});

test('pages and their streams are for who may look', async () => {
  const site = openConsole(fake, { viewers: { of: async () => null } });
  for (const path of [
    '/',
    '/stream',
    '/rollouts/Refund',
    '/rollouts/Refund/stream',
    '/rollouts/Refund/report',
    '/plan',
  ])
    expect([path, (await site.get(path)).status]).toEqual([path, 401]);
  site.close();
});
