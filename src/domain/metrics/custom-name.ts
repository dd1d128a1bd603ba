import { METRIC_NAMES } from './index.ts';

/** What a custom metric may be called, in a plan and by its source. */
export const CUSTOM_NAME_PATTERN = '^[A-Za-z][A-Za-z0-9_]{0,39}$';

/** What every object of JavaScript has under that name, whether or not it was put there. */
const OF_EVERY_OBJECT = [
  'constructor',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toLocaleString',
  'toString',
  'valueOf',
] as const;

/**
 * A metric of the engine's own is no name for one from outside: two rows of that name could not be told apart. `level`
 * is what plans called a custom metric.
 */
export const TAKEN_NAMES: readonly string[] = [...METRIC_NAMES, 'level', ...OF_EVERY_OBJECT];

export function isCustomName(text: string): boolean {
  return new RegExp(CUSTOM_NAME_PATTERN).test(text) && !TAKEN_NAMES.includes(text);
}
