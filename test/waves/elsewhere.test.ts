/** The call that follows a member in another organisation: it may go on for more than a year. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { getEventListeners } from 'node:events';
import { askHook } from '../../src/activities/hook.ts';
import { follow } from '../../src/waves/elsewhere.ts';
import type { Elsewhere, ElsewhereLook, FollowInput } from '../../src/waves/elsewhere.ts';

const input: FollowInput = {
  organisation: 'there',
  action: 'RefundAssist',
  runId: 'r-1',
  member: 'there/RefundAssist',
  isPromoted: false,
  isUnheard: false,
};
const SETTINGS = { lookEveryMs: 1, unheardAfterMs: 30_000 };
const runs = { kind: 'runs', phase: 'baking', splitPercent: 5 } as const;
const ended = { kind: 'ended', state: 'promoted', reason: 'proven' } as const;

function lookedAt(look: () => Promise<ElsewhereLook>): Elsewhere {
  return { look, forget: () => Promise.resolve() } as unknown as Elsewhere;
}

/** What hangs on the cancellation of a call. */
function hangsOn({ context }: MockActivityEnvironment): () => number {
  const then = jest.spyOn(context.cancelled, 'then');
  return () => then.mock.calls.length + getEventListeners(context.cancellationSignal, 'abort').length;
}

test('however often it looks, what hangs on its cancellation does not grow', async () => {
  const env = new MockActivityEnvironment();
  const hanging = hangsOn(env);
  const seen: number[] = [];
  const elsewhere = lookedAt(() => {
    seen.push(hanging());
    if (seen.length % 3 === 0) return Promise.reject(new Error('connection reset'));
    return Promise.resolve(seen.length < 10 ? runs : ended);
  });
  expect(await env.run(() => follow(elsewhere, input, SETTINGS, () => 0))).toEqual(ended);
  expect(new Set(seen).size).toBe(1);
});

test('nor does it however often a hook is asked that says to wait', async () => {
  const env = new MockActivityEnvironment();
  const hanging = hangsOn(env);
  const seen: number[] = [];
  const hooks = {
    ask: () => {
      seen.push(hanging());
      return Promise.resolve({ decision: seen.length < 3 ? 'wait' : 'pass', reason: '', retryAfterMs: 0 });
    },
  };
  await env.run(() => askHook({ hooks: hooks as never }, {} as never, () => 0));
  expect(seen).toHaveLength(3);
  expect(new Set(seen).size).toBe(1);
});

test.each([
  ['in a look that hangs', () => new Promise<never>(() => undefined), 1],
  ['between two looks', () => Promise.resolve(runs), 3_600_000],
])('it can be told to stop %s', async (_, look, lookEveryMs) => {
  const env = new MockActivityEnvironment();
  const running = env.run(() => follow(lookedAt(look), input, { ...SETTINGS, lookEveryMs }, () => 0));
  setTimeout(() => env.cancel(), 50);
  await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' });
});

test('since when it is not heard goes by the clock of all workers, also where another has heard it last', async () => {
  const heartbeatDetails = { member: input.member, heardAtMs: 1_000, phase: 'baking', splitPercent: 5 };
  const env = new MockActivityEnvironment({ heartbeatDetails });
  let [nowMs, looks] = [5_000, 0];
  const elsewhere = lookedAt(() => {
    looks += 1;
    if (looks === 3) nowMs = 31_000;
    return Promise.reject(new Error('connection reset'));
  });
  expect(await env.run(() => follow(elsewhere, input, SETTINGS, () => nowMs))).toEqual({
    kind: 'unheard',
    sinceMs: 1_000,
    why: 'connection reset',
  });
  expect(looks).toBe(3);
});
