/** The versions that a process asks for: in few listings, none of which began before somebody asked. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createLister } from '../../src/activities/lister.ts';
import type { SeenVersion } from '../../src/domain/split/seen-version.ts';
import { PartlySeen } from '../../src/targets/partly-seen.ts';
import { seenVersion } from '../helpers/seen-version.ts';

const LONG_MS = 3_600_000;
const names = Array.from({ length: 20 }, (_, i) => `Card ${i}`);

/** Each version tells by its id in which listing it stood. */
function organisation(answers: (listing: number) => Promise<unknown> = () => Promise.resolve()) {
  const asked: (string | null)[] = [];
  const survey = async (name: string | null): Promise<readonly SeenVersion[]> => {
    const listing = asked.push(name);
    await answers(listing);
    return names.map((actionName) => seenVersion('1', 50, { id: `${actionName} of listing ${listing}`, actionName }));
  };
  let nowMs = 1_000_000;
  const lister = createLister({ survey }, () => nowMs);
  return {
    asked,
    list: (name: string, sinceMs: number, patienceMs: number) => lister.of(name, sinceMs, patienceMs),
    all: (sinceMs: number) => lister.all(sinceMs),
    /** The clock goes on, and tells what it is then. */
    later: (ms = 1) => (nowMs += ms),
  };
}

const idsOf = (versions: readonly SeenVersion[]): readonly string[] => versions.map(({ id }) => id);

test('watches that begin one after another share one listing, which began after each of them', async () => {
  const { asked, list, later } = organisation();
  await list('Card 0', later(), LONG_MS);
  expect(asked).toEqual(['Card 0']);
  const patient = names.slice(1).map((name) => list(name, later(), LONG_MS));
  // Who has no patience waits for nobody, and takes the others along.
  const hasty = list('Card 0', later(), 0);
  expect((await Promise.all([hasty, ...patient])).map(idsOf)).toEqual(names.map((name) => [`${name} of listing 2`]));
  expect(asked).toEqual(['Card 0', null]);
});

test('nobody is answered by a listing that began before the time of which it asks', async () => {
  let answer: (() => void) | undefined;
  const { asked, list, later } = organisation((listing) =>
    listing === 1 ? new Promise<void>((resolve) => (answer = resolve)) : Promise.resolve(),
  );
  const earlier = Promise.all(names.map((name) => list(name, later(), 0)));
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const now = await list('Card 3', later(), 0);
  expect(idsOf(now)).toEqual(['Card 3 of listing 2']);
  answer?.();
  expect(idsOf((await earlier)[3] ?? [])).toEqual(['Card 3 of listing 1']);
  // The newest that is there is as good for whoever is content with less.
  expect(idsOf(await list('Card 3', later() - 1000, 0))).toEqual(['Card 3 of listing 2']);
});

test('few are asked for by name, many at once', async () => {
  const { asked, list, later } = organisation();
  await list('Card 1', later(), 0);
  later(60_000);
  await Promise.all(['Card 2', 'Card 3'].map((name) => list(name, later(), 0)));
  later(60_000);
  await list('Card 4', later(), 0);
  expect(asked).toEqual(['Card 1', null, 'Card 4']);
});

test('what failed is asked for anew, and fails whoever asked', async () => {
  const { asked, list, later } = organisation((listing) =>
    listing <= 2 ? Promise.reject(new Error('503')) : Promise.resolve(),
  );
  const since = later();
  await expect(list('Card 1', since, 0)).rejects.toThrow('503');
  await expect(Promise.all(['Card 1', 'Card 2'].map((name) => list(name, since, 0)))).rejects.toThrow('503');
  expect(idsOf(await list('Card 1', since, 0))).toEqual(['Card 1 of listing 3']);
  expect(asked).toEqual(['Card 1', null, null]);
});

test('who asks for all is answered by the listing that the watches share, and they by theirs', async () => {
  const { asked, list, all, later } = organisation();
  const since = later();
  await Promise.all(['Card 1', 'Card 2'].map((name) => list(name, since, 0)));
  expect(idsOf(await all(since))).toEqual(names.map((name) => `${name} of listing 1`));
  const newer = later();
  expect(idsOf(await all(newer))[3]).toBe('Card 3 of listing 2');
  expect(idsOf(await list('Card 3', newer, 0))).toEqual(['Card 3 of listing 2']);
  expect(asked).toEqual([null, null]);
});

test('a listing of some actions is none of all', async () => {
  const { asked, list, all, later } = organisation();
  const since = later();
  await list('Card 1', since, 0);
  await all(since);
  expect(asked).toEqual(['Card 1', null]);
});

test('after the clock was set back no listing of before is taken for a new one', async () => {
  const { asked, list, all, later } = organisation();
  const since = later();
  await Promise.all(['Card 1', 'Card 2'].map((name) => list(name, since, 0)));
  const back = later(-LONG_MS);
  expect(idsOf(await all(back))[1]).toBe('Card 1 of listing 2');
  later(-LONG_MS);
  expect(idsOf(await list('Card 1', back - LONG_MS, 0))).toEqual(['Card 1 of listing 3']);
  expect(asked).toHaveLength(3);
});

test('a listing of all that failed is asked for anew', async () => {
  const { all, later } = organisation((listing) =>
    listing === 1 ? Promise.reject(new Error('503')) : Promise.resolve(),
  );
  const since = later();
  await expect(all(since)).rejects.toThrow('503');
  expect(await all(since)).toHaveLength(names.length);
});

test('a listing is no work of the watch that happened to ask first: that one may be given up', async () => {
  const work = new AsyncLocalStorage<string>();
  const within: unknown[] = [];
  const { list, later } = organisation(() => Promise.resolve(within.push(work.getStore())));
  await work.run('a watch', () => list('Card 1', later(), 0));
  expect(within).toEqual([undefined]);
});

describe('a listing of all that has not a name', () => {
  const version = (actionName: string) => seenVersion('1', 50, { id: actionName, actionName });
  const listerOf = (survey: (name: string | null) => Promise<readonly SeenVersion[]>) => {
    const asked: (string | null)[] = [];
    const lister = createLister({ survey: (name) => survey(name).finally(() => asked.push(name)) }, () => 1000);
    return { asked, list: async (name: string) => idsOf(await lister.of(name, 0, 0)), all: () => lister.all(0) };
  };

  test('who asks for it is answered by one of its own, that all share', async () => {
    const { asked, list, all } = listerOf((name) => Promise.resolve([version(name ?? 'Card 1')]));
    await all();
    expect(await Promise.all(['Card 1', 'Card 2', 'Card 2'].map(list))).toEqual([['Card 1'], ['Card 2'], ['Card 2']]);
    expect(asked).toEqual([null, 'Card 2']);
  });

  test('for it could not be looked at: who asks for it is told why, and the others are answered', async () => {
    const refused = [{ action: 'Card 2', error: new Error('403') }];
    const { asked, list, all } = listerOf((name) =>
      Promise.reject(name === null ? new PartlySeen([version('Card 1')], refused) : new Error(`403 of ${name}`)),
    );
    await expect(all()).rejects.toThrow('Card 2 could not be looked at: 403');
    expect(await list('Card 1')).toEqual(['Card 1']);
    await expect(list('Card 2')).rejects.toThrow('403 of Card 2');
    await expect(list('Card 2')).rejects.toThrow('403 of Card 2');
    expect(asked).toEqual([null, 'Card 2', 'Card 2']);
  });
});
