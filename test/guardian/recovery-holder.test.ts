/** Which holder of a recovery's id brings the baseline back, as Temporal describes it. */
import { stillBecause } from '../../src/guardian/recovery-holder.ts';

type Described = Parameters<typeof stillBecause>[0];

const startTime = new Date('2026-11-30T10:00:00Z');
const at = (seconds: number) => ({ seconds: seconds as never, nanos: 0 });

function described(raw: object, more: Partial<Described> = {}): Described {
  const pendingWorkflowTask = { attempt: 1 };
  return {
    type: 'recover',
    taskQueue: 'rollouts',
    startTime,
    executionTime: startTime,
    raw: { pendingWorkflowTask, ...raw },
    ...more,
  };
}

const restoring = (more: object): object => ({
  pendingWorkflowTask: null,
  pendingActivities: [{ activityType: { name: 'restoreBaseline' }, ...more }],
});
const tomorrow = new Date('2026-12-01T10:00:00Z');

test.each<[string, Described]>([
  ['no worker has taken it', described({})],
  [
    'it tries again and again',
    described(restoring({ attempt: 90, lastAttemptCompleteTime: at(10), nextAttemptScheduleTime: at(20) })),
  ],
  ['its activity is under way', described(restoring({ activityOptions: { taskQueue: { name: 'safety' } } }))],
  ['its last activity is done', described({ pendingActivities: [] })],
  ['it began late, and goes on', described(restoring({}), { executionTime: tomorrow })],
])('it goes on: %s', (_, description) => {
  expect(stillBecause(description)).toBeNull();
});

test.each<[string, Described]>([
  ['it is a workflow of type "rollout"', described({}, { type: 'rollout' })],
  [String.raw`it is a workflow of type "a\n'b'"`, described({}, { type: 'a\n"b"' })],
  ['it waits on task queue "other"', described({}, { taskQueue: 'other' })],
  [
    'it goes on by build assist:old alone',
    described({
      workflowExecutionInfo: {
        versioningInfo: {
          versioningOverride: { pinned: { version: { deploymentName: 'assist', buildId: 'old' } } },
        },
      },
    }),
  ],
  [
    'nothing of it is due before 2026-12-01 10:00:00 UTC',
    described({ pendingWorkflowTask: null, pendingActivities: [] }, { executionTime: tomorrow }),
  ],
  ['its activity restoreBaseline is paused', described(restoring({ paused: true }))],
  [
    'its activity restoreBaseline waits on task queue "nobody"',
    described(restoring({ activityOptions: { taskQueue: { name: 'nobody' } } })),
  ],
  [
    'its activity restoreBaseline is not tried again for a long time',
    described(restoring({ lastAttemptCompleteTime: at(10), nextAttemptScheduleTime: at(86_410) })),
  ],
])('%s', (why, description) => {
  expect(stillBecause(description)).toBe(why);
});
