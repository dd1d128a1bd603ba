/** What scenes are played on: a Temporal server, the workers of all queues, and an organisation that does as it is told. */
import { NativeConnection } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import type { Followed } from '../../src/waves/elsewhere.ts';
import { createWavesActivities } from '../../src/waves/activities.ts';
import type { GuardianFinding } from '../../src/domain/guardian/finding.ts';
import type { Database } from '../../src/store/database.ts';
import { createWorker } from '../../src/worker/create-worker.ts';
import { AUDIT_SHIPPING_QUEUE, AUDIT_SIGNING_QUEUE, MEASURING_QUEUE } from '../../src/workflows/messages.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import { testTemporal } from '../helpers/temporal.ts';

/** What a scene may set. */
export interface Script {
  org: ScriptedOrganisation;
  /** What a look of the guardian finds. */
  findings: readonly GuardianFinding[];
  /** What a member elsewhere comes to, one after the other. */
  elsewhere: Followed[];
  /** What sending comes to, one after the other. */
  sent: ('recovered' | 'removed')[];
}

export interface Stage extends Readonly<Pick<Script, 'org'>> {
  readonly harness: Harness;
  readonly script: Script;
}

/** What is begun in it, to be kept when it has ended. */
export type Scene = (stage: Stage) => Promise<WorkflowHandle>;

export function newScript(): Script {
  return { org: new ScriptedOrganisation(), findings: [], elsewhere: [], sent: [] };
}

export async function openStage(script: () => Script): Promise<{ readonly harness: Harness; close(): Promise<void> }> {
  const activities = { ...activitiesOf(() => script().org), ...others(script) };
  const harness = await startHarness(activities);
  const { address, namespace } = await testTemporal();
  const connection = await NativeConnection.connect({ address });
  const workers = await Promise.all(
    [AUDIT_SIGNING_QUEUE, AUDIT_SHIPPING_QUEUE, MEASURING_QUEUE].map((taskQueue) =>
      createWorker({ connection, namespace, codecKeys: [] }, { taskQueue, activities }),
    ),
  );
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    harness,
    async close() {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
      await harness.close();
    },
  };
}

function others(script: () => Script): object {
  const { memberPhase, whyCalledOff } = createWavesActivities(
    { db: undefined as unknown as Database, now: Date.now },
    Math.random,
  );
  const restored = {
    kind: 'restored',
    rolloutId: 'r-1',
    ended: 'frozen',
    baseline: '1.4.0 (b)',
    candidates: ['1.5.0 (c)'],
    foreign: [],
    why: 'Its workflow has done nothing for two minutes.',
    splitPercent: 10,
    provenAt: '2026-11-20T10:00:00.000Z',
    correlationId: 'c-1',
  } as const;
  const routing = { current: 'old', ramping: 'new', rampPercent: 10 };
  const nothing = async (): Promise<void> => undefined;
  return {
    memberPhase,
    whyCalledOff,
    recordWaves: nothing,
    knowElsewhere: async () => null,
    startElsewhere: async () => ({ runId: 'r-2' }),
    findElsewhere: async () => null,
    actElsewhere: async () => null,
    followElsewhere: async () =>
      script().elsewhere.shift() ?? { kind: 'ended', state: 'promoted', reason: 'its plan is done' },
    planBuilds: async () => ({ kind: 'change', change: { kind: 'ramp', build: null, percent: 0 }, before: routing }),
    changeBuilds: async () => ({ kind: 'done' }),
    refuseBuilds: nothing,
    guardianLook: async () => script().findings,
    guardianAct: nothing,
    restoreBaseline: async () => restored,
    recordRecovery: nothing,
    send: async () => script().sent.shift() ?? 'removed',
    signAudit: nothing,
    shipAudit: nothing,
    measureHandling: async () => ({ asked: 3, written: 2, missing: [{ why: 'it goes on', conversations: 1 }] }),
  };
}
