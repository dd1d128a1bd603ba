/** Temporal's retry policy has no jitter: the spread is added here, on top of the policy that the workflow chose. */
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { backOffMs } from '../domain/shared/back-off.ts';
import type { Jitter } from './failures.ts';

/**
 * A retryable failure without a delay of its own gets the policy's, half of it random: many rollouts hit by one outage
 * do not all come back in the same instant.
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

/** What the policy of the running activity asks for after this attempt. */
export function policyDelayMs(jitter: Jitter): number {
  const { attempt, retryPolicy } = activityInfo();
  const firstMs = milliseconds(retryPolicy?.initialInterval) ?? 1000;
  const maxMs = milliseconds(retryPolicy?.maximumInterval) ?? 100 * firstMs;
  const rules = { firstMs, maxMs, factor: retryPolicy?.backoffCoefficient ?? 2 };
  return Math.round(backOffMs(attempt - 1, rules, jitter()));
}

function delayed(error: ApplicationFailure, jitter: Jitter): ApplicationFailure {
  return ApplicationFailure.create({
    message: error.message,
    ...(error.type == null ? {} : { type: error.type }),
    details: error.details ?? [],
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    nextRetryDelay: policyDelayMs(jitter),
  });
}

/** What the server sent is a number; only who writes a policy may use words. */
function milliseconds(interval: string | number | undefined): number | undefined {
  return typeof interval === 'number' ? interval : undefined;
}
