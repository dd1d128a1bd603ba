/** Live figures: the heartbeat details of the pending `watch` activity. */
import type { Payload } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import type { SeenFailure } from '../codec/read.ts';
import { failureText, readPayload } from '../codec/read.ts';
import type { Timestamp } from '../builds/timestamp.ts';
import { timestampMs } from '../builds/timestamp.ts';
import type { HookProgress } from '../domain/hook/answer.ts';
import type { FollowProgress } from '../waves/elsewhere.ts';
import type { WatchProgress } from '../workflows/messages.ts';

export interface Trouble {
  readonly activity: string;
  readonly attempt: number;
  readonly failure: string;
  /** ISO; null while an attempt is under way. */
  readonly nextTryAt: string | null;
  /** Somebody paused it in Temporal: it is not tried until it is unpaused there. */
  readonly isPaused?: true;
}

export function pausedText(activity: string): string {
  return `${activity} is paused in Temporal, and not tried until it is unpaused there`;
}

/** What has become of it; `next`: when it is tried again, in words. */
export function troubleText({ activity, attempt, isPaused }: Trouble, next: string): string {
  return isPaused ? `${pausedText(activity)} (attempt ${attempt})` : `${activity} failed (attempt ${attempt}${next})`;
}

export interface PendingActivity {
  readonly attempt?: number | null;
  readonly lastFailure?: SeenFailure | null;
  readonly scheduledTime?: Timestamp | null;
  readonly lastStartedTime?: Timestamp | null;
  readonly activityType?: { readonly name?: string | null } | null;
  readonly heartbeatDetails?: { readonly payloads?: Payload[] | null } | null;
  readonly paused?: boolean | null;
}

export async function progressOf(client: Client, pending: readonly PendingActivity[]): Promise<WatchProgress | null> {
  const progress = await detailsOf(client, pending, 'watch');
  return isProgress(progress) ? progress : null;
}

/** Of the hook that is being asked; null: none is, or it has not answered yet. */
export async function hookProgressOf(
  client: Client,
  pending: readonly PendingActivity[],
): Promise<HookProgress | null> {
  const progress = (await detailsOf(client, pending, 'askHook')) as Partial<HookProgress> | null;
  const { tries, lastReply } = progress ?? {};
  return typeof tries === 'number' && typeof lastReply === 'string' ? { tries, lastReply } : null;
}

/** A member of waves in another organisation, as it was last seen. */
export interface FollowedMember {
  readonly phase: string | null;
  readonly splitPercent: number | null;
}

/** By their id in the waves. */
export async function followedOf(
  client: Client,
  pending: readonly PendingActivity[],
): Promise<Readonly<Record<string, FollowedMember>>> {
  const details = await Promise.all(
    pending
      .filter(({ activityType }) => activityType?.name === 'followElsewhere')
      .map((activity) => detailsOf(client, [activity], 'followElsewhere')),
  );
  return Object.fromEntries(
    (details as (Partial<FollowProgress> | null)[]).flatMap((seen) =>
      typeof seen?.member === 'string'
        ? [[seen.member, { phase: seen.phase ?? null, splitPercent: seen.splitPercent ?? null }]]
        : [],
    ),
  );
}

async function detailsOf(client: Client, pending: readonly PendingActivity[], name: string): Promise<unknown> {
  const activity = pending.find(({ activityType }) => activityType?.name === name);
  const [first] = activity?.heartbeatDetails?.payloads ?? [];
  return first === undefined ? null : readPayload(client, first);
}

/** Activities whose last attempt failed, and when they are tried again; and such as are paused. */
export function troublesOf(client: Client, pending: readonly PendingActivity[]): Promise<Trouble[]> {
  return Promise.all(
    pending
      .filter(({ lastFailure, paused }) => lastFailure?.message || paused)
      .map(async (activity) => ({
        activity: activity.activityType?.name ?? 'unknown',
        attempt: activity.attempt ?? 1,
        failure: (await failureText(client, activity.lastFailure)) ?? '',
        nextTryAt: activity.paused ? null : nextTryOf(activity),
        ...(activity.paused && { isPaused: true as const }),
      })),
  );
}

function nextTryOf({ scheduledTime, lastStartedTime }: PendingActivity): string | null {
  if (!scheduledTime) return null;
  const nextMs = timestampMs(scheduledTime);
  return lastStartedTime && timestampMs(lastStartedTime) >= nextMs ? null : new Date(nextMs).toISOString();
}

/** Workers of another version may heartbeat something else; what is not understood is not shown. */
function isProgress(value: unknown): value is WatchProgress {
  if (typeof value !== 'object' || value === null) return false;
  const { splitPercent, report } = value as Partial<WatchProgress>;
  return (
    typeof splitPercent === 'number' &&
    typeof report === 'object' &&
    report !== null &&
    Array.isArray(report.guardrails)
  );
}
