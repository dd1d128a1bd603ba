/** What a rollout asks of the calendar, and hears from it. */
import type { CalendarRef, PlanWindows } from './form.ts';

/** What a rollout reaches. No queue: it may reach all of them, and what holds for any holds for it. */
export interface Reach {
  readonly action: string;
  readonly queues: readonly string[];
}

export interface CalendarLook {
  readonly open: boolean;
  readonly why: string;
  /** When that changes, ms since the epoch; null: not within a year. */
  readonly changesAtMs: number | null;
  /** What closes it, by their keys; empty while it is open. */
  readonly closing: readonly string[];
}

export interface CalendarQuestion extends Reach {
  /** The plan's own. */
  readonly windows: PlanWindows | null;
  /** What a person let pass that closes it, each until an instant. */
  readonly letPass?: readonly LetPass[];
}

export interface LetPass {
  /** Keys of what closed it then: what is new since holds. */
  readonly closing: readonly string[];
  /** ms since the epoch */
  readonly untilMs: number;
}

/** What a terminal shows: also what comes next, and of another time than now. */
export interface CalendarView extends CalendarLook {
  readonly atMs: number;
  /** In words, the next three. */
  readonly openings: readonly string[];
}

export interface HoursQuestion {
  readonly reach: Reach;
  readonly hours: CalendarRef;
  /** Since when it is counted on, ms since the epoch, and what was counted before. */
  readonly sinceMs: number;
  readonly countedMs: number;
  readonly forMs: number;
  readonly atMostMs: number;
  /** Counts up to then; up to now if absent. */
  readonly untilMs?: number;
}

/** Instants in ms since the epoch. */
export interface HoursCount {
  readonly countedMs: number;
  readonly endsAtMs: number;
  readonly atMostAtMs: number;
  readonly open: boolean;
  readonly atMs: number;
}
