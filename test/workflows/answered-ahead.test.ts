/** What tells a copy that answered ahead of its task from one that did not: how far history has grown since its last task. */
import { ASKED_AHEAD } from '../../src/domain/rollout/questions.ts';
import { createAnsweredAhead } from '../../src/workflows/answered-ahead.ts';

type Given = Parameters<ReturnType<typeof createAnsweredAhead>['activate']>[0]['activation'];
type Jobs = NonNullable<Given['jobs']>;
type Commands = Parameters<ReturnType<typeof createAnsweredAhead>['concludeActivation']>[0]['commands'];

const shown = { upsertWorkflowSearchAttributes: {} };
const activity = (seq: number) => ({ scheduleActivity: { seq } });
const timer = (seq: number) => ({ startTimer: { seq } });
const done = (seq: number) => ({ resolveActivity: { seq, result: { completed: {} } } });
const calledOff = (seq: number) => ({ resolveActivity: { seq, result: { cancelled: {} } } });
const question = (queryId: string) => ({ queryWorkflow: { queryId } });

const over = { data: new TextEncoder().encode('"over"') };

/** Each activation has a time and a size of its own, but for what no task has begun with. */
type Step = readonly [
  historyLength: number,
  jobs: Jobs,
  commands?: Commands,
  isReplaying?: boolean,
  unbegun?: 'unbegun',
];
const asked: Step = [0, [question('legacy_query')]];

/** True: it goes on. */
function goesOn(steps: readonly Step[]): boolean {
  const { activate, concludeActivation } = createAnsweredAhead();
  let begun = 0;
  return steps.every(([historyLength, jobs, commands = [], isReplaying = false, unbegun]) => {
    if (!unbegun && historyLength > 0) begun = historyLength;
    const told = { historySizeBytes: 100 * begun, timestamp: { seconds: 10 * begun, nanos: 1 } } as unknown as Given;
    try {
      activate({ activation: { ...told, historyLength, jobs, isReplaying }, batchIndex: 0 }, () => undefined);
    } catch (error) {
      // Whoever asked may be told why: what it says is known to whoever asks again.
      expect(error).toHaveProperty('message', ASKED_AHEAD);
      return false;
    }
    concludeActivation({ commands }, (concluded) => concluded);
    return true;
  });
}

const began: Step = [50, [done(4)], [shown, activity(5), activity(6)]];

test.each<[string, readonly Step[]]>([
  ['nobody asked', [began, [51, [{ doUpdate: {} }]]]],
  ['an answer to what it ordered', [began, asked, [57, [done(6)]]]],
  ['an update beside it, and history has grown by what it ordered', [began, asked, [56, [{ doUpdate: {} }]]]],
  ['a signal, and history has grown by that, too', [began, asked, [57, [{ signalWorkflow: {} }]]]],
  ['it had ordered nothing', [[50, [done(4)]], asked, [53, [{ doUpdate: {} }]]]],
  ['a question that came with a task', [began, [50, [question('4f')]], [52, [{ doUpdate: {} }]]]],
  ['what it did is replayed', [[50, [done(4)], [activity(5)], true], asked, [51, [{ doUpdate: {} }]]]],
  ['what it was shown has begun', [began, [58, [done(5), done(6)]], asked]],
  [
    'what no task has done is of a run that is over',
    [
      began,
      [57, [done(5)], [], false, 'unbegun'],
      [0, [{ queryWorkflow: { queryId: 'legacy_query', arguments: [over] } }]],
    ],
  ],
  ['a question that came with the task', [began, [57, [done(5)], [], false, 'unbegun'], [57, [question('4f')]]]],
  [
    'what it called off before it was sent is answered within the task',
    [
      [50, [done(4)], [activity(5), { requestCancelActivity: { seq: 5 } }, activity(6)]],
      [50, [calledOff(5)]],
      asked,
      [54, [{ doUpdate: {} }]],
    ],
  ],
])('it goes on: %s', (_, steps) => {
  expect(goesOn(steps)).toBe(true);
});

test.each<[string, readonly Step[]]>([
  ['the task has no more than an update', [began, asked, [51, [{ doUpdate: {} }]]]],
  ['the very task that it was shown has an update, too', [began, asked, [50, [{ doUpdate: {} }]]]],
  ['it was shown what no task has begun with', [began, [57, [done(5)], [], false, 'unbegun'], asked]],
  [
    'the same after a task that did nothing but refuse',
    [
      began,
      [60, [{ doUpdate: {} }], [{ updateResponse: { rejected: {} } }]],
      [60, [{ signalWorkflow: {} }], [], false, 'unbegun'],
      asked,
    ],
  ],
  [
    'the task ran out, and an activity that nobody began came to its end before the next',
    [[147, [done(18), done(20)], [activity(22)]], asked, [152, [{ fireTimer: { seq: 10 } }, calledOff(19)]]],
  ],
  [
    'the task ran out, and a record was written before the next',
    [[77, [done(11)], [shown, timer(5), activity(12)]], asked, [82, [done(10)]]],
  ],
  [
    'a timer had fired, the task ran out, and two activities were done before the next',
    [[77, [{ fireTimer: { seq: 5 } }], [activity(11)]], asked, [84, [done(10), done(3)]]],
  ],
  [
    'what was called off before it was sent does not tell that the server has taken the rest',
    [
      [64, [done(8)], [activity(10), activity(11), { requestCancelActivity: { seq: 10 } }, shown, shown, activity(12)]],
      [64, [calledOff(10)]],
      asked,
      [65, [{ doUpdate: {} }]],
    ],
  ],
])('it is made anew: %s', (_, steps) => {
  expect(goesOn(steps)).toBe(false);
});
