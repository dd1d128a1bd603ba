import { AssistError } from '../../src/configurator/errors.ts';
import { follow } from '../../src/configurator/follow.ts';
import type { RolloutView } from '../../src/configurator/rollouts.ts';
import { viewOf } from '../cli/fixtures.ts';

const away = new AssistError('no-worker', 'nobody answered', '');
const unreachable = new AssistError('temporal-unreachable', 'gone', '');

function script(...answers: (RolloutView | Error)[]): () => Promise<RolloutView> {
  return () => {
    const next = answers.shift();
    if (next === undefined) throw new Error('looked once too often');
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
}

async function phases(views: AsyncGenerator<RolloutView>): Promise<string[]> {
  const seen: string[] = [];
  for await (const view of views) seen.push(view.status.phase);
  return seen;
}

const ended = viewOf({ phase: 'promoted', outcome: 'promoted' }, { running: false });

test('ends after the view of the ended run', async () => {
  expect(await phases(follow(script(viewOf(), ended), { pollMs: 1 }))).toEqual(['baking', 'promoted']);
});

test('waits for a worker that is away, and for Temporal once it was seen', async () => {
  const troubles: string[] = [];
  const views = follow(script(away, viewOf(), unreachable, away, ended), {
    pollMs: 1,
    onTrouble: ({ code }) => troubles.push(code),
  });
  expect(await phases(views)).toEqual(['baking', 'promoted']);
  expect(troubles).toEqual(['no-worker', 'temporal-unreachable', 'no-worker']);
});

test('what is away is waited for as long as was said, and then is an error that says so', async () => {
  const look = script(viewOf(), ...Array.from({ length: 3 }, () => unreachable), ended);
  const views = follow(look, { pollMs: 1, awayForMs: 0 });
  await expect(phases(views)).rejects.toMatchObject({
    code: 'temporal-unreachable',
    message: expect.stringMatching(/waited for/),
  });
  const troubles: string[] = [];
  const patient = script(viewOf(), unreachable, ended);
  await phases(follow(patient, { pollMs: 1, onTrouble: ({ message }) => troubles.push(message) }));
  expect(troubles).toEqual(['gone The rollout goes on when it is back; waiting for it.']);
});

test('a Temporal that was never reached is an error, and so is anything unexpected', async () => {
  await expect(phases(follow(script(unreachable), { pollMs: 1 }))).rejects.toThrow('gone');
  await expect(phases(follow(script(viewOf(), new Error('odd')), { pollMs: 1 }))).rejects.toThrow('odd');
});

test('an abort ends it at once, even while a look hangs', async () => {
  const stop = new AbortController();
  const views = follow(() => new Promise<RolloutView>(() => undefined), { signal: stop.signal });
  const end = phases(views);
  stop.abort();
  expect(await end).toEqual([]);
});

test('what was begun just now is waited for from the first look on, and waves are called waves', async () => {
  const troubles: string[] = [];
  const views = follow(
    script(unreachable, ended),
    { pollMs: 1, isBegun: true, onTrouble: ({ message }) => troubles.push(message) },
    'The waves go on',
  );
  expect(await phases(views)).toEqual(['promoted']);
  expect(troubles).toEqual(['gone The waves go on when it is back; waiting for it.']);
});
