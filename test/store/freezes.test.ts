import type { FreezeScope } from '../../src/domain/calendar/freeze.ts';
import {
  activeFreezes,
  addFreeze,
  freezesSince,
  liftFreezes,
  onFreezes,
  pastFreezes,
} from '../../src/store/freezes.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { describeEachStore } from '../helpers/database.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describeEachStore('freezes', (store) => {
  beforeEach(() => store().query('delete from freezes'));

  const freeze = (id: string, until: { atMs: number } | { forMs: number }, scope: FreezeScope = { kind: 'all' }) =>
    store().tx((trx) => addFreeze(trx, { id, scope, by: 'ana', verifiedBy: null, reason: 'peak season', until }, DAY));
  const lift = (id: string, scope: FreezeScope = { kind: 'all' }) =>
    store().tx((trx) => liftFreezes(trx, { id, scope, by: 'ben', reason: 'it is over' }));

  test('one that is asked twice is one; whoever listens hears of it', async () => {
    const heard: true[] = [];
    const stop = await onFreezes(store(), () => heard.push(true));
    const first = await freeze('a', { forMs: HOUR });
    expect(await freeze('a', { forMs: 5 * HOUR })).toEqual(first);
    expect(await activeFreezes(store())).toEqual([first]);
    expect((first?.untilMs ?? 0) - (first?.fromMs ?? 0)).toBe(HOUR);
    for (const end = Date.now() + PATIENCE_MS; heard.length === 0 && Date.now() < end;)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard.length).toBeGreaterThan(0);
    await stop();
  });

  test('one that is over, or would last longer than may be, is none', async () => {
    expect(await freeze('a', { atMs: Date.now() - 1000 })).toBeNull();
    expect(await freeze('b', { forMs: 2 * DAY })).toBeNull();
    expect(await activeFreezes(store())).toEqual([]);
  });

  test('two who lift at once: one did; a repeat finds what it did, and another scope is left alone', async () => {
    await freeze('a', { forMs: HOUR });
    await freeze('b', { forMs: HOUR }, { kind: 'action', name: 'RefundAssist' });
    const lifted = await Promise.all([lift('x'), lift('y')]);
    expect(lifted.flat().map(({ id }) => id)).toEqual(['a']);
    const winner = lifted[0]?.length === 1 ? 'x' : 'y';
    expect((await lift(winner)).map(({ id }) => id)).toEqual(['a']);
    expect((await activeFreezes(store())).map(({ id }) => id)).toEqual(['b']);
    expect(await pastFreezes(store(), 10)).toMatchObject([{ id: 'a', lifted: { by: 'ben', reason: 'it is over' } }]);
  });

  test('a repeat of a lifting leaves alone what was frozen since', async () => {
    await freeze('a', { forMs: HOUR });
    await lift('x');
    await freeze('b', { forMs: HOUR });
    expect((await lift('x')).map(({ id }) => id)).toEqual(['a']);
    expect((await activeFreezes(store())).map(({ id }) => id)).toEqual(['b']);
  });

  test('it ends by itself at its time, and says so; what held since then is known with its end', async () => {
    const begins = Date.now();
    await freeze('a', { forMs: 50 });
    await freeze('b', { forMs: HOUR });
    for (const end = Date.now() + PATIENCE_MS; (await activeFreezes(store())).length > 1 && Date.now() < end;)
      await new Promise((resolve) => setTimeout(resolve, 20));
    const [past] = await pastFreezes(store(), 10);
    expect(past).toMatchObject({ id: 'a', lifted: null, endedAtMs: past?.untilMs });
    expect((await freezesSince(store(), begins)).map(({ id }) => id).sort()).toEqual(['a', 'b']);
    expect((await freezesSince(store(), (past?.untilMs ?? 0) + 1)).map(({ id }) => id)).toEqual(['b']);
  });
});
