/** Before anything is done for a run: does the record remember it as it remembers itself? */
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { comparePast, cursorAhead, PAST_DIFFERS } from '../domain/rollout/past.ts';
import type { KnownPast, PastDiffers } from '../domain/rollout/past.ts';
import type { Database } from '../store/database.ts';
import { lastSeqTogether } from './together.ts';
import { readPast } from '../store/past.ts';

/**
 * Throws where one of them has forgotten. `past` is absent in histories of 0.1.0. `unlessAway`: a store that does not
 * answer keeps nobody from anything.
 */
export async function assertSamePast(
  db: Database,
  past: KnownPast | undefined,
  unlessAway?: 'unlessAway',
): Promise<void> {
  const differs = past === undefined ? null : await compare(db, past).catch(orNothing(unlessAway !== undefined));
  if (differs !== null) throw pastDiffers(differs);
}

/** A statement may take half a minute, and the way to safety has a second: a store that hangs says nothing of a run. */
const MAX_WAIT_MS = 2_000;

/**
 * For the way to safety: only a run that has ended is kept from it, for what serves since is somebody else's business. A
 * store that is away, or silent, keeps nobody from it.
 */
export async function assertNotEnded(db: Database, past: KnownPast | undefined): Promise<void> {
  if (past === undefined) return;
  const silent = sleep(MAX_WAIT_MS, null, { ref: false });
  const differs = await Promise.race([compare(db, past).catch(orNothing(true)), silent]);
  if (differs?.kind === 'historyBehind' && differs.end !== null) throw pastDiffers(differs);
}

/** Cards beyond the last that there is would never be read: they get numbers that were judged already. */
export async function assertCursor(db: Database, cursor: number, startSeq: number): Promise<void> {
  const ahead = cursorAhead(cursor, startSeq, await lastSeqTogether(db));
  if (ahead !== null) throw pastDiffers(ahead);
}

async function compare(db: Database, past: KnownPast): Promise<PastDiffers | null> {
  return comparePast(past, await readPast(db, past), Context.current().info.scheduledTimestampMs);
}

function orNothing(isEnough: boolean): (error: unknown) => null {
  return (error) => {
    if (isEnough) return null;
    throw error;
  };
}

function pastDiffers(differs: PastDiffers): ApplicationFailure {
  return ApplicationFailure.nonRetryable(differs.message, PAST_DIFFERS, differs);
}
