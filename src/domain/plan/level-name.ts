/** What a level may be called, in a plan and in the events that carry it. */
export const LEVEL_NAME_PATTERN = '^[A-Za-z][A-Za-z0-9_]{0,39}$';

export const OWN_METRICS: readonly string[] = [
  'acceptanceRate',
  'dismissalRate',
  'deliveryLatency',
  'undeliveredRate',
  'level',
];

/** A metric of the engine's own is no name for one from outside: two rows of that name could not be told apart. */
export function isLevelName(text: string): boolean {
  return new RegExp(LEVEL_NAME_PATTERN).test(text) && !OWN_METRICS.includes(text);
}
