import { startInstance } from '../../src/panel/instance.ts';
import type { Instance, ServedArm, Splits } from '../../src/panel/instance.ts';
import { SET_BACK_MS } from '../../src/domain/split/set-back.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { until } from './fixtures.ts';

const arm = (versionId: string, group: ServedArm['group'], splitPercent: number): ServedArm => ({
  versionId,
  group,
  splitPercent,
  enabled: true,
});

/** A store that can be away, and a clock that goes as it is told. */
function given({ away = false, leaseMs = 500 } = {}) {
  const world = {
    atMs: 0,
    away,
    hangs: false,
    epoch: 1,
    /** Of the card; null: as all. */
    cardEpoch: null as number | null,
    lapsed: false,
    candidate: 50,
    confirmed: [] as number[],
    /** What served at each change. */
    changes: [] as string[],
    /** Both, in the order in which they came. */
    log: [] as string[],
    givenBack: 0,
    slowMs: 0,
  };
  const parts: { instance?: Instance } = {};
  const told: string[] = [];
  const tell =
    (level: string) =>
    (_: object, message: string): void =>
      void told.push(`${level} ${message}`);
  const answer = async <T>(work: () => T): Promise<T> => {
    if (world.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, world.slowMs));
    if (world.hangs) await new Promise(() => undefined);
    if (world.away) throw new Error('the store is away');
    return work();
  };
  const served = (): string => (parts.instance?.armsOf('Card') ?? []).map(({ versionId }) => versionId).join(' ');
  parts.instance = startInstance({
    readSplits: () =>
      answer((): Splits => ({
        epoch: world.epoch,
        epochs: new Map([['Card', world.cardEpoch ?? world.epoch]]),
        arms: new Map([['Card', [arm('old', 'control', 100), arm('new', 'candidate', world.candidate)]]]),
      })),
    renew: (epoch) =>
      answer(() => {
        world.confirmed.push(epoch);
        world.log.push(`confirmed ${epoch}`);
        return { epoch: world.epoch, lapsed: world.lapsed };
      }),
    giveBack: () =>
      answer(() => {
        world.givenBack += 1;
      }),
    onChange: () => {
      world.changes.push(served());
      world.log.push(`applied ${parts.instance?.epoch}`);
    },
    clock: () => world.atMs,
    leaseMs,
    renewMs: 20,
    logger: { info: tell('info'), warn: tell('warn'), error: tell('error') },
  });
  const { instance } = parts;
  closing.push(() => instance.close());
  return { world, instance, served, told };
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

test('before its first renewal it serves nothing, and then all', async () => {
  const { served, instance } = given();
  expect([served(), instance.isFenced]).toEqual(['', true]);
  await until(() => !instance.isFenced);
  expect(served()).toBe('old new');
});

test('it applies a change before it confirms it', async () => {
  const { world, instance } = given();
  await until(() => !instance.isFenced);
  world.log.length = 0;
  world.candidate = 0;
  world.epoch = 2;
  instance.wake();
  await until(() => world.confirmed.includes(2));
  expect(world.log.filter((line) => line.endsWith('2')).slice(0, 2)).toEqual(['applied 2', 'confirmed 2']);
});

test('a renewal that fails fences it when its lease is over by its own clock, counted from the start of the last good one', async () => {
  const { world, instance, served } = given();
  await until(() => !instance.isFenced);
  world.away = true;
  world.atMs += 499;
  expect(served()).toBe('old new');
  world.atMs += 1;
  expect([served(), instance.isFenced]).toEqual(['old', true]);
  // What is on the screens is told without anybody asking.
  await until(() => world.changes.at(-1) === 'old');
});

test('one that hangs does so too, and does not keep the lease open', async () => {
  const { world, instance } = given();
  await until(() => !instance.isFenced);
  world.hangs = true;
  world.atMs += 500;
  await until(() => world.changes.at(-1) === 'old');
  world.hangs = false;
  await until(() => !instance.isFenced);
});

test('back again, it reads what has changed before it serves a candidate', async () => {
  const { world, instance, served } = given();
  await until(() => !instance.isFenced);
  world.away = true;
  world.atMs += 500;
  await until(() => world.changes.at(-1) === 'old');
  world.candidate = 0;
  world.epoch = 7;
  world.confirmed.length = 0;
  world.away = false;
  await until(() => !instance.isFenced);
  expect(instance.epoch).toBe(7);
  expect(world.confirmed.at(-1)).toBe(7);
  expect(instance.armsOf('Card').find(({ versionId }) => versionId === 'new')?.splitPercent).toBe(0);
  expect(served()).toBe('old new');
});

test('away from the start, it goes on trying', async () => {
  const { world, instance, served } = given({ away: true });
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect([served(), world.confirmed]).toEqual(['', []]);
  world.away = false;
  await until(() => !instance.isFenced);
});

describe('a store that was restored to an older state', () => {
  test('what was rolled back since is shown to nobody, until the guardian has looked', async () => {
    const { world, instance, served, told } = given();
    world.epoch = 8;
    world.candidate = 0;
    await until(() => !instance.isFenced && instance.epoch === 8);
    world.epoch = 5;
    world.candidate = 50;
    await until(() => instance.epoch === 5);
    expect([served(), instance.isFenced]).toEqual(['old', true]);
    expect(told.filter((line) => line.startsWith('error'))).toEqual([expect.stringContaining('restored to an older')]);
    // Its lease goes on, and whoever waits for it is told the truth.
    world.atMs += SET_BACK_MS - 1;
    await until(() => world.confirmed.at(-1) === 5);
    expect(served()).toBe('old');
    world.atMs += 1;
    await until(() => !instance.isFenced);
    expect(served()).toBe('old new');
  });

  test('one that has come on since, for other actions, hides that from nobody', async () => {
    const { world, instance, served } = given();
    world.epoch = 8;
    await until(() => !instance.isFenced && instance.epoch === 8);
    world.cardEpoch = 5;
    world.epoch = 9;
    await until(() => instance.epoch === 9);
    expect(served()).toBe('old');
  });

  test('numbers that it gives again are not taken for what was read: whoever had no lease reads anew', async () => {
    const { world, instance } = given();
    await until(() => !instance.isFenced);
    world.away = true;
    world.atMs += 500;
    await until(() => world.changes.at(-1) === 'old');
    world.candidate = 0;
    world.lapsed = true;
    world.away = false;
    await until(() => !instance.isFenced);
    expect(instance.armsOf('Card').find(({ versionId }) => versionId === 'new')?.splitPercent).toBe(0);
  });
});

test('at its end candidates leave the screens first, and then the lease is given back', async () => {
  const { world, instance } = given();
  await until(() => !instance.isFenced);
  await instance.close();
  expect([world.changes.at(-1), world.givenBack]).toEqual(['old', 1]);
});

test('its end is no lost lease: nobody is told of one, and a renewal that is under way is waited for', async () => {
  const { world, instance, told } = given({ leaseMs: PATIENCE_MS });
  await until(() => !instance.isFenced);
  world.slowMs = 200;
  instance.wake();
  await instance.close();
  expect([world.givenBack, told]).toEqual([1, ['info the lease is held: all versions are served']]);
});

test('a lease that was lost and is held again is told as loudly', async () => {
  const { world, instance, told } = given();
  await until(() => !instance.isFenced);
  world.away = true;
  world.atMs += 500;
  await until(() => world.changes.at(-1) === 'old');
  world.away = false;
  await until(() => !instance.isFenced);
  expect(told.filter((line) => line.includes('lease is') || line.startsWith('error'))).toEqual([
    'info the lease is held: all versions are served',
    'error the lease could not be renewed: only baselines are served',
    'warn the lease is held again: all versions are served',
  ]);
});

test('a store that is away does not keep it from ending', async () => {
  const { world, instance } = given();
  await until(() => !instance.isFenced);
  world.hangs = true;
  await instance.close();
  expect(world.givenBack).toBe(0);
});

test('one for which nobody waited serves no candidate before it has read what changed, whatever its clock says', async () => {
  const { world, instance, served } = given();
  await until(() => !instance.isFenced);
  world.changes.length = 0;
  world.candidate = 0;
  world.epoch = 2;
  world.lapsed = true;
  instance.wake();
  await until(() => world.confirmed.includes(2));
  expect(world.changes[0]).toBe('old');
  await until(() => served() === 'old new');
});
