/** How a page is told what is new, and when that ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createStreams } from '../../src/console/stream.ts';
import type { Fragments, StreamOptions } from '../../src/console/stream.ts';
import type { Viewer } from '../../src/console/viewer.ts';
import { createWatches } from '../../src/console/watch.ts';
import { fakeEngine, openConsole, summaryOf, viewOf } from './helpers.ts';
import type { FakeEngine } from './helpers.ts';
import { reader, until } from './reader.ts';

const clock = () => performance.now();

describe('a stream', () => {
  /** Hands out what `push` is given, each when it is asked for. */
  interface Source {
    readonly push: (fragments: Fragments) => void;
    readonly fragments: StreamOptions['fragments'];
  }
  function source(): Source {
    const waiting: Fragments[] = [];
    let wake: () => void = () => undefined;
    return {
      push(fragments: Fragments) {
        waiting.push(fragments);
        wake();
      },
      fragments: async function* all(signal: AbortSignal) {
        signal.addEventListener('abort', () => wake(), { once: true });
        while (!signal.aborted) {
          const next = waiting.shift();
          if (next !== undefined) yield () => next;
          else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      },
    };
  }
  const quiet = { onError: () => undefined, lastEventId: undefined, whyEnd: async () => null };

  test('sends what has changed, and all of it to who comes anew', async () => {
    const streams = createStreams(clock);
    const from = source();
    const page = reader(streams.open('ana', { ...quiet, fragments: from.fragments }));
    from.push({ a: '1', b: '1' });
    const first = await page.next('fragments');
    from.push({ a: '1', b: '2' });
    const second = await page.next('fragments');
    expect([first.data, second.data]).toEqual([{ a: '1', b: '1' }, { b: '2' }]);
    const other = source();
    const again = reader(streams.open('ana', { ...quiet, fragments: other.fragments, lastEventId: second.id }));
    // As it left it, nothing is sent; what has changed since is.
    other.push({ a: '1', b: '2' });
    other.push({ a: '3', b: '2' });
    expect((await again.next('fragments')).data).toEqual({ a: '3' });
    const older = source();
    const late = reader(streams.open('ana', { ...quiet, fragments: older.fragments, lastEventId: first.id }));
    older.push({ a: '3', b: '2' });
    expect((await late.next('fragments')).data).toEqual({ a: '3', b: '2' });
    streams.close();
  });

  test('ends when its session does, and says so', async () => {
    const streams = createStreams(clock);
    let why: string | null = null;
    const from = source();
    const page = reader(
      streams.open('ana', { ...quiet, fragments: from.fragments, whyEnd: async () => why, pingMs: 1 }),
    );
    why = 'session';
    expect((await page.next('end')).data).toEqual({ why: 'session' });
    await until(() => streams.size === 0);
  });

  test('is told of, left and counted: one person has so many, and others theirs', async () => {
    const streams = createStreams(clock);
    const open = (who: string) => streams.open(who, { ...quiet, fragments: source().fragments });
    const pages = Array.from({ length: 20 }, () => reader(open('ana')));
    expect(() => open('ana')).toThrow(expect.objectContaining({ code: 'console-too-many' }));
    open('ben');
    expect(streams.size).toBe(21);
    await pages[0]?.leave();
    await until(() => streams.size === 20);
    open('ana');
    streams.close();
  });

  test('a reader that does not read is sent the newest when it does, not all that was', async () => {
    const streams = createStreams(clock);
    let count = 0;
    const response = streams.open('ana', {
      ...quiet,
      async *fragments(signal) {
        for (; !signal.aborted; await sleep(0)) {
          const a = String((count += 1));
          yield () => ({ a });
        }
      },
    });
    await sleep(50);
    // One that waits for room, one that is ready: however long nobody reads.
    expect(count).toBeLessThan(5);
    const page = reader(response);
    const first = Number((await page.next('fragments')).data['a']);
    expect(first).toBeLessThan(5);
    streams.close();
  });

  test('asks whether it goes on before it tells more, however much is new', async () => {
    let ms = 0;
    let why: string | null = null;
    const streams = createStreams(() => ms);
    const from = source();
    const page = reader(streams.open('ana', { ...quiet, fragments: from.fragments, whyEnd: async () => why }));
    from.push({ a: '1' });
    await page.next('fragments');
    why = 'session';
    ms += 1_000;
    for (const a of ['2', '3', '4']) from.push({ a });
    expect((await page.next('end')).data).toEqual({ why: 'session' });
    await until(() => streams.size === 0);
  });

  test('whose source fails while its reader does not read ends that stream, and nothing else', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const streams = createStreams(clock);
    const failed: unknown[] = [];
    const fault = new Error('its worker is gone');
    let isOver = false;
    const response = streams.open('ana', {
      ...quiet,
      onError: (error) => failed.push(error),
      async *fragments() {
        yield () => ({ a: '1' });
        isOver = true;
        throw fault;
      },
    });
    const body = (response.body as ReadableStream<Uint8Array>).getReader();
    await body.read();
    await until(() => isOver);
    await sleep(20);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    while (!(await body.read()).done);
    expect([failed, streams.size]).toEqual([[fault], 0]);
  });

  test('that is left by a reader who had not read lets go of what it follows', async () => {
    const streams = createStreams(clock);
    const followed: string[] = [];
    const response = streams.open('ana', {
      ...quiet,
      async *fragments(signal) {
        try {
          for (let a = 0; !signal.aborted; a += 1, await sleep(0)) {
            followed.push('told');
            yield () => ({ a: String(a) });
          }
        } finally {
          followed.push('let go');
        }
      },
    });
    const body = (response.body as ReadableStream<Uint8Array>).getReader();
    await body.read();
    await until(() => followed.length > 1);
    await sleep(20);
    await body.cancel();
    await until(() => followed.at(-1) === 'let go');
  });
});

describe('the right to look', () => {
  let fake: FakeEngine;
  let seen: readonly string[];
  let ms: number;
  const viewer = (): Viewer => ({
    name: 'ben',
    countedAs: 'ben',
    untilMs: null,
    formToken: 'x',
    engine: fake.engine,
    refusalOf: refusalBy([...seen]),
  });
  /** By what they may when they are looked up. */
  const refusalBy = (may: readonly string[]) => (_act: string, action: string) =>
    may.includes(action) ? null : 'not granted.';

  beforeEach(() => {
    fake = fakeEngine();
    fake.views = new Map(['Refund', 'Other'].map((name) => [name, viewOf(name)]));
    fake.rows = ['Refund', 'Other'].map((name) => summaryOf(name));
    seen = ['Refund', 'Other'];
    ms = 0;
  });
  const open = () => openConsole(fake, { viewers: { of: async () => viewer() }, clock: () => (ms += 600) });

  test('that is taken away ends the stream of the rollout before it tells anything more', async () => {
    const site = open();
    const page = reader(await site.get('/rollouts/Refund/stream'));
    await page.next('fragments');
    seen = ['Other'];
    fake.views = new Map([['Refund', viewOf('Refund', { waitingFor: 'what Ben may not see' })]]);
    const next = await page.next();
    expect([next.event, next.data]).toEqual(['end', { why: 'right' }]);
    site.close();
  });

  test('is asked for again by the board: what was taken away leaves it, what was granted comes', async () => {
    seen = ['Other'];
    const site = open();
    const page = reader(await site.get('/stream'));
    const until_ = async (what: (rows: string) => boolean): Promise<void> =>
      until(async () => what((await page.next('fragments')).data['rows-0'] ?? ''));
    await until_((rows) => rows.includes('Other') && !rows.includes('Refund'));
    seen = ['Refund'];
    await until_((rows) => rows.includes('Refund') && !rows.includes('Other'));
    site.close();
  });

  test('of a reader who went away while the page was new is followed by nobody', async () => {
    const { engine } = fake;
    let followers = 0;
    const watches = createWatches({
      engine,
      tell: async () => ({ story: null, missing: null }),
      now: clock,
      pollMs: 0,
    });
    const follow: typeof watches.follow = async function* counted(...given) {
      followers += 1;
      try {
        yield* watches.follow(...given);
      } finally {
        followers -= 1;
      }
    };
    const site = openConsole(fake, { watches: { look: (...given) => watches.look(...given), follow } });
    const body = ((await site.get('/rollouts/Refund/stream')).body as ReadableStream<Uint8Array>).getReader();
    await body.read();
    await until(() => followers === 1);
    await sleep(20);
    await body.cancel();
    await until(() => followers === 0);
    site.close();
  });
});
