/** Waves of quick rollouts: how they are written, begun and looked at. */
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import type { FoundUndo } from '../../src/activities/find-undo.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { WavesPlan } from '../../src/domain/waves/plan.ts';
import type { Database } from '../../src/store/database.ts';
import { createWavesActivities } from '../../src/waves/activities.ts';
import type { WavesStatus } from '../../src/domain/waves/state.ts';
import { ROLLOUTS_QUEUE, WAVES_WORKFLOW, wavesStatusQuery, wavesWorkflowId } from '../../src/workflows/messages.ts';
import { refOf } from './arms.ts';
import { PATIENCE_MS } from './patience.ts';
import type { Harness, ScriptedOrganisation } from './rollout-harness.ts';
import { activitiesOf, quickPlan } from './rollout-harness.ts';

export type WavesHandle = WorkflowHandle<() => Promise<WavesStatus>>;

export interface WrittenWaves {
  readonly given: WavesPlan;
  readonly nameOf: (action: string) => string;
}

/** What waves and their rollouts ask for, each of the organisation of its action; of the store nothing. */
export function wavesActivities(organisationOf: (action: string) => ScriptedOrganisation) {
  const { memberPhase, whyCalledOff } = createWavesActivities(
    { db: undefined as unknown as Database, now: Date.now },
    Math.random,
  );
  return {
    ...activitiesOf(() =>
      organisationOf((Context.current().info.workflowExecution?.workflowId ?? '').slice('rollout/'.length)),
    ),
    memberPhase,
    whyCalledOff,
  };
}

/** Actions called a, b, … of each wave, under names of this test's own; `eu: a` is a member in another organisation. */
export function wavesOf(
  shape: readonly (readonly string[])[],
  more: Partial<WavesPlan> = {},
  plan: Partial<Plan> = {},
): WrittenWaves {
  const suffix = randomUUID().slice(0, 8);
  const nameOf = (action: string): string => `${action} ${suffix}`;
  const member = (written: string): WavesPlan['waves'][number]['members'][number] => {
    const [at, action] = written.includes(': ') ? written.split(': ') : [undefined, written];
    const quick = quickPlan(plan);
    return {
      plan: { ...quick, action: { ...quick.action, name: nameOf(action ?? '') } },
      ...(at !== undefined && { organisation: at }),
    };
  };
  const given: WavesPlan = {
    name: suffix,
    waves: shape.map((members, at) => ({ name: `wave ${at + 1}`, members: members.map(member) })),
    maxParallel: 2,
    betweenMs: 0,
    onRollback: { running: 'goOn', promoted: 'leave' },
    ...more,
  };
  return { given, nameOf };
}

export function beginWaves(
  { client }: Pick<Harness, 'client'>,
  waves: WavesPlan,
  reason?: string,
): Promise<WavesHandle> {
  return client.workflow.start(WAVES_WORKFLOW, {
    workflowId: wavesWorkflowId(waves.name),
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ waves, startedBy: 'ana', ...(reason !== undefined && { reason }) }],
  });
}

export async function wavesStatusWhen(
  handle: WavesHandle,
  holds: (status: WavesStatus) => boolean,
): Promise<WavesStatus> {
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    const status = await handle.query(wavesStatusQuery);
    if (holds(status)) return status;
    if (Date.now() > deadline) throw new Error(`The waves did not come to that: ${JSON.stringify(status)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What an undo finds where 1.5.0 serves and 1.4.0 is proven. */
export function provenBefore(action: string): FoundUndo {
  const plan = quickPlan();
  const proof = { how: 'baseline', rolloutId: 'r-1', at: '2026-11-20T10:00:00.000Z', cards: 4120 } as const;
  const arms = { baseline: refOf('b', '1.4.0'), candidate: refOf('c', '1.5.0') };
  return {
    ok: true,
    version: '1.5.0',
    to: '1.4.0',
    proof,
    plan: { ...plan, action: { ...plan.action, name: action } },
    queues: [],
    how: { kind: 'rollBack', deployment: { target: plan.target.kind, actionName: action, ...arms } },
    opened: { startSeq: 0, startedAtMs: Date.now() },
  };
}
