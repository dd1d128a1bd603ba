/** What is written one after the other: a refusal of one is no reason to leave the others where they are. */
import { isGenesysError } from '../../genesys/errors.ts';
import { TargetError } from '../target-error.ts';

/** Throws the first refusal after all that could be done, and at once what none of the others would escape. */
export async function each<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const refusals: unknown[] = [];
  for (const one of all)
    try {
      await work(one);
    } catch (error) {
      if (!isOfOne(error)) throw error;
      refusals.push(error);
    }
  if (refusals.length > 0) throw refusals[0];
}

/** Of what was asked for, and not of whoever asks, of the rate or of the way there. */
export function isOfOne(error: unknown): boolean {
  return (
    error instanceof TargetError ||
    isGenesysError(error, 'badRequest', 'forbidden', 'notFound', 'noResource', 'conflict', 'unavailable', 'badAnswer')
  );
}
