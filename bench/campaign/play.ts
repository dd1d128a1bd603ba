/** What is begun, what people do, and what another hand does to it. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  FREEZE_WORKFLOW,
  ROLLOUT_WORKFLOW,
  ROLLOUTS_QUEUE,
  rolloutWorkflowId,
  WAVES_UPDATES,
  WAVES_WORKFLOW,
  wavesStatusQuery,
  wavesWorkflowId,
} from '../../src/workflows/messages.ts';
import { membersOf } from '../../src/domain/waves/state.ts';
import { doByHand } from './by-hand.ts';
import type { Kind } from './draw.ts';
import { BASELINE, CANDIDATE, campaignPlan, ELSEWHERE } from './plans.ts';
import { askAround, askOf } from './questions.ts';
import { act, again, CALL_MS, PATIENCE_MS, until, within } from './rollout.ts';
import type { Played, Scene } from './rollout.ts';

/** Longer than what it bakes before the next change. */
const FROZEN_MS = 9_000;
/** Where nobody answers whoever lifts it. */
const FROZEN_AT_MOST = { forMs: 40_000 };
const PAUSED_MS = 2_000;
const GLANCE_MS = 50;

/** Resolves when everybody has done what they do; the rollout may still run. */
export async function play(played: Played, scene: Scene): Promise<void> {
  const { action, kind, startAtMs, waves } = played.planned;
  await sleep(startAtMs);
  await serveBaseline(action, scene);
  scene.traffic.add({ action, isHarmful: kind === 'harmful' });
  if (waves === null) await begin(action, scene, { plan: await campaignPlan(kind, action, scene.hookUrl) });
  else if (waves[0] === action) await beginWaves(kind, waves, scene);
  await Promise.all([DEEDS[kind]?.(played, scene), otherHand(played, scene)]);
}

function serveBaseline(action: string, { hands }: Scene): Promise<void> {
  return again(() => once(hands.find(action, BASELINE), () => hands.create(action, BASELINE)));
}

function begin(action: string, scene: Scene, input: object): Promise<void> {
  return start(scene, ROLLOUT_WORKFLOW, rolloutWorkflowId(action), { ...input, startedBy: 'campaign' });
}

async function beginWaves(kind: Kind, actions: readonly string[], scene: Scene): Promise<void> {
  const { hookUrl } = scene;
  for (const action of actions) await serveBaseline(action, scene);
  const members = await Promise.all(
    actions.map(async (action, place) => ({
      plan: await campaignPlan(kind, action, hookUrl),
      ...(place > 0 && { organisation: ELSEWHERE }),
    })),
  );
  const name = wavesNameOf(actions);
  const waves = {
    name,
    waves: [{ name: 'all', members }],
    maxParallel: members.length,
    betweenMs: 0,
    onRollback: { running: 'goOn', promoted: 'leave' },
  };
  await start(scene, WAVES_WORKFLOW, wavesWorkflowId(name), { waves, startedBy: 'campaign' });
}

export function wavesNameOf([first = '']: readonly string[]): string {
  return first;
}

/** Whoever hears no answer asks again: what was begun then is begun. */
function start({ client }: Scene, workflow: string, workflowId: string, input: object): Promise<void> {
  return again(async () => {
    const started = client.workflow.start(workflow, { workflowId, taskQueue: ROLLOUTS_QUEUE, args: [input] });
    await started.catch((error: unknown) => {
      if ((error as Error).name !== 'WorkflowExecutionAlreadyStartedError') throw error;
    });
  });
}

type Deed = (played: Played, scene: Scene) => Promise<unknown>;

const DEEDS: Readonly<Partial<Record<Kind, Deed>>> = {
  good: ({ planned: { action } }, { client, hookUrl }) => askAround(client, action, hookUrl),
  async approved(played, scene) {
    if (await until(played, ({ phase }) => phase === 'awaitingApproval')) await act(played, scene, 'approve');
  },
  async aborted(played, scene) {
    await sleep(played.planned.actAfterMs);
    await act(played, scene, 'abort');
  },
  async paused(played, scene) {
    await sleep(played.planned.actAfterMs);
    await act(played, scene, 'pause');
    await sleep(PAUSED_MS);
    await act(played, scene, 'resume');
  },
  async undone(played, scene) {
    const { action } = played.planned;
    if (await until(played, ({ phase }) => phase === 'promoted'))
      await begin(action, scene, { undo: { action, to: BASELINE }, reason: 'it is not wanted any more' });
  },
  async inWaves({ planned: { action, actAfterMs, waves } }, { client }) {
    if (waves === null || waves[0] !== action) return;
    const asked = askWaves(client, waves);
    await sleep(actAfterMs);
    await asked.act('pause');
    await sleep(PAUSED_MS);
    // Until all have begun: a pause may be heard late, and a resume refused while nobody can say who acts.
    for (let [nth, deadline] = [1, Date.now() + PATIENCE_MS]; Date.now() < deadline; await sleep(PAUSED_MS)) {
      const status = await asked.status();
      if (status?.paused === true) await asked.act('resume', nth++);
      if (status !== null && membersOf(status).every(({ state }) => state !== 'waiting')) return;
    }
  },
  /** While the other organisation is asked, where that takes long enough to be seen. */
  async calledOff({ planned: { action, waves } }, { client }) {
    if (waves === null || waves[0] !== action) return;
    const asked = askWaves(client, waves);
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(GLANCE_MS)) {
      const status = await asked.status();
      if (status?.stopped) return;
      if (status !== null && membersOf(status).some(({ state }) => state !== 'waiting')) await asked.act('abort');
    }
  },
  async frozen(played, { client }) {
    const { action, actAfterMs } = played.planned;
    const scope = { kind: 'action', name: action };
    const who = { by: 'ana', reason: 'an incident' };
    await sleep(actAfterMs / 2);
    await askOf(client, FREEZE_WORKFLOW, { do: 'freeze', scope, ...who, until: FROZEN_AT_MOST }).catch(() => undefined);
    await sleep(FROZEN_MS);
    await again(() => askOf(client, FREEZE_WORKFLOW, { do: 'unfreeze', scope, ...who })).catch(() => undefined);
  },
};

export function wavesHandle(client: Scene['client'], waves: readonly string[]) {
  return client.workflow.getHandle(wavesWorkflowId(wavesNameOf(waves)));
}

/** A member that is not there is given up by whoever gives up its waves: nobody may have resumed them in time. */
export async function giveUpUnbegun({ planned: { waves }, handle }: Played, { client }: Scene): Promise<void> {
  if (waves === null) return;
  const found = await within(CALL_MS, handle.describe()).catch((error: Error) => error.name);
  if (found === 'WorkflowNotFoundError') await askWaves(client, waves).act('abort');
}

function askWaves(client: Scene['client'], waves: readonly string[]) {
  const handle = wavesHandle(client, waves);
  return {
    status: () => within(CALL_MS, handle.query(wavesStatusQuery)).catch(() => null),
    async act(name: 'pause' | 'resume' | 'abort', nth = 1): Promise<void> {
      const given = { by: 'ana', reason: `${name} all of them` };
      const updateId = `${name} of ${wavesNameOf(waves)} ${nth}`;
      const asked = handle.executeUpdate(WAVES_UPDATES[name], { args: [given], updateId });
      await within(CALL_MS, asked).catch(() => undefined);
    },
  };
}

async function otherHand(played: Played, scene: Scene): Promise<void> {
  const { hand, action } = played.planned;
  if (hand === null) return;
  const isOnTrial = (): boolean =>
    scene.observer
      .versions(action)
      .some(({ name, enabled, metadata }) => name.endsWith(CANDIDATE) && enabled && metadata.traffic_split > 0);
  for (const deadline = Date.now() + PATIENCE_MS; !isOnTrial(); await sleep(200)) if (Date.now() > deadline) return;
  played.touched = true;
  await scene.observer.byHand(action, () => doByHand(hand, action, scene)).catch(() => undefined);
}

async function once(there: Promise<unknown>, make: () => Promise<void>): Promise<void> {
  const found = await there.then(
    () => true,
    (error: Error) => {
      if (!error.message.startsWith('There is no')) throw error;
      return false;
    },
  );
  if (!found) await make();
}
