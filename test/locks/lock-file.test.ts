/** Several processes that come upon a dead owner's lock at once: the lock of the one who is quicker is never gone. */
import * as fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Locks from '../../src/locks/lock-file.cjs';

const home = fs.mkdtempSync(join(tmpdir(), 'assist-lock-'));
const file = join(home, 'store.lock');
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

const lockOf = (pid: number, startedAt: string): string => `${JSON.stringify({ pid, startedAt, host: hostname() })}\n`;
const DEAD = lockOf(process.pid, 'another time');
const QUICKER = lockOf(process.ppid, '');

/** The module over a file system on which `after` is called after each call. */
function lockFile(after: (call: string) => void): typeof Locks {
  const seen =
    (name: string, call: (...args: unknown[]) => unknown) =>
    (...args: unknown[]) => {
      try {
        return call(...args);
      } finally {
        after(`${name} ${String(args[0])}`);
      }
    };
  const watched = Object.fromEntries(
    Object.entries(fs).map(([name, value]) => [
      name,
      typeof value === 'function' && name.endsWith('Sync') ? seen(name, value as never) : value,
    ]),
  );
  jest.doMock('node:fs', () => watched);
  let loaded: typeof Locks | undefined;
  jest.isolateModules(() => {
    loaded = jest.requireActual<typeof Locks>('../../src/locks/lock-file.cjs');
  });
  jest.dontMock('node:fs');
  return loaded!;
}

test('who comes upon a dead lock that another has taken over meanwhile never moves that one', () => {
  fs.writeFileSync(file, DEAD);
  let isTaken = false;
  const gaps: string[] = [];
  const { takeLock } = lockFile((call) => {
    if (isTaken && !(fs.existsSync(file) && fs.readFileSync(file, 'utf8') === QUICKER)) gaps.push(call);
    if (!isTaken && call === `readFileSync ${file}`) {
      fs.writeFileSync(file, QUICKER);
      isTaken = true;
    }
  });
  expect(takeLock(file)).toMatchObject({ owner: { pid: process.ppid } });
  expect(isTaken).toBe(true);
  expect(gaps).toEqual([]);
});

test('a dead lock that a living process takes over just now is left to it', () => {
  fs.writeFileSync(file, DEAD);
  const { takeLock } = lockFile(() => undefined);
  const before = fs.readdirSync(home);
  takeLock(file).unlock?.();
  expect(fs.readdirSync(home)).toEqual(before.filter((name) => name !== 'store.lock'));

  fs.writeFileSync(file, DEAD);
  const rights: string[] = [];
  const watching = lockFile((call) => {
    const right = /^linkSync .*(store\.lock\.[0-9a-f]{8})\.\d+$/.exec(call)?.[1];
    if (right !== undefined) rights.push(right);
  });
  watching.takeLock(file).unlock?.();
  expect(rights).toHaveLength(1);
  fs.writeFileSync(file, DEAD);
  fs.writeFileSync(join(home, rights[0]!), QUICKER);
  expect(takeLock(file)).toEqual({ owner: expect.objectContaining({ pid: process.ppid }) as object });
  expect(fs.readFileSync(file, 'utf8')).toBe(DEAD);

  // Who had the right died with it.
  fs.writeFileSync(join(home, rights[0]!), lockOf(process.pid, 'yet another time'));
  const taken = takeLock(file);
  expect(taken).not.toHaveProperty('owner');
  taken.unlock?.();
  expect(fs.readdirSync(home)).toEqual([]);
});
