/** Whether an event can have happened when it says so; judged by when it arrived, since no clock but ours counts. */
import { isMetricEvent } from './event.ts';
import type { PushedEvent } from './event.ts';

export interface TimeProblem {
  readonly code: 'time-ahead' | 'time-too-old';
  readonly field: string;
  readonly message: string;
}

/** Clocks that are kept differ by less. */
const MAX_AHEAD_MS = 5 * 60_000;

/** No rollout judges cards of so long ago. */
const MAX_AGE_DAYS = 400;

const DAY_MS = 24 * 60 * 60_000;
const EARLIEST = Date.parse('2000-01-01T00:00:00Z');

/** What is wrong with the event's instants; empty when nothing is. */
export function timeProblems(event: PushedEvent, arrivedMs: number): TimeProblem[] {
  const problems: TimeProblem[] = [];
  const check = (field: string, instant: string | undefined): void => {
    const problem = instant === undefined ? null : problemOf(Date.parse(instant), arrivedMs);
    if (problem !== null) problems.push({ ...problem, field });
  };
  check('occurredAt', event.occurredAt);
  if (isMetricEvent(event)) return problems;
  check('triggeredAt', event.triggeredAt);
  check('renderedAt', event.renderedAt);
  return problems;
}

function problemOf(ms: number, arrivedMs: number): Omit<TimeProblem, 'field'> | null {
  if (ms < EARLIEST) return { code: 'time-too-old', message: 'Invalid instant: before the year 2000' };
  const aheadMs = ms - arrivedMs;
  if (aheadMs > MAX_AHEAD_MS)
    return {
      code: 'time-ahead',
      message:
        `Invalid instant: ${inWords(aheadMs)} ahead of its arrival, more than 5 minutes; the clock that told it ` +
        'is wrong',
    };
  if (-aheadMs > MAX_AGE_DAYS * DAY_MS)
    return {
      code: 'time-too-old',
      message: `Invalid instant: ${inWords(-aheadMs)} before its arrival, more than ${MAX_AGE_DAYS} days`,
    };
  return null;
}

function inWords(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${Math.round(ms / DAY_MS)} days`;
  return ms >= 120 * 60_000 ? `${Math.round(ms / 3_600_000)} hours` : `${Math.round(ms / 60_000)} minutes`;
}

export interface CardTimes {
  readonly triggeredMs: number;
  readonly renderedMs: number | null;
}

/** So much do two clocks that are kept differ: no reason to doubt when a card was rendered. */
const CLOCKS_DIFFER_MS = 1_000;

/**
 * A card's own times as far as they can be true: nothing was shown after it was told of. Where the trigger is ahead its
 * clock is, so both
 * move back together and the time between them stays; a rendering that alone is ahead was told by another clock.
 */
export function capByArrival({ triggeredMs, renderedMs }: CardTimes, arrivedMs: number): CardTimes {
  const aheadMs = triggeredMs > arrivedMs ? Math.max(triggeredMs, renderedMs ?? triggeredMs) - arrivedMs : 0;
  const rendered = renderedMs === null ? null : renderedMs - aheadMs;
  return {
    triggeredMs: triggeredMs - aheadMs,
    renderedMs: rendered !== null && rendered > arrivedMs + CLOCKS_DIFFER_MS ? arrivedMs : rendered,
  };
}
