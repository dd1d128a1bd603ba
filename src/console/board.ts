/**
 * Every rollout, once for all who look: read in rounds while somebody does, and told to all who wait for what is new.
 * Nothing is asked while nobody looks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createReader } from './board-reader.ts';
import type { BoardEntry, Reader, ReaderDeps } from './board-reader.ts';
import { createBell } from './bell.ts';
import type { Bell } from './bell.ts';

export interface Listing {
  /** What runs or was lost, and of what has ended the newest; newest first. */
  readonly entries: readonly BoardEntry[];
  /** Why what is shown may be old; null: it is not. */
  readonly trouble: string | null;
}

export interface Board {
  /** As it was read last, or for the first time. */
  now(): Promise<Listing>;
  /** Resolves at the next change; asking keeps the board being read. */
  changed(since: Listing, signal: AbortSignal): Promise<Listing>;
  close(): void;
}

export interface BoardDeps extends Pick<ReaderDeps, 'engine' | 'now' | 'clock' | 'onTrouble'> {
  /** Of times, for tests. */
  readonly rules?: Partial<BoardRules>;
}

interface BoardRules {
  readonly listEveryMs: number;
  /** The board is read on so long after somebody looked. */
  readonly idleMs: number;
  /** Statuses asked at once, and in a round, for which a round waits so long: what hangs holds up nothing else. */
  readonly atOnce: number;
  readonly perRound: number;
  readonly askForMs: number;
}

const RULES: BoardRules = { listEveryMs: 1_000, idleMs: 30_000, atOnce: 8, perRound: 25, askForMs: 1_000 };
/** Of a long list: the time between two is so many times that which one takes. */
const SHARE_OF_TIME = 8;
/** Nobody waits longer for the list to be read anew: what was seen is shown, and the time of that. */
const MAX_WAIT_MS = 400;

export function createBoard({ rules: given, ...deps }: BoardDeps): Board {
  const rules = { ...RULES, ...given };
  const state: State = { ...deps, rules, reader: createReader({ ...deps, ...rules }), bell: createBell(), ...AT_FIRST };
  return {
    now: () => asItIs(state),
    changed: (since, signal) => whatIsNew(state, since, signal),
    close() {
      state.isClosed = true;
      if (state.timer !== null) clearTimeout(state.timer);
      state.bell.ring();
    },
  };
}

interface State extends Pick<BoardDeps, 'clock' | 'onTrouble'> {
  readonly rules: BoardRules;
  readonly reader: Reader;
  readonly bell: Bell;
  latest: Listing | null;
  /** Being read for whoever waits for it. */
  first: Promise<Listing> | null;
  isClosed: boolean;
  lookedAtMs: number;
  timer: NodeJS.Timeout | null;
  isReading: boolean;
}

const AT_FIRST = {
  latest: null,
  first: null,
  isClosed: false,
  lookedAtMs: -Infinity,
  timer: null,
  isReading: false,
} as const;

async function asItIs(state: State): Promise<Listing> {
  const { latest, clock, onTrouble } = state;
  state.lookedAtMs = clock();
  // While it is read it is as new as can be.
  if (latest !== null && (state.timer !== null || state.isReading)) return latest;
  const first = (state.first ??= readFirst(state));
  if (latest === null) return first;
  first.catch(onTrouble);
  const old = { ...latest, trouble: 'This is as it was seen last; it is being read anew.' };
  return Promise.race([first, sleep(MAX_WAIT_MS, undefined, { ref: false }).then(() => old)]).catch(() => old);
}

/** The list alone: nobody waits for a thousand answers. */
async function readFirst(state: State): Promise<Listing> {
  try {
    state.reader.forget();
    await state.reader.list();
    return tell(state, null);
  } finally {
    state.first = null;
    goOn(state, 0);
  }
}

async function whatIsNew(state: State, since: Listing, signal: AbortSignal): Promise<Listing> {
  for (;;) {
    state.lookedAtMs = state.clock();
    goOn(state, 0);
    if (state.latest !== null && state.latest !== since) return state.latest;
    if (signal.aborted || state.isClosed) return since;
    // So that whoever only waits still counts as looking.
    await state.bell.wait(signal, state.rules.idleMs / 2);
  }
}

function tell(state: State, trouble: string | null): Listing {
  const latest = { entries: state.reader.entries(), trouble };
  state.latest = latest;
  state.bell.ring();
  return latest;
}

function goOn(state: State, afterMs: number): void {
  const { isClosed, timer, clock, lookedAtMs, rules } = state;
  if (isClosed || timer !== null || state.isReading || clock() - lookedAtMs > rules.idleMs) return;
  state.timer = setTimeout(() => void round(state), afterMs);
  state.timer.unref();
}

async function round(state: State): Promise<void> {
  const { reader, rules, onTrouble } = state;
  state.timer = null;
  state.isReading = true;
  try {
    await reader.list();
    tell(state, reader.unseen());
    await reader.ask();
    await reader.lookForLost();
    tell(state, reader.unseen());
  } catch (error) {
    onTrouble(error);
    tell(state, 'Temporal cannot be reached: what is shown is as it was last seen.');
  }
  state.isReading = false;
  goOn(state, Math.max(rules.listEveryMs, SHARE_OF_TIME * reader.tookMs()));
}
