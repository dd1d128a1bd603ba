/** What another hand does to a rollout that is on trial: in the organisation, and in Temporal's Web UI. */
import type { Client } from '@temporalio/client';
import { guardianSignal, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import type { Hands } from '../lib/hands.ts';
import type { Hand } from './draw.ts';
import { BASELINE, CANDIDATE } from './plans.ts';

interface Place {
  readonly client: Client;
  readonly hands: Hands;
}

const WHO = 'a click in the Web UI';

const DEEDS: Readonly<Record<Hand, (action: string, place: Place) => Promise<unknown>>> = {
  swapCandidate: (action, { hands }) => hands.edit(action, CANDIDATE, { html: '<p>Another</p>' }),
  changeBaseline: (action, { hands }) => hands.edit(action, BASELINE, { html: '<p>A correction</p>' }),
  moveSplit: (action, { hands }) => hands.edit(action, CANDIDATE, { split: 5 }),
  switchOff: (action, { hands }) => hands.edit(action, CANDIDATE, { enabled: false }),
  deleteCandidate: (action, { hands }) => hands.remove(action, CANDIDATE),
  addRival: (action, { hands }) => hands.create(action, '1.9.9', { split: 10, group: 'candidate' }),
  terminate: (action, { client }) => client.workflow.getHandle(rolloutWorkflowId(action)).terminate(WHO),
  cancel: (action, { client }) => client.workflow.getHandle(rolloutWorkflowId(action)).cancel(),
  reset: resetToTheMiddle,
  pauseWatch: (action, { client }) =>
    client.workflowService.pauseActivity({
      namespace: client.options.namespace,
      execution: { workflowId: rolloutWorkflowId(action) },
      type: 'watch',
      identity: 'eve',
      reason: WHO,
    }),
  forgeRestored: (action, { client }) =>
    client.workflow.getHandle(rolloutWorkflowId(action)).signal(guardianSignal, { kind: 'restored', reason: WHO }),
};

export async function doByHand(hand: Hand, action: string, place: Place): Promise<void> {
  await DEEDS[hand](action, place);
}

/** To the task in the middle of what it has done so far. */
async function resetToTheMiddle(action: string, { client }: Place): Promise<void> {
  const workflowId = rolloutWorkflowId(action);
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const tasks = (events ?? []).filter(({ workflowTaskCompletedEventAttributes: task }) => task);
  const task = tasks[Math.floor(tasks.length / 2)];
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    reason: WHO,
    workflowTaskFinishEventId: task?.eventId ?? null,
    requestId: `${action}-reset`,
  });
}
