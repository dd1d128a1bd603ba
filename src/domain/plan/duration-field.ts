import { DURATION_PATTERN } from '../shared/duration.ts';
import { parseDuration, parsePositiveDuration } from './duration.ts';
import { readField } from './fields.ts';

/** A field that holds a duration such as `30m`, read as milliseconds. */
export function durationField(description: string) {
  return readField({ type: 'string', description, ...HELP }, parseDuration);
}

/** As durationField, and longer than no time at all. */
export function positiveDurationField(description: string) {
  return readField({ type: 'string', description, ...HELP }, parsePositiveDuration);
}

const HELP = { pattern: DURATION_PATTERN, examples: ['30m', '6h', '200ms'] };
