/** Parsers of option values; what they throw becomes a usage message. */
import { InvalidArgumentError } from 'commander';
import { PORTS } from '../config.ts';
import { MAX_ACTOR_LENGTH, MAX_REASON_LENGTH } from '../domain/rollout/actor.ts';

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

export const portNumber = wholeNumber(...PORTS);

export function nonEmpty(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Expected a text that is not empty.');
}

/** What a person says stands in the audit log and on many screens, for good. */
export function textUpTo(most: number): (text: string) => string {
  return (text) => {
    const { length } = nonEmpty(text);
    if (length <= most) return text;
    throw new InvalidArgumentError(`It has ${length} characters; expected at most ${most}.`);
  };
}

export const reasonText = textUpTo(MAX_REASON_LENGTH);
export const personName = textUpTo(MAX_ACTOR_LENGTH);

/** A number within bounds, decimals allowed. */
export function decimal(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= low && value <= high))
      throw new InvalidArgumentError(`"${text}" is not a number from ${low} to ${high}.`);
    return value;
  };
}
