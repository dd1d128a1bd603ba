/** What a failure says goes into Temporal's history for good: secrets are cut out before it is thrown. */
import { ApplicationFailure } from '@temporalio/common';
import { redactDeep } from '../domain/text/redact.ts';
import type { Redact } from '../domain/text/redact.ts';

/** The same failure (retries, identity and type untouched), its texts and those of its causes cut. */
export function redactFailure<T>(failure: T, redact: Redact): T {
  for (
    let error: unknown = failure, deep = 0;
    error instanceof Error && deep < DEEPEST;
    error = error.cause, deep += 1
  ) {
    error.message = redact(error.message);
    if (error.stack !== undefined) error.stack = redact(error.stack);
    if (error instanceof ApplicationFailure && error.details != null)
      Object.assign(error, { details: redactDeep(error.details, redact) });
  }
  return failure;
}

/** Errors that cause each other in a circle end somewhere too. */
const DEEPEST = 16;
