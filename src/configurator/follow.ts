/** Follows one run, or waves, to the end: a view about once a second, however often workers come and go meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../domain/shared/duration.ts';
import { AssistError } from './errors.ts';

export interface FollowOptions {
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
  /** Called when a look failed and is tried again; the rollout itself goes on. */
  readonly onTrouble?: (error: AssistError) => void;
  /** How long Temporal, or the api process, may be away once it was seen; two minutes if absent. */
  readonly awayForMs?: number;
  /** What is followed was begun just now: being away is waited for from the first look on. */
  readonly isBegun?: boolean;
}

/** What does so without whoever looks. */
type GoesOn = 'The rollout goes on' | 'The waves go on';

const AWAY_FOR_MS = 120_000;

/** Yields views until the run has ended (the last one has `running: false`) or the signal aborts. */
export async function* follow<V extends { readonly running: boolean }>(
  look: () => Promise<V>,
  options: FollowOptions = {},
  goesOn: GoesOn = 'The rollout goes on',
): AsyncGenerator<V> {
  const away = createPatience(options, goesOn);
  while (!options.signal?.aborted) {
    const view = await untilAborted(look(), options.signal).catch((error: unknown) => away.letPass(error));
    if (options.signal?.aborted) return;
    if (view !== null) {
      away.seen();
      yield view;
      if (!view.running) return;
    }
    await sleep(options.pollMs ?? 1_000, undefined, options.signal ? { signal: options.signal } : {}).catch(
      () => undefined,
    );
  }
}

interface Patience {
  seen(): void;
  letPass(error: unknown): null;
}

/** A worker that is away is waited for; Temporal being away too, for a while, once it was seen; anything else is an error. */
function createPatience(
  { onTrouble, awayForMs = AWAY_FOR_MS, isBegun = false }: FollowOptions,
  goesOn: GoesOn,
): Patience {
  let wasSeen = isBegun;
  let awaySince: number | null = null;
  return {
    seen() {
      wasSeen = true;
      awaySince = null;
    },
    letPass(error) {
      if (!(error instanceof AssistError)) throw error;
      const isWorker = error.code === 'no-worker';
      if (!isWorker && (!wasSeen || !AWAY.has(error.code))) throw error;
      // A clock that stands still while the machine sleeps: nobody's patience is over at the lid's opening.
      awaySince = isWorker ? null : (awaySince ?? performance.now());
      if (awaySince !== null && performance.now() - awaySince >= awayForMs) throw stillAway(error, awayForMs);
      onTrouble?.(isWorker ? error : waitedFor(error, goesOn));
      return null;
    },
  };
}

/** Codes of what the rollout does without for a while. */
export const AWAY: ReadonlySet<string> = new Set(['temporal-unreachable', 'api-unreachable']);

function waitedFor(error: AssistError, goesOn: GoesOn): AssistError {
  const message = `${error.message} ${goesOn} when it is back; waiting for it.`;
  return new AssistError(error.code, message, error.remedy, { cause: error });
}

function stillAway(error: AssistError, awayForMs: number): AssistError {
  return new AssistError(
    error.code,
    `${error.message} It was waited for, ${formatDuration(awayForMs)} long.`,
    error.remedy,
    { cause: error },
  );
}

/** A look that hangs must not hold up a person who wants to leave; null when the signal aborts. */
async function untilAborted<T>(looking: Promise<T>, signal: AbortSignal | undefined): Promise<T | null> {
  if (signal === undefined) return looking;
  let leave: () => void = () => undefined;
  const left = new Promise<null>((resolve) => {
    leave = () => resolve(null);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([looking, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
