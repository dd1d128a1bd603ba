/** What hands do to an organisation and to Temporal beside a rollout. */
import type { Client } from '@temporalio/client';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { GuardianInput } from '../../src/workflows/messages.ts';
import { GUARDIAN_WORKFLOW, recoverWorkflowId, ROLLOUTS_QUEUE, statusQuery } from '../../src/workflows/messages.ts';
import { signIn } from '../helpers/organisation-api.ts';
import type { RolloutHandle } from '../helpers/rollout-harness.ts';
import type { Stack } from '../helpers/stack.ts';
import { demoPlan } from '../helpers/stack.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

/** Bakes until somebody acts, and finds nothing. */
export async function bakingPlan(version: '1.5.0' | '1.6.0' = '1.5.0', percent = 20): Promise<Plan> {
  const demo = await demoPlan(version);
  return {
    ...demo,
    steps: [
      { kind: 'setSplit', percent },
      { kind: 'bake', forMs: 3_600_000, atMostMs: 7_200_000, minCards: 0, require: 'noHarm' },
    ],
    guardrails: [
      {
        metric: 'acceptanceRate',
        worseWhen: 'lower',
        margin: { kind: 'relative', value: 0.9 },
        alpha: 1e-9,
        mode: 'enforce',
      },
    ],
  };
}

export async function startBaking(stack: Stack, plan?: Plan): Promise<RolloutHandle> {
  const handle = await stack.start(plan ?? (await bakingPlan()));
  let said = 'nothing';
  const bakes = async (): Promise<boolean> => {
    const status = await handle.query(statusQuery).catch((error: unknown) => String(error));
    said = typeof status === 'string' ? status : `${status.phase}: ${status.reason} ${status.waitingFor}`;
    return typeof status !== 'string' && status.phase === 'baking';
  };
  await until('the bake', bakes, () => said);
  // Its first verdicts are told at once, and each ends a watch.
  await until('a watch with figures', async () => (await handle.query(statusQuery)).report !== null);
  return handle;
}

/** One run of the guardian, as the schedule starts it, but without the patience. */
export async function lookNow(stack: Stack, input: GuardianInput = {}): Promise<string[]> {
  const { client } = stack;
  const found = (await client.workflow.execute(GUARDIAN_WORKFLOW, {
    workflowId: `guardian-${Date.now()}-${Math.random()}`,
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ gapMs: 300, ...input, rules: { sharedMs: 0, ...input.rules } }],
  })) as string[];
  await recovered(client, found);
  return found;
}

/** The recoveries outlive the look that started them. */
async function recovered(client: Client, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const [kind, action] = key.split('/');
    if ((kind !== 'unwatched' && kind !== 'frozen') || key.endsWith('/alarm') || action === undefined) continue;
    await client.workflow
      .getHandle(recoverWorkflowId(action))
      .result()
      .catch(() => undefined);
  }
}

export async function until(what: string, holds: () => Promise<boolean>, seen = () => ''): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    if (await holds()) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} s for: ${what} ${seen()}`.trimEnd());
}

export interface Hands {
  list(): Promise<Document[]>;
  create(document: object): Promise<Document>;
  change(id: string, change: (document: Document) => object): Promise<void>;
  remove(id: string): Promise<void>;
  removeExports(): Promise<number>;
  exports(): Promise<
    { readonly id: string; readonly enabled: boolean; readonly destination: { readonly url: string } }[]
  >;
}

export interface Document {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly enabled: boolean;
  readonly metadata: {
    readonly traffic_split: number;
    readonly ab_test_group: string;
    readonly version: string;
    readonly rollout_id?: string;
  };
}

/** Over HTTP, as anybody with an OAuth client has them. */
export async function handsOn(url: string): Promise<Hands> {
  const call = await signIn(url);
  const exports = async () =>
    (await call<{ entities: Awaited<ReturnType<Hands['exports']>> }>('GET', 'analytics/event-exports')).entities;
  return {
    list: async () => (await call<{ entities: Document[] }>('GET', 'agentassist/actions?pageSize=100')).entities,
    create: (document) => call('POST', 'agentassist/actions', document),
    async change(id, change) {
      await call('PUT', `agentassist/actions/${id}`, change(await call<Document>('GET', `agentassist/actions/${id}`)));
    },
    remove: (id) => call('DELETE', `agentassist/actions/${id}`),
    async removeExports() {
      const found = await exports();
      for (const { id } of found) await call('DELETE', `analytics/event-exports/${id}`);
      return found.length;
    },
    exports,
  };
}
