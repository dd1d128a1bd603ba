/**
 * One rollout, asked again and again while somebody looks at it, once for all who do. Nothing is asked when the last one
 * has gone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Configurator } from '../configurator.ts';
import { AssistError } from '../configurator/errors.ts';
import type { RolloutView } from '../configurator/rollouts.ts';
import type { Told } from './tale.ts';

export interface Seen {
  readonly view: RolloutView;
  readonly told: Told;
  /** Why what is shown may be old; null: it is not. */
  readonly trouble: string | null;
}

export interface Watches {
  /** As it is now; what was just read for somebody else is good enough. */
  look(action: string, runId: string | undefined): Promise<Seen>;
  /** What was seen, and whatever is seen from then on, until the signal. Each may miss what came between two of its turns. */
  follow(action: string, runId: string | undefined, signal: AbortSignal): AsyncGenerator<Seen>;
}

export interface WatchesDeps {
  readonly engine: Pick<Configurator, 'status'>;
  readonly tell: (view: RolloutView) => Promise<Told>;
  readonly now: () => number;
  readonly pollMs?: number;
  /** Of one that has ended: another may have begun. */
  readonly pollEndedMs?: number;
}

interface Watch {
  followers: number;
  seen: Promise<Seen> | null;
  seenAtMs: number;
}

const POLL_MS = 250;
const POLL_ENDED_MS = 5_000;
/** So many at once; whoever is the next to look sees the page, and comes again. */
const MAX_KEPT = 200;

export function createWatches(deps: WatchesDeps): Watches {
  const { now, pollMs = POLL_MS, pollEndedMs = POLL_ENDED_MS } = deps;
  const watches = new Map<string, Watch>();
  const watchOf = (key: string): Watch => {
    const watch = watches.get(key) ?? { followers: 0, seen: null, seenAtMs: -Infinity };
    watches.delete(key);
    watches.set(key, watch);
    for (const [old, { followers }] of watches) if (watches.size > MAX_KEPT && followers === 0) watches.delete(old);
    return watch;
  };
  const read = async (watch: Watch, action: string, runId: string | undefined): Promise<Seen> => {
    const last = watch.seen;
    const fresh = seeOnce(deps, action, runId).catch(async (error: unknown) => letPass(await last, error));
    watch.seen = fresh;
    watch.seenAtMs = now();
    fresh.catch(() => {
      if (watch.seen === fresh) watch.seen = null;
    });
    return fresh;
  };
  return {
    async look(action, runId) {
      const watch = watchOf(keyOf(action, runId));
      return watch.seen !== null && now() - watch.seenAtMs < pollMs ? watch.seen : read(watch, action, runId);
    },
    async *follow(action, runId, signal) {
      const watch = watchOf(keyOf(action, runId));
      watch.followers += 1;
      try {
        while (!signal.aborted) {
          const isFresh = now() - watch.seenAtMs < pollMs;
          const seen = await (isFresh && watch.seen !== null ? watch.seen : read(watch, action, runId));
          if (signal.aborted) return;
          yield seen;
          const pause = seen.view.running ? pollMs : pollEndedMs;
          await sleep(Math.max(0, watch.seenAtMs + pause - now()), undefined, { signal }).catch(() => undefined);
        }
      } finally {
        watch.followers -= 1;
      }
    },
  };
}

function keyOf(action: string, runId: string | undefined): string {
  return JSON.stringify([action, runId ?? null]);
}

async function seeOnce({ engine, tell }: WatchesDeps, action: string, runId: string | undefined): Promise<Seen> {
  const view = await engine.status(action, runId);
  return { view, told: await tell(view), trouble: null };
}

/** What is away comes back; what was seen stays on the page with why it may be old. */
function letPass(last: Seen | null, error: unknown): Seen {
  const passes =
    error instanceof AssistError && ['no-worker', 'temporal-unreachable', 'temporal-refused'].includes(error.code);
  if (!passes || last === null) throw error;
  return { ...last, trouble: `${error.message} What is shown is as it was last seen.` };
}
