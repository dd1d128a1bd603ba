import { createGroupCommit } from '../../src/ingest/intake/group-commit.ts';
import type { EventBatch, Stored } from '../../src/store/events.ts';
import { NOON, eventOf } from '../helpers/events.ts';

const batch = (card: string, events = 1): EventBatch => ({
  source: 's',
  receivedAt: new Date(NOON),
  events: Array.from({ length: events }, (_, n) => eventOf(`${card}-${n}`, 'triggered', 0)),
});

/** A store that answers when told to. */
function heldStore() {
  const calls: { readonly sizes: number[]; readonly finish: () => void; readonly fail: (error: Error) => void }[] = [];
  const store = (batches: readonly EventBatch[]): Promise<Stored[]> =>
    new Promise((resolve, reject) => {
      const sizes = batches.map(({ events }) => events.length);
      calls.push({ sizes, finish: () => resolve(sizes.map((stored) => ({ stored, duplicates: 0 }))), fail: reject });
    });
  const call = async (index: number) => {
    for (;;) {
      const found = calls[index];
      if (found) return found;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { store, call, calls };
}

describe('group commit', () => {
  test('what arrives while one commit runs shares the next, and nobody is answered before their own', async () => {
    const { store, call, calls } = heldStore();
    const commits = createGroupCommit({ store });
    const answered: string[] = [];
    const submit = async (name: string) => {
      const stored = await commits.submit(batch(name));
      answered.push(name);
      return stored;
    };
    const first = submit('first');
    await call(0);
    const rest = ['second', 'third', 'fourth'].map(submit);
    expect(answered).toEqual([]);
    (await call(0)).finish();
    expect(await first).toEqual({ stored: 1, duplicates: 0 });
    const shared = await call(1);
    expect({ answered, sizes: shared.sizes }).toEqual({ answered: ['first'], sizes: [1, 1, 1] });
    shared.finish();
    await Promise.all(rest);
    expect(calls).toHaveLength(2);
  });

  test('a second commit starts beside the first only when it would be half full', async () => {
    const { store, call, calls } = heldStore();
    const commits = createGroupCommit({ store, maxPerCommit: 10 });
    const all = [commits.submit(batch('a', 1))];
    await call(0);
    all.push(commits.submit(batch('b', 4)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toHaveLength(1);
    all.push(commits.submit(batch('c', 1)));
    expect((await call(1)).sizes).toEqual([4, 1]);
    all.push(commits.submit(batch('d', 9)));
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toHaveLength(2);
    for (const index of [0, 1, 2]) (await call(index)).finish();
    await Promise.all(all);
  });

  test('whoever pushes the moment a commit is answered is served too', async () => {
    const commits = createGroupCommit({
      store: (batches) => Promise.resolve(batches.map(() => ({ stored: 1, duplicates: 0 }))),
    });
    for (let n = 0; n < 200; n++) {
      await commits.submit(batch(`card-${n}`));
      for (let turns = 0; turns < n % 7; turns++) await Promise.resolve();
    }
    await commits.drain();
  });

  test('a commit takes no more than its most, but a batch larger than that still goes', async () => {
    const { store, call } = heldStore();
    const commits = createGroupCommit({ store, maxPerCommit: 5 });
    const all = Promise.all([
      commits.submit(batch('a', 9)),
      commits.submit(batch('b', 3)),
      commits.submit(batch('c', 2)),
      commits.submit(batch('d', 1)),
    ]);
    const sizes: number[][] = [];
    for (const index of [0, 1, 2]) {
      const next = await call(index);
      sizes.push(next.sizes);
      next.finish();
    }
    await all;
    expect(sizes).toEqual([[9], [3, 2], [1]]);
  });

  test('beyond its bound a batch is refused at once, and there is room again after the commit', async () => {
    const { store, call } = heldStore();
    const commits = createGroupCommit({ store, maxWaiting: 10 });
    const first = commits.submit(batch('a', 8));
    await expect(commits.submit(batch('b', 3))).rejects.toMatchObject({ code: 'overloaded' });
    expect([commits.isFull(2), commits.isFull(3)]).toEqual([false, true]);
    (await call(0)).finish();
    await first;
    const again = commits.submit(batch('c', 10));
    (await call(1)).finish();
    expect(await again).toEqual({ stored: 10, duplicates: 0 });
  });

  test('when the store fails everyone in the commit is told, and the next commit is tried', async () => {
    const { store, call } = heldStore();
    const commits = createGroupCommit({ store });
    const both = Promise.allSettled([commits.submit(batch('a')), commits.submit(batch('b'))]);
    (await call(0)).fail(new Error('gone'));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = commits.submit(batch('c'));
    (await call(1)).finish();
    expect(await next).toEqual({ stored: 1, duplicates: 0 });
  });

  test('a value that the database refuses costs only the batch that holds it', async () => {
    const store = (batches: readonly EventBatch[]): Promise<Stored[]> => {
      if (batches.some(({ events }) => events.length === 2))
        return Promise.reject(Object.assign(new Error('bad value'), { code: '22P05' }));
      return Promise.resolve(batches.map(({ events }) => ({ stored: events.length, duplicates: 0 })));
    };
    const commits = createGroupCommit({ store });
    const all = await Promise.allSettled([
      commits.submit(batch('a')),
      commits.submit(batch('bad', 2)),
      commits.submit(batch('c', 3)),
    ]);
    expect(all.map((one) => (one.status === 'fulfilled' ? one.value.stored : 'refused'))).toEqual([1, 'refused', 3]);
  });

  test('draining waits for what was accepted and accepts no more', async () => {
    const { store, call } = heldStore();
    const commits = createGroupCommit({ store });
    const accepted = commits.submit(batch('a'));
    const drained = commits.drain();
    await expect(commits.submit(batch('b'))).rejects.toMatchObject({ code: 'overloaded' });
    (await call(0)).finish();
    await drained;
    expect(await accepted).toEqual({ stored: 1, duplicates: 0 });
  });
});
