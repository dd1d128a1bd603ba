/** The lazily opened Temporal client: opened at the first need, closed once. */
import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import type { ConnectionOptions } from '@temporalio/client';
import type { TemporalConfig } from '../config.ts';
import { AssistError } from './errors.ts';

export interface TemporalLink {
  client(): Promise<Client>;
  /** Runs `call` with a deadline; unreachable servers and refused credentials become one clear error. */
  call<T>(timeoutMs: number, call: (client: Client) => Promise<T>): Promise<T>;
  readonly config: TemporalConfig;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 3_000;
/** gRPC status codes: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

export function createTemporalLink(config: TemporalConfig): TemporalLink {
  let opening: Promise<Client> | undefined;
  const client = () => {
    opening ??= connect(config).catch((error: unknown) => {
      opening = undefined;
      throw asReachError(error, config);
    });
    return opening;
  };
  return {
    config,
    client,
    async call(timeoutMs, call) {
      const opened = await client();
      try {
        return await opened.withDeadline(Date.now() + timeoutMs, () => call(opened));
      } catch (error) {
        throw isReachError(error) ? asReachError(error, config) : error;
      }
    },
    async close() {
      if (opening === undefined) return;
      const opened = await opening.catch(() => undefined);
      await opened?.connection.close();
    },
  };
}

async function connect(config: TemporalConfig): Promise<Client> {
  const options = { ...config.connectionOptions, connectTimeout: CONNECT_TIMEOUT_MS } as ConnectionOptions;
  const connection = await Connection.connect(options);
  return new Client({ connection, namespace: config.namespace });
}

/** The client wraps the gRPC error in its own; the status is on it or on its cause. */
export function grpcCode(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}

function isReachError(error: unknown): boolean {
  const code = grpcCode(error);
  return isNamespaceUnknown(error) || code === UNAVAILABLE || code === UNAUTHENTICATED || code === PERMISSION_DENIED;
}

/** A workflow that is not there is none of it. */
function isNamespaceUnknown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error instanceof NamespaceNotFoundError ||
    (grpcCode(error) === NOT_FOUND && /namespace/i.test(`${error.message} ${String(error.cause)}`))
  );
}

function asReachError(error: unknown, config: TemporalConfig): AssistError {
  const code = grpcCode(error);
  const cause = error instanceof Error ? error : new Error(String(error));
  if (isNamespaceUnknown(error) || code === UNAUTHENTICATED || code === PERMISSION_DENIED) {
    return new AssistError(
      'temporal-refused',
      `Temporal at ${config.address} refused namespace "${config.namespace}": ${cause.message}`,
      'Check TEMPORAL_NAMESPACE and the credentials (TEMPORAL_API_KEY, or the TEMPORAL_TLS_* certificate).',
      { cause },
    );
  }
  return new AssistError(
    'temporal-unreachable',
    `Cannot reach Temporal at ${config.address} (namespace "${config.namespace}").`,
    'Start one with `assist-rollouts dev`, or set TEMPORAL_ADDRESS (or a profile, TEMPORAL_PROFILE) to a ' +
      'running server.',
    { cause },
  );
}
