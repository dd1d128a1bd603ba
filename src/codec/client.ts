/** Clients of Temporal: made here, and nowhere else, so that none writes in the clear what belongs in cipher. */
import { Client } from '@temporalio/client';
import type { ConnectionLike, WorkflowClientInterceptor } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { askAgain } from './ask-again.ts';
import { dataConverterOf } from './converter.ts';
import { CodecError } from './errors.ts';
import type { CodecKey } from './keys.ts';

/** A namespace, the way to it, and what its histories are in cipher with. */
export interface Place<C = ConnectionLike> {
  readonly connection: C;
  readonly namespace: string;
  readonly codecKeys: readonly CodecKey[];
}

export function openClient(place: Place, tracing: readonly WorkflowClientInterceptor[] = []): Client {
  const { connection, namespace, codecKeys } = place;
  const interceptors = { workflow: [askAgain, ...tracing] };
  return new Client({ connection, namespace, dataConverter: dataConverterOf(codecKeys), interceptors });
}

/**
 * The same client, to which what no key opens is null: who watches over rollouts looks at each, also where one is in a
 * cipher that nobody here can read.
 */
export function readingPast(client: Client): Client {
  const { connection, options } = client;
  const { loadedDataConverter, namespace } = options;
  const payloadCodecs = loadedDataConverter.payloadCodecs.map(orNull);
  return new Client({ connection, namespace, dataConverter: { ...loadedDataConverter, payloadCodecs } });
}

function orNull(codec: PayloadCodec): PayloadCodec {
  return {
    encode: (payloads) => codec.encode(payloads),
    decode: (payloads) =>
      Promise.all(
        payloads.map(async (payload) => {
          try {
            return (await codec.decode([payload]))[0] ?? payload;
          } catch (error) {
            if (error instanceof CodecError) return NULL;
            throw error;
          }
        }),
      ),
  };
}

const NULL = { metadata: { encoding: Buffer.from('binary/null') } };
