/** Where the time to safety went, by the instants in Temporal's history. */
import { Client, Connection } from '@temporalio/client';
import { rolloutWorkflowId } from '../../src/workflows/messages.ts';

/** ms since the tipping push was sent; null where history does not tell. */
export interface Stages {
  /** The watch has said harm. */
  readonly judgedMs: number | null;
  /** The workflow has ordered the roll back. */
  readonly orderedMs: number | null;
  /** A worker has begun with it. */
  readonly begunMs: number | null;
  /** It is proven. */
  readonly provenMs: number | null;
}

type Time = { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined;

export async function stagesOf(address: string, namespace: string, action: string, sentAtMs: number): Promise<Stages> {
  const connection = await Connection.connect({ address });
  try {
    const { events } = await new Client({ connection, namespace }).workflow
      .getHandle(rolloutWorkflowId(action))
      .fetchHistory();
    const all = events ?? [];
    const ordered = all.find(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'rollBack',
    );
    const of = (id: unknown): string => String(id);
    const watches = new Set(
      all
        .filter(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'watch')
        .map(({ eventId }) => of(eventId)),
    );
    const judged = all.findLast(
      ({ activityTaskCompletedEventAttributes: done, eventTime }) =>
        done?.scheduledEventId !== undefined &&
        watches.has(of(done.scheduledEventId)) &&
        ms(eventTime) <= ms(ordered?.eventTime),
    );
    const begun = all.find(
      ({ activityTaskStartedEventAttributes: started }) =>
        ordered !== undefined &&
        started !== undefined &&
        started !== null &&
        of(started.scheduledEventId) === of(ordered.eventId),
    );
    const proven = all.find(
      ({ activityTaskCompletedEventAttributes: done }) =>
        ordered !== undefined &&
        done !== undefined &&
        done !== null &&
        of(done.scheduledEventId) === of(ordered.eventId),
    );
    const since = (event: { readonly eventTime?: Time } | undefined): number | null =>
      event === undefined ? null : Math.round(ms(event.eventTime) - sentAtMs);
    return { judgedMs: since(judged), orderedMs: since(ordered), begunMs: since(begun), provenMs: since(proven) };
  } finally {
    await connection.close();
  }
}

function ms(time: Time): number {
  return time === null || time === undefined ? Number.NaN : Number(time.seconds) * 1000 + (time.nanos ?? 0) / 1e6;
}
