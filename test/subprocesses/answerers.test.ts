/** A process that has answered is kept for the next question; one that has not is gone, however it ended. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAnswerers } from '../../src/subprocesses/answerers.ts';
import type { Answerers } from '../../src/subprocesses/answerers.ts';
import { isAlive } from '../helpers/is-alive.ts';
import { untilHolds } from '../helpers/outside.ts';

const PROCESS = `
const does = {
  who: () => process.send({ said: process.pid }),
  nothing: () => process.send({ said: null }),
  environment: () => process.send({ said: Object.keys(process.env) }),
  never: () => undefined,
  busy: () => { for (;;); },
  throw: () => process.send({ threw: 'a fault of the process' }),
  abort: () => process.abort(),
  end: () => { console.error('why it ended'); process.exit(3); },
  memory: () => { const held = []; for (;;) held.push(new Array(1e5).fill(held.length)); },
  die: () => { process.send({ said: process.pid }); setTimeout(() => process.exit(1)); },
  fail: () => { process.send({ said: process.pid }); setTimeout(() => { throw new Error('nobody asked'); }); },
};
process.on('message', (what) => does[what]());
process.on('disconnect', () => process.exit());
`;
const ANSWERERS = join(__dirname, '../../dist/src/subprocesses/answerers.js');
/** Keeps one, says which, and is killed. */
const PARENT = `
const { createAnswerers } = require(process.argv[2]);
createAnswerers({ file: process.argv[3], maxMemoryMb: 64 })
  .answer('who', 60_000)
  .then((pid) => process.stdout.write(String(pid), () => process.kill(process.pid, 'SIGKILL')));
`;
const SECONDS = 60_000;

let folder: string;
let file: string;
const opened: Answerers[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'answerers-'));
  file = join(folder, 'process.cjs');
  await writeFile(file, PROCESS);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((answerers) => answerers.close()));
});

function open(keptMs?: number): Answerers {
  const answerers = createAnswerers({ file, maxMemoryMb: 64 }, keptMs);
  opened.push(answerers);
  return answerers;
}

const who = (answerers: Answerers): Promise<number | null> => answerers.answer<number>('who', SECONDS);

test('one that has answered, be it with nothing, answers the next; beside it another does', async () => {
  const answerers = open();
  const first = await who(answerers);
  expect(await answerers.answer('nothing', SECONDS)).toBeNull();
  expect(await who(answerers)).toBe(first);
  const both = await Promise.all([who(answerers), who(answerers)]);
  expect(both).toContain(first);
  expect(new Set(both).size).toBe(2);
});

test('one that has no time left, or was stopped, is gone, and the next question has an answer', async () => {
  const answerers = open();
  const first = await who(answerers);
  expect(await answerers.answer('never', 20)).toBeNull();
  const second = await who(answerers);
  expect(second).not.toBe(first);
  expect(await answerers.answer('never', SECONDS, AbortSignal.timeout(20))).toBeNull();
  expect(await answerers.answer('who', SECONDS, AbortSignal.abort())).toBeNull();
  expect([first, second, null]).not.toContain(await who(answerers));
});

test('what it throws is thrown to who asked', async () => {
  const answerers = open();
  await expect(answerers.answer('throw', SECONDS)).rejects.toThrow('a fault of the process');
  expect(await who(answerers)).not.toBeNull();
});

test('one that ends instead says why', async () => {
  const answerers = open();
  await expect(answerers.answer('end', SECONDS)).rejects.toThrow('exit code 3: why it ended');
  expect(await who(answerers)).not.toBeNull();
});

test.each(['abort', 'memory', 'busy'])(
  'one that aborts, takes all memory or all time (%s) takes nobody with it',
  async (how) => {
    const answerers = open();
    expect(await answerers.answer(how, how === 'busy' ? 200 : SECONDS)).toBeNull();
    expect(await who(answerers)).not.toBeNull();
  },
);

test('it is told nothing of our environment', async () => {
  expect(await open().answer<string[]>('environment', SECONDS)).not.toContain('PATH');
});

test.each(['die', 'fail'])('one that ends while nobody asks (%s), or as it is asked, fails nobody', async (how) => {
  const answerers = open();
  const first = await answerers.answer(how, SECONDS);
  await untilHolds('others answer', async () => {
    const answers = await Promise.all([who(answerers), who(answerers)]);
    expect(answers).not.toContain(null);
    return !answers.includes(first as number);
  });
});

test('none is kept for ever, and none by what is closed', async () => {
  const answerers = open(20);
  const first = await who(answerers);
  await untilHolds('another answers', async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return (await who(answerers)) !== first;
  });
  const closed = open();
  const one = await who(closed);
  await closed.close();
  expect(await who(closed)).not.toBe(one);
});

test('none outlives who began it, however that ends', async () => {
  const parent = spawn(process.execPath, ['-e', PARENT, '-', ANSWERERS, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  parent.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  expect(await once(parent, 'close')).toEqual([null, 'SIGKILL']);
  await untilHolds('it is gone', () => !isAlive(Number(said)));
});
