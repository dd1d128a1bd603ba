/** The connection to Temporal, with its limit of time: opened at the first need, closed once. */
import { status as grpcStatus } from '@grpc/grpc-js';
import type { Interceptor } from '@grpc/grpc-js';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import type { Client, ConnectionOptions, WorkflowClientInterceptor } from '@temporalio/client';
import { openClient } from '../codec/client.ts';
import type { Place } from '../codec/client.ts';
import { CodecError } from '../codec/errors.ts';
import type { TemporalConfig } from '../config/temporal.ts';
import { tracing } from '../telemetry/spans.ts';
import { AssistError } from './errors.ts';
import { triedAgainUntil } from './late-calls.ts';
import type { ActSigner } from './sign-act.ts';

export interface TemporalLink {
  client(): Promise<Client>;
  /** Runs `call` with a deadline; unreachable servers and refused credentials become one clear error. */
  call<T>(timeoutMs: number, call: (client: Client) => Promise<T>): Promise<T>;
  readonly config: TemporalConfig;
  /** Signs the acts that leave through this link; null: they are but claimed. */
  readonly signer: ActSigner | null;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 3_000;

export function createTemporalLink(config: TemporalConfig, signer: ActSigner | null = null): TemporalLink {
  let opening: Promise<Client> | undefined;
  const closed = new AbortController();
  const client = () => {
    opening ??= reach(config, () => connect(config, triedAgainUntil(closed.signal))).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    config,
    signer,
    client,
    async call(timeoutMs, call) {
      const opened = await client();
      try {
        return await opened.withDeadline(Date.now() + timeoutMs, () => call(opened));
      } catch (error) {
        throw isReachError(error) ? asReachError(error, config) : inOurWords(error);
      }
    },
    async close() {
      closed.abort();
      if (opening === undefined) return;
      const opened = await opening.catch(() => undefined);
      await opened?.connection.close();
    },
  };
}

/** For one piece of work. */
export async function withClient<T>(config: TemporalConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const link = createTemporalLink(config);
  try {
    return await work(await link.client());
  } finally {
    await link.close();
  }
}

/** Whatever connects, the client or a worker's: a server that is not there is one clear error. */
export async function reach<T>(config: TemporalConfig, connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    throw asReachError(error, config);
  }
}

async function connect(config: TemporalConfig, interceptors: Interceptor[]): Promise<Client> {
  const options = {
    ...config.connectionOptions,
    connectTimeout: CONNECT_TIMEOUT_MS,
    interceptors,
  } as ConnectionOptions;
  const connection = await Connection.connect(options);
  return openClient(placeOf(config, connection), await tracingInterceptors());
}

export function placeOf<C>({ namespace, codecKeys }: TemporalConfig, connection: C): Place<C> {
  return { connection, namespace, codecKeys: codecKeys ?? [] };
}

/** What is begun or asked through the client carries this process's trace on. */
async function tracingInterceptors(): Promise<readonly WorkflowClientInterceptor[]> {
  if (tracing() === null) return [];
  const { OpenTelemetryWorkflowClientInterceptor: Interceptor } =
    await import('@temporalio/interceptors-opentelemetry/lib/client/index.js');
  return [new Interceptor()];
}

function inOurWords(error: unknown): unknown {
  return error instanceof CodecError
    ? new AssistError(error.code, error.message, error.remedy, { cause: error })
    : error;
}

/** The client wraps the gRPC error in its own, and this file that in ours; the status is on the innermost. */
export function grpcCode(error: unknown): grpcStatus | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error ? grpcCode(error.cause) : undefined;
}

/**
 * A server that goes away in the middle shows itself as a call that is cut off, or that is tried again until its time
 * is over. Questions that a server passes on to a worker can be late for other reasons: who asks them says so first.
 */
const REACH_CODES: ReadonlySet<grpcStatus> = new Set([
  grpcStatus.UNAVAILABLE,
  grpcStatus.DEADLINE_EXCEEDED,
  grpcStatus.CANCELLED,
  grpcStatus.UNAUTHENTICATED,
  grpcStatus.PERMISSION_DENIED,
]);

function isReachError(error: unknown): boolean {
  const code = grpcCode(error);
  return (
    isNamespaceUnknown(error) ||
    isNotSetUp(error) ||
    (!(error instanceof AssistError) && code !== undefined && REACH_CODES.has(code))
  );
}

/** No worker has begun in this namespace, whose first would tell it of them. */
function isNotSetUp(error: unknown): boolean {
  return grpcCode(error) === grpcStatus.INVALID_ARGUMENT && /search attribute/i.test(causesOf(error).join(' '));
}

function causesOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...causesOf(error.cause)] : [];
}

/** A workflow that is not there is none of it. */
function isNamespaceUnknown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error instanceof NamespaceNotFoundError ||
    (grpcCode(error) === grpcStatus.NOT_FOUND && /namespace/i.test(`${error.message} ${String(error.cause)}`))
  );
}

function asReachError(error: unknown, config: TemporalConfig): AssistError {
  const code = grpcCode(error);
  const cause = error instanceof Error ? error : new Error(String(error));
  if (isNotSetUp(error))
    return new AssistError(
      'temporal-refused',
      `Temporal at ${config.address} does not know rollouts in namespace "${config.namespace}": it lacks their search attributes.`,
      'Start a worker there, which registers them (`assist-rollouts worker`), or set TEMPORAL_NAMESPACE to where one ' +
        'runs; `assist-rollouts doctor` tells what is missing.',
      { cause },
    );
  if (isNamespaceUnknown(error) || code === grpcStatus.UNAUTHENTICATED || code === grpcStatus.PERMISSION_DENIED) {
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
    'Set TEMPORAL_ADDRESS (or a profile, TEMPORAL_PROFILE) to a running server, or unset it and start one with ' +
      '`assist-rollouts dev`.',
    { cause },
  );
}
