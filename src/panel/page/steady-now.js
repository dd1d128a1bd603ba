/** Less is how clocks differ. */
const SLEPT_MS = 1_000;
let at = 0;
let [monotonicAt, wallAt] = [performance.now(), Date.now()];

/** Monotonic, and it counts the time in which the machine slept, for which `performance.now` may stand still. */
export function steadyNow() {
  const [monotonic, wall] = [performance.now(), Date.now()];
  const [passed, seen] = [monotonic - monotonicAt, wall - wallAt];
  at += seen - passed > SLEPT_MS ? seen : passed;
  [monotonicAt, wallAt] = [monotonic, wall];
  return at;
}
