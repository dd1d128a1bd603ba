/**
 * Forwarding to one destination, for ever: its id lets one attempt at a time send, its retry policy leaves a
 * destination that fails alone for a while. An outage costs a handful of events of history, however long it lasts.
 */
import { ApplicationFailure, continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ForwardActivities } from '../forward/types.ts';
import type { ForwardInput } from './messages.ts';

/** A sender that dies is replaced within `heartbeatTimeout`; it runs where the workflow does. */
const { send } = proxyActivities<ForwardActivities>({
  startToCloseTimeout: '365 days',
  heartbeatTimeout: '6s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
});

const MAX_HISTORY = 500;

/** Ends when nothing is to be sent there any more. */
export async function forward(input: ForwardInput): Promise<void> {
  const { destination } = parsed(input);
  while ((await send.executeWithOptions({ summary: `to ${destination}` }, [{ destination }])) !== 'removed')
    if (workflowInfo().historyLength > MAX_HISTORY) await continueAsNew<typeof forward>({ destination });
}

function parsed(input: unknown): ForwardInput {
  const { destination } = (input ?? {}) as Partial<Record<keyof ForwardInput, unknown>>;
  if (typeof destination === 'string' && destination !== '') return { destination };
  throw ApplicationFailure.nonRetryable(
    'Forwarding was started without a destination. Workers start it by themselves where one is configured.',
    'ForwardRefused',
  );
}
