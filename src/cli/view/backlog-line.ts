/** One destination of the outbox, in a line. */
import { formatDuration } from '../../domain/shared/duration.ts';
import { MAX_RETRY_AFTER_MS } from '../../forward/post.ts';
import type { Backlog } from '../../store/outbox.ts';

/** Who sends is heard of every second, but for the time between two attempts at a destination that fails. */
const MAX_SILENCE_MS = { taking: 150_000, failing: MAX_RETRY_AFTER_MS + 150_000 };

/** What waits for one destination, and whether anybody sends. */
export function backlogLine(backlog: Backlog, nowMs: number): string {
  const { destination, enabled, pending, oldestAt, held, heldUntil, failingSince, lastProblem, heardAt } = backlog;
  const since = (at: Date): string => formatDuration(nowMs - at.getTime());
  const parts = [`${pending} waiting`];
  if (heldUntil !== null) parts.push(`${held} of them until the quiet hours end at ${minute(heldUntil)} UTC`);
  if (oldestAt !== null) parts.push(`the oldest for ${since(oldestAt)}`);
  if (!enabled) parts.push('switched off');
  else if (heardAt === null) parts.push('nobody has sent yet');
  else if (nowMs - heardAt.getTime() > MAX_SILENCE_MS[failingSince === null ? 'taking' : 'failing'])
    parts.push(`NOBODY SENDS for ${since(heardAt)}`);
  else if (failingSince !== null) parts.push(`failing for ${since(failingSince)}: ${lastProblem ?? ''}`);
  return `outbox of ${destination.padEnd(16)} ${parts.join(', ')}`;
}

function minute(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ');
}
