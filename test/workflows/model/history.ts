/** What a run's history says, in order, with no code of the engine: what was ordered, what came back, who was let. */
import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';

export type Happening =
  | { readonly kind: 'ordered'; readonly activity: string; readonly input: unknown }
  | { readonly kind: 'done'; readonly activity: string; readonly result: unknown }
  | { readonly kind: 'taken'; readonly act: string; readonly by: string }
  | { readonly kind: 'cancelAsked' };

type Payloads = temporal.api.common.v1.IPayloads | null | undefined;

export async function happenings(handle: Pick<WorkflowHandle, 'fetchHistory'>): Promise<Happening[]> {
  const { events } = await handle.fetchHistory();
  const activities = new Map<string, string>();
  const acts = new Map<string, { readonly act: string; readonly by: string }>();
  return (events ?? []).flatMap((event): Happening[] => {
    const ordered = event.activityTaskScheduledEventAttributes;
    if (ordered) {
      const activity = ordered.activityType?.name ?? '';
      activities.set(String(event.eventId), activity);
      return [{ kind: 'ordered', activity, input: first(ordered.input) }];
    }
    const done = event.activityTaskCompletedEventAttributes;
    if (done)
      return [
        { kind: 'done', activity: activities.get(String(done.scheduledEventId)) ?? '', result: first(done.result) },
      ];
    const asked = event.workflowExecutionUpdateAcceptedEventAttributes;
    if (asked) {
      const { meta, input } = asked.acceptedRequest ?? {};
      const given = first(input?.args) as { readonly by?: string } | undefined;
      acts.set(meta?.updateId ?? '', { act: input?.name ?? '', by: given?.by ?? '' });
      return [];
    }
    const answered = event.workflowExecutionUpdateCompletedEventAttributes;
    const act = answered?.outcome?.success ? acts.get(answered.meta?.updateId ?? '') : undefined;
    if (act !== undefined) return [{ kind: 'taken', ...act }];
    return event.workflowExecutionCancelRequestedEventAttributes ? [{ kind: 'cancelAsked' }] : [];
  });
}

function first(payloads: Payloads): unknown {
  const payload = payloads?.payloads?.[0];
  return payload === undefined ? undefined : defaultPayloadConverter.fromPayload(payload);
}
