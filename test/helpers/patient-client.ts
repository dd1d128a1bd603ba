/** A client that asks again when a busy machine's worker was too late to answer a query: only a hang fails by it. */
import type { Client, WorkflowClientInterceptor } from '@temporalio/client';
import { openClient } from '../../src/codec/client.ts';
import type { Place } from '../../src/codec/client.ts';
import { PATIENCE_MS } from './patience.ts';

/** status of gRPC */
const DEADLINE_EXCEEDED = 4;

export function patientClient(place: Omit<Place, 'codecKeys'> & Partial<Place>): Client {
  return openClient({ codecKeys: [], ...place }, { interceptors: { workflow: [asksAgain] } });
}

const asksAgain: WorkflowClientInterceptor = {
  async query(input, next) {
    for (const deadline = Date.now() + PATIENCE_MS; ;) {
      try {
        return await next(input);
      } catch (error) {
        if (!wasLate(error) || Date.now() > deadline) throw error;
      }
    }
  },
};

function wasLate(error: unknown): boolean {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  return cause?.code === DEADLINE_EXCEEDED;
}
