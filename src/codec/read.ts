/** What is read off the server as it lies there, and not through a call that opens it. */
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { CodecError } from './errors.ts';

export async function readPayload({ options }: Client, payload: Payload): Promise<unknown> {
  const { payloadCodecs, payloadConverter } = options.loadedDataConverter;
  let read: Payload | undefined = payload;
  for (const codec of payloadCodecs.toReversed()) if (read !== undefined) [read] = await codec.decode([read]);
  return read === undefined ? null : payloadConverter.fromPayload(read);
}

/** Of proto Failure. */
export interface SeenFailure {
  readonly message?: string | null;
  readonly encodedAttributes?: Payload | null;
}

/** What it says; null: there is none. Where it is in a cipher that does not open here, that. */
export async function failureText(client: Client, failure: SeenFailure | null | undefined): Promise<string | null> {
  if (!failure) return null;
  try {
    const inner = failure.encodedAttributes ? await readPayload(client, failure.encodedAttributes) : null;
    const { message } = (inner ?? failure) as SeenFailure;
    return message ?? null;
  } catch (error) {
    if (error instanceof CodecError) return error.message;
    throw error;
  }
}
