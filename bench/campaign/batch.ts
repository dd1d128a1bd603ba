/** Schedules that run beside one another: all their rollouts, all their faults, then quiet, and then every end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { rolloutWorkflowId, wavesWorkflowId } from '../../src/workflows/messages.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { connectHands } from '../lib/hands.ts';
import { signIn } from '../lib/organisation-call.ts';
import { startObserver } from '../observer/observer.ts';
import { takeAccount } from './account.ts';
import { FAULTS_MS } from './draw.ts';
import type { PlannedOrder, Schedule } from './draw.ts';
import { endOf } from './end.ts';
import type { End } from './end.ts';
import { forgetReached, giveOrder, reachedIn, withdrawOrders } from './orders.ts';
import type { Order, Reached } from './orders.ts';
import type { Parts } from './parts.ts';
import { WITNESS } from './parts.ts';
import { giveUpUnbegun, play, wavesHandle, wavesNameOf } from './play.ts';
import { startDuties } from './questions.ts';
import { HOOK } from './receiver.ts';
import { waitsOf } from './stuck.ts';
import { unansweredHarm } from './unanswered.ts';
import { historiesOf, unreplayable } from './replays.ts';
import { act, playOf, statusOf } from './rollout.ts';
import type { Played, Scene } from './rollout.ts';
import { startTraffic } from './traffic.ts';
import { befall, clearFaults } from './windows.ts';
import type { Stage } from './windows.ts';

export interface BatchOutcome {
  readonly rollouts: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly reached: readonly Reached[];
  /** Nobody came by their boundary. */
  readonly left: readonly PlannedOrder[];
  readonly violations: readonly string[];
  readonly stuck: readonly string[];
  readonly duplicates: readonly string[];
  readonly ends: readonly End[];
  readonly seconds: number;
  /** The campaign itself broke in it: no other can follow. */
  readonly isBroken?: true;
}

export interface BatchOptions {
  readonly parts: Parts;
  /** Of people. It outlives the batch: some of their calls do, too. */
  readonly client: Client;
  readonly prefix: string;
  readonly schedules: readonly Schedule[];
  /** Orders of batches before it. */
  readonly more: readonly PlannedOrder[];
  readonly say: (line: string) => void;
  /** From the end of the last fault to every rollout's end. */
  readonly boundMs: number;
}

/** So long after the faults people give up what waits for them, and then everything. */
const GIVE_UP_WAITING_MS = 15_000;
const GIVE_UP_ALL_MS = 70_000;
/** With answers that are slow and connections that are cut. */
const HAND_MS = 10_000;
/** When what is done every minute is begun, too. */
const DUTIES_MS = 6_000;
/** Until so long after the faults somebody may still die, or fall asleep, at a boundary that is come by late. */
const LAST_DEATH_MS = 60_000;
const LOOK_MS = 1_000;
const ASKED_AGAIN_MS = 20_000;
const WAITS = ['held', 'awaitingApproval', 'awaitingHook'];

export async function runBatch({
  parts,
  client,
  prefix,
  schedules,
  more,
  say,
  boundMs,
}: BatchOptions): Promise<BatchOutcome> {
  const startedAtMs = Date.now();
  const hands = await connectHands(parts.organisationUrl, WITNESS);
  const call = await signIn(parts.organisationUrl, WITNESS);
  const observer = await startObserver({
    ...parts.temporal,
    organisationUrl: parts.organisationUrl,
    client: WITNESS,
    prefix,
    handMs: HAND_MS,
  });
  const traffic = startTraffic(parts, (action) => observer.versions(action));
  const scene: Scene = { client, hands, observer, traffic, hookUrl: `${parts.receiver.url}${HOOK}` };
  const stage: Stage = { parts, traffic, alone: oneByOne() };
  const all = schedules.flatMap(({ rollouts }) => rollouts).map((planned) => playOf(planned, scene));
  forgetReached(parts.orders);
  const orders = [...schedules.flatMap((schedule) => schedule.orders), ...more];
  const giving = orders.map((order) => sleep(order.atMs).then(() => giveOrder(parts.orders, order)));
  const waking = wakeSleepers(parts, orders);
  const duties = sleep(DUTIES_MS).then(() => startDuties(client));
  const people = Promise.all(
    all.map((played) =>
      play(played, scene).catch((error: unknown) => say(`${played.planned.action}: ${String(error)}`)),
    ),
  );
  const windows = schedules.flatMap((schedule) => schedule.windows);
  await Promise.all([
    sleep(FAULTS_MS),
    duties,
    ...giving,
    ...windows.map((window) =>
      befall(stage, window).catch((error: unknown) => say(`${window.kind}: ${String(error)}`)),
    ),
  ]);
  await clearFaults(stage);
  await startDuties(client);
  const withdrawing = setTimeout(() => withdrawOrders(parts.orders), LAST_DEATH_MS);
  const quietAtMs = Date.now();
  say(`quiet after ${((quietAtMs - startedAtMs) / 1000).toFixed(0)} s`);
  await people;
  const ends = await untilEnded(all, scene, quietAtMs, boundMs);
  clearTimeout(withdrawing);
  withdrawOrders(parts.orders);
  await waking.stop();
  await traffic.stop();
  await sleep(1_500);
  const seen = await observer.caughtUp().then(() => observer.violations);
  const account = await takeAccount(parts.databaseUrl, call, parts.receiver.messages, all);
  const reached = reachedIn(parts.orders);
  await observer.close();
  await tidy(call, prefix);
  return {
    rollouts: all.length,
    faults: countFaults(schedules, all, reached),
    reached,
    left: orders.filter((order) => !reached.some((one) => isSame(order, one))),
    violations: [
      ...seen.map(({ at, kind, action, what }) => `${action}: ${kind} at ${at}: ${what}`),
      ...account.missing,
      ...(await unansweredHarm(parts.databaseUrl, ends)),
      ...ends.flatMap(({ wrong }) => wrong),
      ...(await unreplayable(await historiesOf(client, workflowIdsOf(all)))),
    ],
    stuck: ends.flatMap(({ stuck }) => stuck ?? []),
    duplicates: account.duplicates,
    ends,
    seconds: (Date.now() - startedAtMs) / 1000,
  };
}

function workflowIdsOf(all: readonly Played[]): string[] {
  return all.flatMap(({ planned: { action, waves } }) => [
    rolloutWorkflowId(action),
    ...(waves !== null && waves[0] === action ? [wavesWorkflowId(wavesNameOf(waves))] : []),
  ]);
}

async function untilEnded(
  all: readonly Played[],
  scene: Scene,
  quietAtMs: number,
  boundMs: number,
): Promise<readonly End[]> {
  const ends = new Map<Played, End>();
  const helping = new Set<Played>();
  while (ends.size < all.length && Date.now() - quietAtMs < boundMs) {
    await Promise.all(
      all
        .filter((played) => !ends.has(played))
        .map(async (played) => {
          const end = await endOf(played, scene);
          if (end !== null) {
            ends.set(played, end);
            scene.traffic.remove(played.planned.action);
          } else if (!helping.has(played) && (await isGivenUp(played, Date.now() - quietAtMs))) {
            helping.add(played);
            played.helpedAtMs ??= Date.now();
            // Whose call nobody heard asks again.
            void act(played, scene, 'abort')
              .then(() => giveUpUnbegun(played, scene))
              .then(() => sleep(ASKED_AGAIN_MS))
              .then(() => helping.delete(played));
          }
        }),
    );
    await sleep(LOOK_MS);
  }
  return Promise.all(all.map(async (played) => ends.get(played) ?? stuck(played, scene)));
}

/** A person is there for what asks for one. */
async function isGivenUp(played: Played, quietForMs: number): Promise<boolean> {
  if (quietForMs < GIVE_UP_WAITING_MS) return false;
  const status = await statusOf(played);
  played.waitedFor = saidBy(status);
  // Whoever harms has to go back by itself.
  if (quietForMs > (played.planned.kind === 'harmful' ? 2 : 1) * GIVE_UP_ALL_MS) return true;
  return status !== null && (status.paused || WAITS.includes(status.phase));
}

async function stuck(played: Played, { client }: Scene): Promise<End> {
  const said = saidBy(await statusOf(played));
  const { action, hand, waves } = played.planned;
  const waits = [
    await waitsOf(played.handle),
    // What is not begun is known to its waves.
    ...(waves === null ? [] : [`its waves: ${await waitsOf(wavesHandle(client, waves))}`]),
  ].join('; ');
  return {
    action,
    outcome: null,
    reason: said,
    helped: played.helpedAtMs !== null,
    waitedFor: played.waitedFor,
    unanswered: null,
    wrong: [],
    stuck: [`${action}${hand === null ? '' : ` (${hand})`}: ${said}; ${waits}`],
  };
}

function saidBy(status: RolloutStatus | null): string {
  return status === null ? 'it does not answer' : `${status.phase}, ${status.waitingFor}; ${status.reason}`;
}

/** Whoever fell asleep at a boundary is woken after its time. */
function wakeSleepers(parts: Parts, orders: readonly PlannedOrder[]): { stop(): Promise<void> } {
  const seen = new Set<string>();
  const waiting: Promise<void>[] = [];
  const look = (): void => {
    for (const one of reachedIn(parts.orders)) {
      const key = JSON.stringify(one);
      if (one.deed !== 'stop' || seen.has(key)) continue;
      seen.add(key);
      const order = orders.find((given) => isSame(given, one));
      waiting.push(sleep(order?.sleepMs ?? LOOK_MS).then(() => wake(one.pid)));
    }
  };
  const timer = setInterval(look, 100);
  return {
    async stop() {
      await sleep(500);
      look();
      clearInterval(timer);
      await Promise.all(waiting);
    },
  };
}

function isSame(one: Order, other: Order): boolean {
  const names = ['of', 'activity', 'side', 'deed'] as const;
  return names.every((name) => one[name] === other[name]);
}

function wake(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It was killed asleep.
  }
}

function countFaults(
  schedules: readonly Schedule[],
  all: readonly Played[],
  reached: readonly Reached[],
): Record<string, number> {
  const kinds = [
    ...schedules.flatMap(({ windows }) => windows.map(({ kind }) => kind)),
    ...all.flatMap(({ planned, touched }) => (touched && planned.hand !== null ? [planned.hand] : [])),
    ...reached.map(({ deed }) => `boundary ${deed}`),
  ];
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function oneByOne(): Stage['alone'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** So that the next batch's listings are not this one's. */
async function tidy(call: Awaited<ReturnType<typeof signIn>>, prefix: string): Promise<void> {
  for (;;) {
    const { entities } = await call<{ entities: readonly { readonly id: string }[] }>(
      'GET',
      `agentassist/actions?pageSize=100&name=${encodeURIComponent(prefix)}`,
    );
    if (entities.length === 0) return;
    for (const { id } of entities) await call('DELETE', `agentassist/actions/${id}`);
  }
}
