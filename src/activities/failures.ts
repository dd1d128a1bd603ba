/** The one place where an error becomes a failure that Temporal retries, or does not. */
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { createRedactor } from '../domain/text/redact.ts';
import type { Redact } from '../domain/text/redact.ts';
import { GenesysError } from '../genesys/errors.ts';
import type { GenesysErrorKind } from '../genesys/errors.ts';
import { storeTrouble } from '../store/trouble.ts';
import { TargetError } from '../targets/target-error.ts';
import type { TargetErrorCode } from '../targets/target-error.ts';
import { redactFailure } from './redact-failure.ts';

/** 0..1; spreads callers that were all told to come back at the same time. */
export type Jitter = () => number;

/** Failure types are stable: `Genesys` and the kind, `NoSuchResource`, or the code of the target's refusal, or `Unexpected`. */
export function toFailure(error: unknown, jitter: Jitter): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof GenesysError) return genesysFailure(error, jitter);
  if (error instanceof TargetError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: !PASSING_REFUSALS.has(error.code),
      ...(error.drift === undefined ? {} : { details: [error.drift] }),
    });
  }
  const cause = error instanceof Error ? error : new Error(String(error));
  return ApplicationFailure.create({ message: withWayOut(cause), type: 'Unexpected', cause });
}

/** A database that is away, full or forbids stands in the status for as long as it does: with who mends it. */
function withWayOut(error: Error): string {
  const trouble = storeTrouble(error);
  return trouble === null ? error.message : `${trouble.what}: ${error.message}. ${trouble.remedy}`;
}

/** The same function, throwing failures. Failures and cancellations pass as they are, but for secrets. */
export function withFailures<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Promise<Result>,
  jitter: Jitter,
  redact: Redact = createRedactor(),
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await fn(...args);
    } catch (error) {
      throw redactFailure(passesAsItIs(error) ? error : toFailure(error, jitter), redact);
    }
  };
}

const FAILURE_TYPES: Readonly<Record<GenesysErrorKind, string>> = {
  badRequest: 'GenesysBadRequest',
  unauthorized: 'GenesysUnauthorized',
  forbidden: 'GenesysForbidden',
  notFound: 'GenesysNotFound',
  noResource: 'NoSuchResource',
  conflict: 'GenesysConflict',
  rateLimited: 'GenesysRateLimited',
  unavailable: 'GenesysUnavailable',
  timeout: 'GenesysTimeout',
  network: 'GenesysNetwork',
  proxy: 'GenesysProxy',
  badAnswer: 'GenesysBadAnswer',
  badClient: 'GenesysBadClient',
};

/** Asking the same again would be answered the same. */
const FINAL_KINDS: ReadonlySet<GenesysErrorKind> = new Set([
  'badRequest',
  'forbidden',
  'notFound',
  'noResource',
  'conflict',
  'badClient',
]);
const PASSING_REFUSALS: ReadonlySet<TargetErrorCode> = new Set([
  'NotYetReadable',
  'WriteConflict',
  'AgentsRefused',
  'PanelNotServing',
  'IntegrationNotReady',
  'OtherEditor',
  'NoResponder',
  'UnconfirmedSplit',
  // A worker of the release that knows it may take the next attempt.
  'UnknownTarget',
]);

function genesysFailure(error: GenesysError, jitter: Jitter): ApplicationFailure {
  const { kind, status, code, correlationId, fieldErrors, missing, retryAfterMs } = error;
  return ApplicationFailure.create({
    message: error.message,
    type: FAILURE_TYPES[kind],
    nonRetryable: FINAL_KINDS.has(kind),
    details: [
      { kind, status: status ?? null, code: code ?? null, correlationId: correlationId ?? null, fieldErrors, missing },
    ],
    ...(kind === 'rateLimited' && retryAfterMs !== undefined ? { nextRetryDelay: spread(retryAfterMs, jitter) } : {}),
  });
}

/** Never earlier than asked; up to a quarter later, and at least up to a second. */
function spread(retryAfterMs: number, jitter: Jitter): number {
  return Math.round(retryAfterMs + jitter() * Math.max(1000, retryAfterMs / 4));
}

function passesAsItIs(error: unknown): boolean {
  return error instanceof TemporalFailure || (error instanceof Error && error.name === 'AbortError');
}
