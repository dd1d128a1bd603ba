/** One rollout of a schedule, what is known of it, and an act of a person. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { ACT_UPDATES, rolloutWorkflowId, statusQuery } from '../../src/workflows/messages.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import type { Act } from '../../src/domain/rollout/acts.ts';
import type { Hands } from '../lib/hands.ts';
import type { Observer } from '../observer/observer.ts';
import type { PlannedRollout } from './draw.ts';
import type { Traffic } from './traffic.ts';

export interface Scene {
  readonly client: Client;
  readonly hands: Hands;
  readonly observer: Observer;
  readonly traffic: Traffic;
  /** Of the hook that plans ask. */
  readonly hookUrl: string;
}

export interface Played {
  readonly planned: PlannedRollout;
  readonly handle: WorkflowHandle;
  /** Reasons of acts that were taken: each is on record once. */
  readonly taken: Set<string>;
  /** Of acts whose answer never came: at most once. */
  readonly asked: Set<string>;
  /** How many acts people have tried. */
  acts: number;
  /** It ended because the campaign's own person gave it up: when, ms since the epoch. */
  helpedAtMs: number | null;
  /** What it waited for then. */
  waitedFor: string;
  /** The hand has done it. */
  touched: boolean;
}

/** Of people. */
export const PATIENCE_MS = 60_000;
const AGAIN_MS = 400;
export const CALL_MS = 5_000;

export function playOf(planned: PlannedRollout, { client }: Scene): Played {
  return {
    planned,
    handle: client.workflow.getHandle(rolloutWorkflowId(planned.action)),
    taken: new Set(),
    asked: new Set(),
    acts: 0,
    helpedAtMs: null,
    waitedFor: '',
    touched: false,
  };
}

/** The same act under the same id until it is answered: it is done once however often it is sent. */
export async function act(played: Played, { observer }: Scene, name: Act): Promise<void> {
  const { handle, planned, taken, asked } = played;
  played.acts += 1;
  const reason = `${name} of ${planned.action} ${played.acts}`;
  asked.add(reason);
  const given = { by: 'ana', reason };
  await again(async () => {
    const answer = handle.executeUpdate(ACT_UPDATES[name], { args: [given], updateId: reason });
    await within(CALL_MS, answer).catch((error: unknown) => {
      if (isTransient(error)) throw error;
      asked.delete(reason);
    });
    if (!asked.has(reason)) return;
    taken.add(reason);
    if (name === 'abort') observer.mayNotRise(planned.action);
  }).catch(() => undefined);
}

export async function statusOf({ handle }: Played): Promise<RolloutStatus | null> {
  return within(CALL_MS, handle.query(statusQuery)).catch(() => null);
}

export async function until(played: Played, holds: (status: RolloutStatus) => boolean): Promise<boolean> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(AGAIN_MS)) {
    const status = await statusOf(played);
    if (status !== null && holds(status)) return true;
    if (status?.outcome) return false;
  }
  return false;
}

export async function again(work: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(AGAIN_MS)) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** Nobody has answered; whoever refuses has. */
function isTransient(error: unknown): boolean {
  const { name, message } = error as Error;
  return !(name === 'WorkflowUpdateFailedError' || /not found|already completed|not running/i.test(message));
}

export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms.`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
