/** Temporal's retry policy has no jitter: the spread is added here, on top of the policy that the workflow chose. */
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { msOptionalToNumber } from '@temporalio/common/lib/time';
import type { Jitter } from './failures.ts';

/**
 * A retryable failure without a delay of its own gets `min(maximum, initial * coefficient^(attempt - 1))`, spread over
 * 75 to 125 per cent, so that many rollouts hit by one outage do not all come back in the same instant.
 */
export async function spreadRetries<Result>(work: Promise<Result>, jitter: Jitter): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof ApplicationFailure && !error.nonRetryable && !error.nextRetryDelay
      ? delayed(error, jitter)
      : error;
  }
}

function delayed(error: ApplicationFailure, jitter: Jitter): ApplicationFailure {
  const { attempt, retryPolicy } = activityInfo();
  const initialMs = msOptionalToNumber(retryPolicy?.initialInterval) ?? 1000;
  const maximumMs = msOptionalToNumber(retryPolicy?.maximumInterval) ?? 100 * initialMs;
  const exponentialMs = initialMs * (retryPolicy?.backoffCoefficient ?? 2) ** (attempt - 1);
  return ApplicationFailure.create({
    message: error.message,
    ...(error.type == null ? {} : { type: error.type }),
    details: error.details ?? [],
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    nextRetryDelay: Math.round(Math.min(maximumMs, exponentialMs) * (0.75 + 0.5 * jitter())),
  });
}
