/**
 * A client that asks again when a busy machine's worker was too late to answer a query, or to end a task of the workflow
 * that is asked: only a hang fails by it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { Connection } from '@temporalio/client';
import type { Client, WorkflowClientInterceptor } from '@temporalio/client';
import { openClient } from '../../src/codec/client.ts';
import type { Place } from '../../src/codec/client.ts';
import { PATIENCE_MS } from './patience.ts';

/** A worker's own connection says CANCELLED of its deadline; FAILED_PRECONDITION: the workflow's task counts as failed. */
const LATE: readonly unknown[] = [status.DEADLINE_EXCEEDED, status.CANCELLED, status.FAILED_PRECONDITION];
const PAUSE_MS = 200;

export function patientClient(place: Omit<Place, 'codecKeys'> & Partial<Place>): Client {
  return openClient({ codecKeys: [], ...place }, [asksAgain]);
}

const asksAgain: WorkflowClientInterceptor = { query: (input, next) => patiently(() => next(input)) };

export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    try {
      return await ask();
    } catch (error) {
      if (!wasLate(error) || Date.now() > deadline) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

function wasLate(error: unknown): boolean {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  return LATE.includes(cause?.code);
}

/** However long the server takes to say who it is. */
export function patientConnection(address: string): Promise<Connection> {
  return Connection.connect({ address, connectTimeout: PATIENCE_MS });
}
