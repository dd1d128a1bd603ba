/**
 * Monotonic, and it counts the time in which the machine was stopped: a monotonic clock of the system stands still
 * meanwhile, and leases of others do not.
 */
export function createLeaseClock(monotonic: () => number, wall: () => number): () => number {
  let at = 0;
  let [monotonicAt, wallAt] = [monotonic(), wall()];
  return () => {
    const [nextMonotonic, nextWall] = [monotonic(), wall()];
    const [passed, seen] = [nextMonotonic - monotonicAt, nextWall - wallAt];
    // A wall clock that was set forward ends a lease too early, which harms nobody; one that was set back is not asked.
    at += seen - passed > SLEPT_MS ? seen : passed;
    [monotonicAt, wallAt] = [nextMonotonic, nextWall];
    return at;
  };
}

/** Less is how clocks differ. */
const SLEPT_MS = 500;
