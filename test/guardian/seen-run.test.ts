import { msToTs } from '@temporalio/common/lib/time';
import { frozenIn } from '../../src/guardian/frozen.ts';
import { watchOf } from '../../src/guardian/seen-run.ts';

const at = (seconds: number) => msToTs(seconds * 1000);
const completed = (s: number, eventId?: string) => ({
  eventType: 7,
  eventTime: at(s),
  ...(eventId !== undefined && { eventId }),
});
const failed = (s: number, message: string, cause = 0) => ({
  eventType: 9,
  eventTime: at(s),
  workflowTaskFailedEventAttributes: { cause, failure: { message } },
});
const timedOut = (s: number, timeoutType: number) => ({
  eventType: 8,
  eventTime: at(s),
  workflowTaskTimedOutEventAttributes: { timeoutType },
});
const signaled = (s: number) => ({ eventType: 26, eventTime: at(s) });

test.each<[string, readonly object[], number, object | null]>([
  ['nothing failed', [completed(10)], 1, null],
  [
    'one failure since the last task that was done',
    [failed(20, 'x'), completed(10)],
    2,
    { sinceMs: 20_000, failure: 'x' },
  ],
  [
    'the first of them, over signals that begin the count anew',
    [failed(40, 'y'), signaled(30), failed(20, 'x'), completed(10)],
    1,
    { sinceMs: 20_000, failure: 'y' },
  ],
  ['it was put right', [completed(30), failed(20, 'x'), completed(10)], 1, null],
  ['it never did anything', [failed(20, 'x')], 1, { sinceMs: 20_000, failure: 'x' }],
  ['a decision overtaken by an event', [failed(20, 'UnhandledCommand', 1), completed(10)], 2, null],
  ['a reset', [failed(20, 'reset', 20), completed(10)], 1, null],
  ['a worker that died with the task in its hands', [timedOut(20, 1), completed(10)], 2, null],
  [
    'no worker ever finishes it',
    [timedOut(20, 1), completed(10)],
    3,
    { sinceMs: 20_000, failure: 'its worker does not finish it' },
  ],
  [
    'its code does not do again what it did',
    [failed(40, 'y', 24), failed(20, 'x', 24), completed(10, '31'), completed(5, '20')],
    1,
    { sinceMs: 20_000, failure: 'y', isForGood: true, resetTo: '31' },
  ],
  [
    'the same, and its last task was done anew already',
    [failed(40, 'y', 24), failed(20, 'reset', 20), completed(10, '31')],
    1,
    { sinceMs: 40_000, failure: 'y', isForGood: true },
  ],
  [
    'the same, and its last task began a rollout',
    [failed(40, 'y', 24), { eventType: 29 }, completed(10, '31')],
    1,
    { sinceMs: 40_000, failure: 'y', isForGood: true },
  ],
  ['the same, and no task was ever done', [failed(20, 'x', 24)], 1, { sinceMs: 20_000, failure: 'x', isForGood: true }],
  ['a worker that left its own queue', [timedOut(20, 2), completed(10)], 5, null],
])('%s', (_name, events, attempt, expected) => {
  expect(frozenIn(events, attempt)).toEqual(expected);
});

test('a long watch is a watch', () => {
  expect(
    watchOf([
      { activityType: { name: 'record' } },
      { activityType: { name: 'longWatch' }, paused: true, lastStartedTime: at(10) },
    ]),
  ).toMatchObject({ kind: 'longWatch', paused: true });
});

test('of two watches the one that was heard of last tells, whichever the server names first', () => {
  const old = { activityType: { name: 'watch' }, lastHeartbeatTime: at(10), lastStartedTime: at(5) };
  const young = { activityType: { name: 'watch' }, lastHeartbeatTime: at(50), lastStartedTime: at(40) };
  for (const pending of [
    [old, young],
    [young, old],
  ])
    expect(watchOf(pending)?.heardAtMs).toBe(50_000);
});

describe('when a watch was last heard of', () => {
  const failure = { message: 'the database is away' };
  test.each<[string, object, number]>([
    ['it beats', { lastHeartbeatTime: at(50), lastStartedTime: at(10), scheduledTime: at(9) }, 50_000],
    ['it has just begun', { lastStartedTime: at(10), scheduledTime: at(9) }, 10_000],
    ['nobody has taken it', { scheduledTime: at(9) }, 9_000],
    [
      'it is tried again, and has beaten before',
      { lastHeartbeatTime: at(50), lastStartedTime: at(70), scheduledTime: at(80), lastFailure: failure, attempt: 3 },
      50_000,
    ],
    [
      'it failed a few times before it beat',
      { lastStartedTime: at(70), scheduledTime: at(80), lastFailure: failure, attempt: 3 },
      70_000,
    ],
    [
      'it fails again and again',
      { lastStartedTime: at(70), scheduledTime: at(80), lastFailure: failure, attempt: 10 },
      0,
    ],
    [
      'it failed often, and lives',
      { lastHeartbeatTime: at(90), lastStartedTime: at(70), scheduledTime: at(69), lastFailure: failure, attempt: 40 },
      90_000,
    ],
  ])('%s', (_name, pending, expected) => {
    expect(watchOf([{ activityType: { name: 'watch' }, ...pending }])?.heardAtMs).toBe(expected);
  });
});
