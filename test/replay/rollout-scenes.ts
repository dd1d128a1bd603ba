/** One rollout of each kind. */
import type { UndoInput } from '../../src/domain/registry/undo-input.ts';
import { ACT_UPDATES, ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import { quickPlan } from '../helpers/rollout-harness.ts';
import { provenBefore } from '../helpers/waves.ts';
import type { Scene } from './stage.ts';

const who = { by: 'ana', reason: 'recorded for the replay' };
const split = { kind: 'setSplit', percent: 10 } as const;
const hour = 3_600_000;
const longBake = { kind: 'bake', forMs: hour, atMostMs: hour, minCards: 0, require: 'noHarm' } as const;

export const ROLLOUTS: Readonly<Record<string, Scene>> = {
  promoted: ({ harness }) => harness.start(quickPlan()),
  'rolled-back-on-harm': ({ org, harness }) => {
    org.verdict = 'harm';
    return harness.start(quickPlan());
  },
  'aborted-in-bake': async ({ harness }) => {
    const handle = await harness.start(quickPlan({ steps: [split, longBake] }));
    await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    return handle;
  },
  'paused-resumed-advanced-promoted': async ({ harness }) => {
    const handle = await harness.start(
      quickPlan({ steps: [split, longBake, { kind: 'setSplit', percent: 50 }, longBake] }),
    );
    await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
    for (const update of [ACT_UPDATES.pause, ACT_UPDATES.resume, ACT_UPDATES.advance])
      await handle.executeUpdate(update, { args: [who] });
    await harness.statusWhen(handle, ({ phase, splitPercent }) => phase === 'baking' && splitPercent === 50);
    await handle.executeUpdate(ACT_UPDATES.promote, { args: [who] });
    return handle;
  },
  'approved-then-held-then-promoted': async ({ org, harness }) => {
    org.verdict = 'undecided';
    const approve = { kind: 'approve', reason: 'leads', timeoutMs: hour, onTimeout: 'rollback' } as const;
    const handle = await harness.start(
      quickPlan({ steps: [split, approve, { ...longBake, forMs: 100, atMostMs: 200, require: 'safe' }] }),
    );
    await harness.statusWhen(handle, ({ canDo }) => canDo.includes('approve'));
    await handle.executeUpdate(ACT_UPDATES.approve, { args: [who] });
    await harness.statusWhen(handle, ({ phase }) => phase === 'held');
    org.verdict = 'safe';
    return handle;
  },
  'untrusted-paused-cancelled': async ({ org, harness }) => {
    org.verdict = 'untrusted';
    const handle = await harness.start(quickPlan({ steps: [split, longBake] }));
    await harness.statusWhen(handle, ({ paused }) => paused);
    await handle.cancel();
    return handle;
  },
  rejected: ({ org, harness }) => {
    const plan = quickPlan();
    const activities = org.activities();
    org.activities = () => ({
      ...activities,
      validate: async () => ({
        problems: [{ code: 'csp-eval', severity: 'error', path: 'action.html', message: 'eval', remedy: 'remove it' }],
      }),
    });
    return harness.start(plan);
  },
  'undone-and-told-so': ({ org, harness }) => {
    const { name } = quickPlan().action;
    org.undo = provenBefore(name);
    const input: UndoInput = { undo: { action: name }, startedBy: 'ana', reason: 'agents complain' };
    return harness.client.workflow.start(ROLLOUT_WORKFLOW, {
      workflowId: rolloutWorkflowId(name),
      taskQueue: ROLLOUTS_QUEUE,
      args: [input],
    });
  },
  'promoted-then-taken-back-by-the-long-watch': async ({ org, harness }) => {
    const { policies } = quickPlan();
    const handle = await harness.start(
      quickPlan({ policies: { ...policies, longWatch: { forMs: hour, alpha: 0.01 } } }),
    );
    await harness.statusWhen(handle, ({ phase }) => phase === 'longWatch');
    org.later = 'harm';
    return handle;
  },
  'started-at-its-time-and-let-on-by-a-hook': ({ harness }) =>
    harness.start(
      quickPlan({
        startAt: `${new Date(Date.now() + 2000).toISOString().slice(0, 19)}Z`,
        steps: [
          split,
          {
            kind: 'hook',
            url: 'https://gate.example.com/',
            secret: 'gate',
            timeoutMs: hour,
            onTimeout: 'hold',
            onRefuse: 'hold',
          },
          { ...longBake, forMs: 100, hours: 'officeHours' },
        ],
      }),
    ),
  'waited-for-its-window': async ({ org, harness }) => {
    org.before = async (activity) => {
      if (activity === 'applySplit' && org.candidate.splitPercent === 10) org.closed = 'closed for the weekend';
    };
    const handle = await harness.start(quickPlan());
    await harness.statusWhen(handle, ({ waitingFor }) => waitingFor.includes('change window'));
    org.before = () => Promise.resolve();
    org.closed = null;
    return handle;
  },
};
