/** Looks at the organisation beside the judge, so that neither waits for the other. */
import { Context } from '@temporalio/activity';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Drift } from '../domain/rollout/drift.ts';
import { driftOf, UNSEEN } from '../domain/rollout/drift.ts';
import { isGenesysError } from '../genesys/errors.ts';
import type { LongWatchInput } from './long-watch-types.ts';
import { saw, sawNothing } from './sight.ts';
import type { Sight } from './sight.ts';
import type { Surveyor } from './surveyor.ts';
import type { WatchInput } from './types.ts';

export interface DriftDeps {
  readonly surveyor: Surveyor;
  readonly now: () => number;
  /** Between two looks, ms; a change is noticed within this, the age of a shared look and the second look. */
  readonly driftEveryMs: number;
}

/** Looks that another rollout asked for are as good. */
const SHARED_MS = 10_000;
/** What brings the events is seldom changed: it is not asked for at every look. */
const EVENTS_MS = 60_000;
/** Of the time between two looks: so long one waits for those of others, where some have just looked. */
const PATIENCE = 0.2;
/** A listing may lag behind a write: what is only seen once is nothing yet. */
const SECOND_LOOK_MS = 2000;

type Watched = Pick<WatchInput, 'deployment' | 'expected' | 'splitSinceMs'> & {
  readonly known: KnownDrift;
  /** Kept for whoever shows it. */
  readonly sight?: Sight;
};

/** What the workflow has heard of; that no look was let is forgotten once one is, so that the next refusal is told. */
export interface KnownDrift {
  keys: readonly string[];
}

/**
 * Resolves with the first drift that the workflow has not heard of and that a second look confirms; null once the
 * signal aborts.
 */
export async function awaitDrift(deps: DriftDeps, input: Watched, signal: AbortSignal): Promise<Drift | null> {
  for (;;) {
    const drift = await confirmed(deps, input, signal, deps.driftEveryMs * PATIENCE).catch((error: unknown) => {
      if (input.sight !== undefined && isGenesysError(error)) sawNothing(input.sight, error);
      return null;
    });
    if (drift !== null) return drift;
    // All of a process look in the same moment, so that one listing is enough for all.
    if (!(await pause(deps.driftEveryMs - (deps.now() % deps.driftEveryMs), signal))) return null;
  }
}

/** For the watch after promotion, which asks now and then by itself. */
export function driftAlone(deps: DriftDeps): (input: LongWatchInput) => Promise<Drift | null> {
  let known: KnownDrift | null = null;
  return async ({ deployment, acceptedRivals = [], knownDrift = [], startedAtMs }) => {
    known ??= { keys: knownDrift };
    const expected = { splitPercent: 100, stage: 'alone' as const, acceptedRivals };
    return confirmed(
      deps,
      { deployment, expected, known, splitSinceMs: startedAtMs },
      Context.current().cancellationSignal,
    ).catch(() => null);
  };
}

/** An organisation that does not answer shows nothing, and nothing can be written to it either; a refusal is told. */
async function confirmed(deps: DriftDeps, input: Watched, signal: AbortSignal, patienceMs = 0): Promise<Drift | null> {
  const first = await lookOnce(deps, input, Math.max(input.splitSinceMs, deps.now() - SHARED_MS), patienceMs);
  if (first === null || !(await pause(SECOND_LOOK_MS, signal))) return null;
  const second = await lookOnce(deps, input, deps.now());
  return second?.key === first.key ? second : null;
}

async function lookOnce(
  { surveyor, now }: DriftDeps,
  { deployment, expected, known, sight }: Watched,
  sinceMs: number,
  patienceMs = 0,
): Promise<Drift | null> {
  if (expected === null) return null;
  try {
    const seen = await surveyor.look(deployment, sinceMs, patienceMs);
    if (sight !== undefined) saw(sight, now());
    const shown = driftOf({ ...deployment, ...expected }, seen, known.keys);
    if (shown !== null) return shown;
    const untold = await exportDrift(surveyor, deployment, known.keys, now() - EVENTS_MS);
    known.keys = known.keys.filter((key) => key !== UNSEEN);
    return untold;
  } catch (error) {
    const refused = refusedLook(error);
    if (refused === null) throw error;
    return known.keys.includes(refused.key) ? null : refused;
  }
}

/** Waiting does not mend a refusal: whoever is not told would believe that somebody looks. */
function refusedLook(error: unknown): Drift | null {
  return isGenesysError(error, 'forbidden', 'unauthorized', 'badClient')
    ? { kind: 'unseen', key: UNSEEN, message: `Drift cannot be watched: ${error.message}` }
    : null;
}

async function exportDrift(
  surveyor: Surveyor,
  { target }: Watched['deployment'],
  known: readonly string[],
  sinceMs: number,
): Promise<Drift | null> {
  const trouble = (await surveyor.eventTrouble(target, sinceMs))?.message ?? null;
  const key = `export ${trouble}`;
  return trouble === null || known.includes(key) ? null : { kind: 'export', key, message: trouble };
}

/** False when the signal aborted meanwhile. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
