/**
 * What the recorded histories of a release tell: what workflows ordered from activities, what they were begun with and
 * ended with, what they were told, and what each was answered.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../helpers/sources.ts';

interface Payloads {
  readonly payloads?: readonly { readonly data?: string }[];
}

interface Event {
  readonly eventId: string;
  readonly workflowExecutionStartedEventAttributes?: {
    readonly workflowType: { readonly name: string };
    readonly input?: Payloads;
  };
  readonly workflowExecutionCompletedEventAttributes?: { readonly result?: Payloads };
  readonly workflowExecutionSignaledEventAttributes?: { readonly signalName: string; readonly input?: Payloads };
  readonly workflowExecutionUpdateAcceptedEventAttributes?: {
    readonly acceptedRequest: { readonly input: { readonly name: string; readonly args?: Payloads } };
  };
  readonly workflowExecutionUpdateCompletedEventAttributes?: {
    readonly acceptedEventId: string;
    readonly outcome?: { readonly success?: Payloads };
  };
  readonly activityTaskScheduledEventAttributes?: {
    readonly activityType: { readonly name: string };
    readonly input?: Payloads;
  };
  readonly activityTaskCompletedEventAttributes?: { readonly scheduledEventId: string; readonly result?: Payloads };
}

export interface RecordedCall {
  /** As `Said` calls it. */
  readonly name: string;
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
  const type = events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name ?? '';
  /** By the event with which each began. */
  const nameOf = new Map<string, string>();
  const order = (eventId: string, name: string, given: Payloads | undefined): readonly RecordedCall[] => {
    nameOf.set(eventId, name);
    return [{ name, part: 'order', value: valueOf(given) }];
  };
  const answer = (eventId: string, given: Payloads | undefined): readonly RecordedCall[] => {
    const name = nameOf.get(eventId);
    return name === undefined ? [] : [{ name, part: 'answer', value: valueOf(given) }];
  };
  return events.flatMap((event): readonly RecordedCall[] => {
    const { eventId } = event;
    const begun = event.workflowExecutionStartedEventAttributes;
    if (begun) return order(eventId, `workflow ${type}`, begun.input);
    const ended = event.workflowExecutionCompletedEventAttributes;
    if (ended) return answer('1', ended.result);
    const signaled = event.workflowExecutionSignaledEventAttributes;
    if (signaled) return order(eventId, `${type} signal ${signaled.signalName}`, signaled.input);
    const asked = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest.input;
    if (asked) return order(eventId, `${type} update ${asked.name}`, asked.args);
    const updated = event.workflowExecutionUpdateCompletedEventAttributes;
    if (updated) return updated.outcome?.success ? answer(updated.acceptedEventId, updated.outcome.success) : [];
    const ordered = event.activityTaskScheduledEventAttributes;
    if (ordered) return order(eventId, ordered.activityType.name, ordered.input);
    const done = event.activityTaskCompletedEventAttributes;
    return done ? answer(done.scheduledEventId, done.result) : [];
  });
}

function valueOf(given: Payloads | undefined): unknown {
  const data = given?.payloads?.[0]?.data ?? '';
  return data === '' ? null : JSON.parse(Buffer.from(data, 'base64').toString());
}
