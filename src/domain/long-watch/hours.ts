/**
 * Like hours: an hour of the day (UTC), on weekdays or at the weekend. Night and day, Tuesday and Sunday are compared
 * with their like
 * where the record has seen them; elsewhere an allowance is made (own-record.ts).
 */
const HOUR_MS = 3_600_000;
const DAYS = 7;
/** 1970-01-01 was a Thursday: days 2 and 3 of each such week are Saturday and Sunday. */
const WEEKEND: readonly number[] = [2, 3];

/** 0..23 on weekdays, 24..47 at the weekend. Worked number: 2026-03-01T12:30Z, a Sunday, is 36. */
export function kindOfHour(atMs: number): number {
  const hour = hourOf(atMs);
  const day = Math.floor(hour / 24);
  return (hour % 24) + (WEEKEND.includes(day % DAYS) ? 24 : 0);
}

/** Hours since the epoch. */
export function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS);
}
