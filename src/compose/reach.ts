/** A server that cannot be reached is said once, before anything depends on it. */
import { Client, Connection } from '@temporalio/client';
import type { ConnectionOptions } from '@temporalio/client';
import type { TemporalConfig } from '../config.ts';
import { AssistError } from '../configurator/errors.ts';

const CONNECT_TIMEOUT_MS = 3_000;

export async function withClient<T>(temporal: TemporalConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const options = { ...temporal.connectionOptions, connectTimeout: CONNECT_TIMEOUT_MS } as ConnectionOptions;
  const connection = await reach(temporal, () => Connection.connect(options));
  try {
    return await work(new Client({ connection, namespace: temporal.namespace }));
  } finally {
    await connection.close();
  }
}

export async function reach<T>(temporal: TemporalConfig, connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (cause) {
    throw new AssistError(
      'temporal-unreachable',
      `Cannot reach Temporal at ${temporal.address} (namespace "${temporal.namespace}").`,
      'Set TEMPORAL_ADDRESS (or a profile, TEMPORAL_PROFILE) to a running server, or unset it to start one here.',
      { cause },
    );
  }
}
