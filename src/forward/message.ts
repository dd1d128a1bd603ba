/** The body of a message. */
import type { ClaimedRow } from '../store/outbox.ts';

/** Null when nothing of it is wanted, or left. */
export function bodyOf(
  rows: readonly ClaimedRow[],
  wanted: { readonly events: boolean; readonly metrics: boolean },
): string | null {
  const events = rows.flatMap(({ kind, content }) =>
    wanted.events && kind === 'event' && content !== null ? [content] : [],
  );
  const metrics = rows.flatMap(({ kind, content, seq }) =>
    wanted.metrics && kind === 'metrics' && content !== null ? [withRevision(content, seq)] : [],
  );
  const parts = [
    ...(events.length > 0 ? [`"events":[${events.join(',')}]`] : []),
    ...(metrics.length > 0 ? [`"metrics":[${metrics.join(',')}]`] : []),
  ];
  return parts.length > 0 ? `{${parts.join(',')}}` : null;
}

/** The place in the outbox grows with time: of two snapshots of one window the larger counts. */
function withRevision(content: string, seq: number): string {
  return JSON.stringify({ ...(JSON.parse(content) as object), revision: seq });
}
