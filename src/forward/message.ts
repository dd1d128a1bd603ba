/** The body of a message, and its headers as Standard Webhooks prescribes. */
import { createHmac } from 'node:crypto';
import { parseSecret } from '../ingest/signature.ts';
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

export function createSigner(
  secrets: readonly string[],
): (id: string, atMs: number, body: string) => Record<string, string> {
  const keys = secrets.map(parseSecret);
  return (id, atMs, body) => {
    const timestamp = String(Math.floor(atMs / 1000));
    const signatures = keys.map(
      (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
    );
    return {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    };
  };
}
