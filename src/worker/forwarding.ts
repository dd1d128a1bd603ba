/** What forwards events and figures. */
import type { Destination } from '../config/destination.ts';
import { webhookOutlet } from '../forward/webhook-outlet.ts';
import { FORWARDING_QUEUE } from '../workflows/messages.ts';
import { startSending } from './sending.ts';
import type { Sending, SendingOptions } from './sending.ts';

export interface ForwardingOptions extends Omit<SendingOptions, 'kind' | 'outlets' | 'queue' | 'maxDestinations'> {
  /** All of them: from now on each new event is for these, and for no others. */
  readonly destinations: readonly Destination[];
}

export type Forwarding = Pick<Sending, 'running' | 'close'>;

/** From its return on, new events are put into the outbox, whichever process stores them. */
export function startForwarding({ destinations, ...options }: ForwardingOptions): Promise<Forwarding> {
  const outlets = destinations.map(webhookOutlet);
  const more = { kind: 'events', queue: FORWARDING_QUEUE, maxDestinations: outlets.length } as const;
  return startSending({ ...options, ...more, outlets: () => outlets });
}
