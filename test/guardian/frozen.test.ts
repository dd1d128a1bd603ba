import { msToTs } from '@temporalio/common/lib/time';
import { frozenIn } from '../../src/guardian/frozen.ts';

const at = (seconds: number) => msToTs(seconds * 1000);
const completed = (s: number) => ({ eventType: 7, eventTime: at(s) });
const failed = (s: number, message: string, cause = 0) => ({ eventType: 9, eventTime: at(s), workflowTaskFailedEventAttributes: { cause, failure: { message } } });
const timedOut = (s: number, timeoutType: number) => ({ eventType: 8, eventTime: at(s), workflowTaskTimedOutEventAttributes: { timeoutType } });
const signaled = (s: number) => ({ eventType: 26, eventTime: at(s) });

test.each<[string, readonly object[], number, object | null]>([
  ['nothing failed', [completed(10)], 1, null],
  ['one failure since the last task that was done', [failed(20, 'x'), completed(10)], 2, { sinceMs: 20_000, failure: 'x' }],
  ['the first of them, over signals that begin the count anew', [failed(40, 'y'), signaled(30), failed(20, 'x'), completed(10)], 1, { sinceMs: 20_000, failure: 'y' }],
  ['it was put right', [completed(30), failed(20, 'x'), completed(10)], 1, null],
  ['it never did anything', [failed(20, 'x')], 1, { sinceMs: 20_000, failure: 'x' }],
  ['a decision overtaken by an event', [failed(20, 'UnhandledCommand', 1), completed(10)], 2, null],
  ['a reset', [failed(20, 'reset', 20), completed(10)], 1, null],
  ['a worker that died with the task in its hands', [timedOut(20, 1), completed(10)], 2, null],
  ['no worker ever finishes it', [timedOut(20, 1), completed(10)], 3, { sinceMs: 20_000, failure: 'its worker does not finish it' }],
  ['a worker that left its own queue', [timedOut(20, 2), completed(10)], 5, null],
])('%s', (_name, events, attempt, expected) => {
  expect(frozenIn(events, attempt)).toEqual(expected);
});
