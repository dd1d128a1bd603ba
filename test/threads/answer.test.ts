/** A thread that has answered is kept for the next question; one that has not is gone. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createThreads } from '../../src/threads/answer.ts';
import type { Threads } from '../../src/threads/answer.ts';
import { untilHolds } from '../helpers/outside.ts';

const THREAD = `
const { parentPort, threadId } = require('node:worker_threads');
const does = {
  who: () => parentPort.postMessage(threadId),
  nothing: () => parentPort.postMessage(null),
  never: () => undefined,
  throw: () => { throw new Error('a fault of the thread'); },
  die: () => { parentPort.postMessage(threadId); setTimeout(() => process.exit(1)); },
  fail: () => { parentPort.postMessage(threadId); setTimeout(() => { throw new Error('nobody asked'); }); },
};
parentPort.on('message', (what) => does[what]());
`;
const SECONDS = 60_000;

let folder: string;
let file: string;
const opened: Threads[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threads-'));
  file = join(folder, 'thread.cjs');
  await writeFile(file, THREAD);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((threads) => threads.close()));
});

function open(keptMs?: number): Threads {
  const threads = createThreads({ file, name: 'test', maxMemoryMb: 64 }, keptMs);
  opened.push(threads);
  return threads;
}

const who = (threads: Threads): Promise<number | null> => threads.answer<number>('who', SECONDS);

test('one that has answered, be it with nothing, answers the next; beside it another does', async () => {
  const threads = open();
  const first = await who(threads);
  expect(await threads.answer('nothing', SECONDS)).toBeNull();
  expect(await who(threads)).toBe(first);
  const both = await Promise.all([who(threads), who(threads)]);
  expect(both).toContain(first);
  expect(new Set(both).size).toBe(2);
});

test('one that has no time left, or was stopped, is gone, and the next question has an answer', async () => {
  const threads = open();
  const first = await who(threads);
  expect(await threads.answer('never', 20)).toBeNull();
  const second = await who(threads);
  expect(second).not.toBe(first);
  expect(await threads.answer('never', SECONDS, AbortSignal.timeout(20))).toBeNull();
  expect(await threads.answer('who', SECONDS, AbortSignal.abort())).toBeNull();
  expect([first, second, null]).not.toContain(await who(threads));
});

test('what it throws is thrown to who asked', async () => {
  const threads = open();
  await expect(threads.answer('throw', SECONDS)).rejects.toThrow('a fault of the thread');
  expect(await who(threads)).not.toBeNull();
});

test.each(['die', 'fail'])('one that ends while nobody asks (%s) fails nobody', async (how) => {
  const threads = open();
  const first = await threads.answer(how, SECONDS);
  await untilHolds('another answers', async () => {
    const answer = await who(threads);
    return answer !== null && answer !== first;
  });
});

test('none is kept for ever, and none by what is closed', async () => {
  const threads = open(20);
  const first = await who(threads);
  await untilHolds('another answers', async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return (await who(threads)) !== first;
  });
  const closed = open();
  const one = await who(closed);
  await closed.close();
  expect(await who(closed)).not.toBe(one);
});
