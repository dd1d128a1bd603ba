/** Verbs that follow a run to its end say what it waits for, and that it goes on without them. */
import type { Configurator } from '../../src/configurator.ts';
import { AssistError } from '../../src/configurator/errors.ts';
import type { FollowOptions } from '../../src/configurator/follow.ts';
import type { RolloutView } from '../../src/configurator/rollouts.ts';
import { sayWhenLong } from '../../src/cli/wait-words.ts';
import { cli, statusOf } from './fixtures.ts';

const REF = { workflowId: 'rollout/Card', runId: 'r-2', url: null };
const LOOKS = 'what to go back to';
const FAILED = { activity: 'findUndo', attempt: 2, failure: 'Connection terminated', nextTryAt: null };

function view(more: Partial<RolloutView> = {}): RolloutView {
  const status = statusOf({ action: 'Card', phase: 'validating', outcome: null, waitingFor: LOOKS, safety: null });
  return { ...REF, status, lost: null, progress: null, troubles: [], running: true, ...more };
}

const END = view({
  running: false,
  status: statusOf({ action: 'Card', phase: 'undone', outcome: 'undone', reason: 'undone by ana.' }),
});

function following(views: (options?: FollowOptions) => Generator<RolloutView>): Partial<Configurator> {
  return {
    undo: () => Promise.resolve(REF),
    status: () => Promise.resolve(view({ status: statusOf({ action: 'Card', phase: 'baking' }) })),
    history: () => Promise.resolve([]),
    act: () => Promise.resolve({ ...REF, delivered: 'stored', status: null }),
    async *followRollout(_action, options) {
      for (const seen of views(options)) yield await Promise.resolve(seen);
    },
  };
}

const UNDO = ['undo', 'Card', '--reason', 'agents complain'];

test('undo says what it waits for, and once what fails meanwhile', async () => {
  const configurator = following(function* () {
    yield* [view(), view(), view({ troubles: [FAILED] }), view({ troubles: [{ ...FAILED, attempt: 3 }] }), END];
  });
  const { code, stderr } = await cli(UNDO, { configurator });
  expect([code, stderr.split('\n')]).toEqual([
    0,
    [`waiting for ${LOOKS}`, 'findUndo failed, and is tried again: Connection terminated', ''],
  ]);
});

test('an undo that cannot be looked at any more is said to be begun', async () => {
  const away = new AssistError('temporal-unreachable', 'Cannot reach Temporal.', 'Set TEMPORAL_ADDRESS.');
  const configurator = following(function* () {
    yield view();
    throw away;
  });
  const { code, stderr } = await cli(UNDO, { configurator });
  expect(code).toBe(4);
  expect(stderr).toMatch(/The undo of Card is begun \(run r-2\) and goes on by itself.*Cannot reach Temporal/);
  expect(stderr).toContain('`assist-rollouts status "Card"` shows it');
});

test('so does what is aborted before something else begins', async () => {
  const aborting = statusOf({ action: 'Card', phase: 'rollingBack', outcome: null, waitingFor: 'the organisation' });
  const configurator = following(function* () {
    yield* [view({ status: aborting }), END];
  });
  const { stderr } = await cli([...UNDO, '--to', 'none', '--replace'], { configurator });
  expect(stderr).toContain('waiting for the organisation\n');
});

test('an answer that takes long is said to be waited for, and one that is there at once is not', async () => {
  const said: string[] = [];
  const out = { stderr: (text: string) => void said.push(text) };
  expect(await sayWhenLong(out, 'waiting for a worker', () => Promise.resolve('at once'))).toBe('at once');
  jest.useFakeTimers();
  try {
    await jest.advanceTimersByTimeAsync(60_000);
    expect(said).toEqual([]);
    let answer: (text: string) => void = () => undefined;
    const asked = sayWhenLong(out, 'waiting for a worker', () => new Promise<string>((resolve) => (answer = resolve)));
    await jest.advanceTimersByTimeAsync(4_000);
    expect(said).toEqual(['waiting for a worker\n']);
    answer('late');
    expect(await asked).toBe('late');
    const refused = sayWhenLong(out, 'waiting for a worker', () => Promise.reject(new Error('no')));
    await expect(refused).rejects.toThrow('no');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(said).toHaveLength(1);
  } finally {
    jest.useRealTimers();
  }
});
