/** What the recorded histories of a release ordered from activities, and what they were answered. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../helpers/sources.ts';

interface Payloads {
  readonly payloads?: readonly { readonly data?: string }[];
}

interface Event {
  readonly eventId: string;
  readonly activityTaskScheduledEventAttributes?: {
    readonly activityType: { readonly name: string };
    readonly input?: Payloads;
  };
  readonly activityTaskCompletedEventAttributes?: { readonly scheduledEventId: string; readonly result?: Payloads };
}

export interface RecordedCall {
  readonly activity: string;
  readonly part: 'order' | 'answer';
  readonly value: unknown;
}

const folder = join(ROOT, 'test', 'replay', 'histories');

export function recordedCalls(release: string): readonly RecordedCall[] {
  return readdirSync(folder)
    .filter((file) => file.startsWith(`${release}-`))
    .flatMap((file) => {
      const { events } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { readonly events: readonly Event[] };
      return callsIn(events);
    });
}

function callsIn(events: readonly Event[]): readonly RecordedCall[] {
  const nameOf = new Map<string, string>();
  return events.flatMap(
    ({
      eventId,
      activityTaskScheduledEventAttributes: ordered,
      activityTaskCompletedEventAttributes: done,
    }): readonly RecordedCall[] => {
      if (ordered) {
        nameOf.set(eventId, ordered.activityType.name);
        return [{ activity: ordered.activityType.name, part: 'order', value: valueOf(ordered.input) }];
      }
      const activity = done && nameOf.get(done.scheduledEventId);
      return activity ? [{ activity, part: 'answer', value: valueOf(done.result) }] : [];
    },
  );
}

function valueOf(given: Payloads | undefined): unknown {
  const data = given?.payloads?.[0]?.data ?? '';
  return data === '' ? null : JSON.parse(Buffer.from(data, 'base64').toString());
}
