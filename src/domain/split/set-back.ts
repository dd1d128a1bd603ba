/** A store that was restored to an older state: what serves there may have been rolled back since. Pure. */

/**
 * So long whoever shows cards by such a store shows none that is on trial: by then the guardian, which looks within 90
 * seconds, has brought the baselines back of all that nobody watches.
 */
export const SET_BACK_MS = 120_000;

/** Changes have numbers that only rise, and no row is ever taken away: whoever finds an older one finds an older store. */
export function isSetBack(known: ReadonlyMap<string, number>, read: ReadonlyMap<string, number>): boolean {
  return [...known].some(([action, epoch]) => (read.get(action) ?? -1) < epoch);
}
