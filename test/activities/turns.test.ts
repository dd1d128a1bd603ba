/** The same work, asked for by many: done once for all who wait, never before one of them asked. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createTurns } from '../../src/activities/turns.ts';

/** Counts what is done. */
function worker(answer: (time: number) => Promise<unknown> = () => Promise.resolve()) {
  let times = 0;
  return {
    times: () => times,
    work: async () => {
      times += 1;
      const time = times;
      await answer(time);
      return time;
    },
  };
}

test('all who come before it begins share it; whoever comes later gets a new one', async () => {
  let finish: (() => void) | undefined;
  const { work, times } = worker((time) =>
    time === 1 ? new Promise<void>((resolve) => (finish = resolve)) : Promise.resolve(),
  );
  const turns = createTurns<number>(1);
  const first = [turns('export', work), turns('export', work), turns('export', work)];
  while (times() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const later = [turns('export', work), turns('export', work)];
  await expect(Promise.all(later)).resolves.toEqual([2, 2]);
  finish?.();
  await expect(Promise.all(first)).resolves.toEqual([1, 1, 1]);
});

test('other words are another question', async () => {
  const turns = createTurns<string>(3_600_000);
  const asked = ['one', 'two'].map((key) => turns(key, () => Promise.resolve(key)));
  await expect(Promise.all(asked)).resolves.toEqual(['one', 'two']);
});

test('it is the work of the first: where that is given up, the others do it for themselves', async () => {
  const whose = new AsyncLocalStorage<string>();
  const did: unknown[] = [];
  const work = (): Promise<unknown> => {
    const name = whose.getStore();
    did.push(name);
    return name === 'first' ? Promise.reject(new Error('given up')) : Promise.resolve(name);
  };
  const turns = createTurns(1);
  const asked = ['first', 'second', 'third'].map((name) => whose.run(name, () => turns('export', work)));
  await expect(Promise.allSettled(asked)).resolves.toMatchObject([
    { reason: { message: 'given up' } },
    { value: 'second' },
    { value: 'third' },
  ]);
  expect(did).toEqual(['first', 'second', 'third']);
});
