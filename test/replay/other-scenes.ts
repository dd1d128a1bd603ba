/** One run of each workflow that is no rollout. */
import type { WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import type { GuardianFinding } from '../../src/domain/guardian/finding.ts';
import type { HumanAct } from '../../src/workflows/messages.ts';
import * as messages from '../../src/workflows/messages.ts';
import { quickPlan } from '../helpers/rollout-harness.ts';
import { beginWaves, provenBefore, wavesOf, wavesStatusWhen } from '../helpers/waves.ts';
import type { Scene, Stage } from './stage.ts';

const who: HumanAct = { by: 'ana', reason: 'recorded for the replay' };

function begin(
  { harness }: Stage,
  workflow: string,
  args: readonly unknown[],
  workflowId = `${workflow}/${randomUUID()}`,
) {
  return harness.client.workflow.start(workflow, { workflowId, taskQueue: messages.ROLLOUTS_QUEUE, args: [...args] });
}

const question = { action: 'RefundAssist', queues: [], windows: null };

const finding = (action: string, remedy: GuardianFinding['remedy']): GuardianFinding => ({
  kind: remedy === 'restore' ? 'frozen' : 'unseen',
  remedy,
  action,
  rolloutId: 'r-1',
  version: '1.5.0',
  sentence: `Nobody watches over ${action}.`,
  wayOut: 'Start a worker.',
  key: `${remedy} ${action}`,
  ripe: true,
});

export const OTHERS: Readonly<Record<string, Scene>> = {
  'waves-promoted': ({ harness }) => beginWaves(harness, wavesOf([['a', 'b'], ['c']], { betweenMs: 200 }).given),
  'waves-member-rolled-back': async (stage) => {
    const { given, nameOf } = wavesOf([['a'], ['b']]);
    stage.org.verdict = 'harm';
    await (await beginWaves(stage.harness, given)).result();
    return stage.harness.client.workflow.getHandle(messages.rolloutWorkflowId(nameOf('a')));
  },
  'waves-stopped-and-undone': async (stage) => {
    const { given, nameOf } = wavesOf([['a'], ['b']], { onRollback: { running: 'abort', promoted: 'undo' } });
    let deployed = 0;
    stage.org.undo = provenBefore(nameOf('a'));
    stage.org.before = async (activity) => {
      if (activity === 'deploy' && (deployed += 1) === 2) stage.org.verdict = 'harm';
    };
    return beginWaves(stage.harness, given);
  },
  'waves-paused-then-aborted': async ({ harness }) => {
    const bake = { kind: 'bake', forMs: 3_600_000, atMostMs: 3_600_000, minCards: 0, require: 'noHarm' } as const;
    const { given } = wavesOf([['a'], ['b']], {}, { steps: [{ kind: 'setSplit', percent: 10 }, bake] });
    const handle = await beginWaves(harness, given);
    await wavesStatusWhen(handle, ({ waves: [first] }) => first?.members[0]?.state === 'running');
    for (const update of [messages.WAVES_UPDATES.pause, messages.WAVES_UPDATES.resume, messages.WAVES_UPDATES.abort])
      await (handle as WorkflowHandle).executeUpdate(update, { args: [who] });
    return handle;
  },
  'waves-member-called-off': async ({ harness }) => {
    const bake = { kind: 'bake', forMs: 3_600_000, atMostMs: 3_600_000, minCards: 0, require: 'noHarm' } as const;
    const { given, nameOf } = wavesOf(
      [['a', 'b']],
      { onRollback: { running: 'abort', promoted: 'leave' } },
      { steps: [{ kind: 'setSplit', percent: 10 }, bake] },
    );
    const handle = await beginWaves(harness, given);
    await wavesStatusWhen(
      handle,
      ({ waves: [first] }) => first?.members.every(({ state }) => state === 'running') === true,
    );
    const [calledOff, aborted] = ['a', 'b'].map((name) =>
      harness.client.workflow.getHandle(messages.rolloutWorkflowId(nameOf(name))),
    ) as [WorkflowHandle, WorkflowHandle];
    for (const rollout of [calledOff, aborted])
      await harness.statusWhen(rollout as never, ({ phase }) => phase === 'baking');
    await aborted.executeUpdate(messages.ACT_UPDATES.abort, { args: [who] });
    return calledOff;
  },
  'waves-over-two-organisations': ({ harness, script }) => {
    script.elsewhere = [
      { kind: 'unheard', sinceMs: Date.now(), why: 'connection refused' },
      { kind: 'heard' },
      { kind: 'promoted' },
    ];
    return beginWaves(harness, wavesOf([['a', 'eu: b']]).given);
  },
  'guardian-found-nothing': (stage) => begin(stage, messages.GUARDIAN_WORKFLOW, [{ gapMs: 10 }]),
  'guardian-acted': (stage) => {
    stage.script.findings = [finding(`Card ${randomUUID().slice(0, 8)}`, 'restore'), finding('RefundAssist', 'alarm')];
    return begin(stage, messages.GUARDIAN_WORKFLOW, [{ gapMs: 10 }]);
  },
  'recover-by-guardian': async (stage) => {
    const action = `Card ${randomUUID().slice(0, 8)}`;
    stage.script.findings = [finding(action, 'restore')];
    await (await begin(stage, messages.GUARDIAN_WORKFLOW, [{ gapMs: 10 }])).result();
    return stage.harness.client.workflow.getHandle(messages.recoverWorkflowId(action));
  },
  'recover-by-hand': (stage) =>
    begin(
      stage,
      messages.RECOVER_WORKFLOW,
      [{ action: 'RefundAssist', ...who }],
      messages.recoverWorkflowId('RefundAssist'),
    ),
  'recover-refused': (stage) => {
    const action = 'BillingAssist';
    stage.org.knows = (by) => `${by} has only viewer.`;
    return begin(stage, messages.RECOVER_WORKFLOW, [{ action, ...who }], messages.recoverWorkflowId(action));
  },
  'dry-run': (stage) => begin(stage, messages.DRY_RUN_WORKFLOW, [{ plan: quickPlan(), startedBy: 'ana' }]),
  'builds-back': (stage) => begin(stage, messages.BUILDS_WORKFLOW, [{ do: 'back', deployment: 'assist', ...who }]),
  'builds-refused': (stage) => {
    stage.org.knows = (by) => `${by} has only viewer.`;
    return begin(stage, messages.BUILDS_WORKFLOW, [{ do: 'promote', build: 'new', deployment: 'assist', ...who }]);
  },
  registry: (stage) =>
    begin(stage, messages.REGISTRY_WORKFLOW, [{ kind: 'version', action: 'RefundAssist', version: null }]),
  calendar: (stage) => begin(stage, messages.CALENDAR_WORKFLOW, [question]),
  freeze: (stage) =>
    begin(stage, messages.FREEZE_WORKFLOW, [
      { do: 'freeze', scope: { kind: 'all' }, until: { forMs: 60_000 }, ...who },
    ]),
  'freeze-list': (stage) => begin(stage, messages.FREEZE_WORKFLOW, [{ do: 'list' }]),
  forward: (stage) => {
    stage.script.sent = ['recovered', 'removed'];
    const destination = 'https://hooks.example.com/';
    return begin(stage, messages.FORWARD_WORKFLOW, [{ destination }], messages.forwardWorkflowId(destination));
  },
  'measure-handling': (stage) => begin(stage, messages.MEASURING_WORKFLOW, []),
  'audit-signing': (stage) => begin(stage, messages.AUDIT_SIGNING_WORKFLOW, []),
  'audit-shipping': (stage) => begin(stage, messages.AUDIT_SHIPPING_WORKFLOW, []),
};
