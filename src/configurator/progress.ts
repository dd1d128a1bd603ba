/** Live figures: the heartbeat details of the pending `watch` activity. */
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { Payload } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import type { WatchProgress } from '../workflows/messages.ts';

export interface PendingActivity {
  readonly activityType?: { readonly name?: string | null } | null;
  readonly heartbeatDetails?: { readonly payloads?: Payload[] | null } | null;
}

export async function progressOf(client: Client, pending: readonly PendingActivity[]): Promise<WatchProgress | null> {
  const watch = pending.find((activity) => activity.activityType?.name === 'watch');
  const payloads = watch?.heartbeatDetails?.payloads;
  if (!payloads || payloads.length === 0) return null;
  const [progress] = await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads);
  return isProgress(progress) ? progress : null;
}

/** Workers of another version may heartbeat something else; what is not understood is not shown. */
function isProgress(value: unknown): value is WatchProgress {
  if (typeof value !== 'object' || value === null) return false;
  const { splitPercent, report } = value as Partial<WatchProgress>;
  return typeof splitPercent === 'number' && typeof report === 'object' && report !== null && Array.isArray(report.guardrails);
}
