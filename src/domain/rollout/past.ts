/**
 * A run and its record each remember what came to pass. Where a backup of one was restored without the other, one of
 * them has forgotten. Pure.
 */
import type { Outcome } from './status.ts';

/** What a run knows of its record when it asks for something. */
export interface KnownPast {
  readonly rolloutId: string;
  /** Number of the last entry that the store has confirmed; 0: none. */
  readonly written: number;
  /** What was lost up to this number is told already; absent: nothing. */
  readonly lostTo?: number;
  /** Number of the last entry, confirmed or on its way. */
  readonly told: number;
}

export interface PastOnRecord {
  /** Number of the last entry; 0: none. */
  readonly highest: number;
  /** How many entries there are of those that were confirmed. */
  readonly kept: number;
  /** Entries that the run does not know of, in their order. */
  readonly later: readonly RecordedAct[];
  readonly end: RecordedEnd | null;
  /** The last card that there is. */
  readonly lastSeq: number;
}

export interface RecordedAct {
  readonly act: string;
  readonly atMs: number;
}

/** `outcome`: null where it was ended from outside, or another rollout of the action has begun since: it is no last word. */
export interface RecordedEnd {
  readonly phase: string;
  readonly outcome: Outcome | null;
  readonly reason: string;
  readonly atMs: number;
}

/** The store lacks what it had confirmed. */
export interface DatabaseBehind {
  readonly kind: 'databaseBehind';
  readonly message: string;
  readonly lastSeq: number;
}

/** The record knows what this run has not done yet. */
export interface HistoryBehind {
  readonly kind: 'historyBehind';
  readonly message: string;
  /** From there on its entries are numbered. */
  readonly highest: number;
  readonly end: RecordedEnd | null;
  /** It was promoted, as was proven, and watched on. */
  readonly isPromoted: boolean;
}

export type PastDiffers = DatabaseBehind | HistoryBehind;

/** Type of the failure with which what a run asks for is refused. */
export const PAST_DIFFERS = 'PastDiffers';

/**
 * What a run puts on record only when it has left behind whatever it asked for before: no activity that it still waits
 * for can find one of them after its own last entry.
 */
const LEFT_BEHIND: ReadonlySet<string> = new Set([
  'splitProven',
  'stepStarted',
  'abort',
  'rollingBack',
  'promotionBegun',
  'longWatchBegun',
  'ended',
]);

/** Longer than the task of a workflow in which an entry and an activity are both begun. */
const ONE_TASK_MS = 60_000;

/** `askedAtMs`: when the run asked, by the clock of the Temporal server, as are the instants of its entries. */
export function comparePast(known: KnownPast, record: PastOnRecord, askedAtMs: number): PastDiffers | null {
  const { highest, kept, later, end, lastSeq } = record;
  const isForgotten = later.some(({ act, atMs }) => LEFT_BEHIND.has(act) || atMs < askedAtMs - ONE_TASK_MS);
  if (end !== null || isForgotten) {
    const isPromoted = wasPromoted(later);
    return { kind: 'historyBehind', message: forgotten(record), highest, end, isPromoted };
  }
  const confirmed = known.written - (known.lostTo ?? 0);
  // Counted, for what came after a loss may have been written since.
  return kept < confirmed ? { kind: 'databaseBehind', message: lacking(confirmed - kept, confirmed), lastSeq } : null;
}

/** What came after its long watch had begun may have begun to take it back. */
function wasPromoted(later: PastOnRecord['later']): boolean {
  const at = later.findLastIndex(({ act }) => act === 'longWatchBegun');
  return at >= 0 && !later.slice(at).some(({ act }) => TAKEN_BACK.has(act));
}

const TAKEN_BACK: ReadonlySet<string> = new Set(['abort', 'rollingBack', 'needsAttention', 'splitProven']);

/** A cursor lies behind cards that were there. `startSeq`: where it began; retention may have deleted what was there. */
export function cursorAhead(cursor: number, startSeq: number, lastSeq: number): DatabaseBehind | null {
  if (cursor <= startSeq || cursor <= lastSeq) return null;
  const message = `${RESTORED} It had cards up to number ${cursor}, and has cards up to number ${lastSeq}. ${HELD}`;
  return { kind: 'databaseBehind', message, lastSeq };
}

const RESTORED = 'The database was restored to an older state than this rollout knows.';
const HELD =
  'What was lost of cards, verdicts, freezes and acts is not known any more: the split is held, and judged by what is ' +
  'left and what comes. Resume goes on, abort rolls back.';

function lacking(lost: number, of: number): string {
  return `${RESTORED} It lacks ${lost} of the ${of} entries that it had confirmed (or the run was reset). ${HELD}`;
}

function forgotten({ later, end }: PastOnRecord): string {
  const behind = 'Temporal was restored to an older state than the record of this rollout.';
  if (end !== null) return `${behind} It ended as ${end.outcome ?? end.phase} at ${instant(end.atMs)}: ${end.reason}`;
  const last = later.at(-1);
  const since = last === undefined ? '' : `, the last at ${instant(last.atMs)} (${last.act})`;
  return `${behind} ${later.length} ${later.length === 1 ? 'entry is' : 'entries are'} not known to it any more${since}.`;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
