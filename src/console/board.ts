/**
 * Every rollout, once for all who look: one listing, and of each that runs its own word, asked in turn and kept by its
 * run; of what has ended its last word, once. Nothing is asked while nobody looks.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Configurator } from '../configurator.ts';
import type { RolloutSummary } from '../configurator/list.ts';
import type { RolloutView } from '../configurator/rollouts.ts';
import { mapAtOnce } from '../domain/shared/at-once.ts';

export interface BoardEntry {
  readonly summary: RolloutSummary;
  /** Its own word; null: it was not asked yet, or was lost. */
  readonly view: RolloutView | null;
}

export interface Listing {
  /** What runs or was lost, and of what has ended the newest; newest first. */
  readonly entries: readonly BoardEntry[];
  readonly readAtMs: number;
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

export interface BoardDeps {
  readonly engine: Pick<Configurator, 'list' | 'status'>;
  readonly now: () => number;
  readonly onTrouble: (error: unknown) => void;
  /** Of times, for tests. */
  readonly rules?: Partial<BoardRules>;
}

interface BoardRules {
  readonly listEveryMs: number;
  /** The board is read on so long after somebody looked. */
  readonly idleMs: number;
  /** Statuses asked at once, and in a round. */
  readonly atOnce: number;
  readonly perRound: number;
}

const RULES: BoardRules = { listEveryMs: 1_000, idleMs: 30_000, atOnce: 8, perRound: 25 };
const MAX_RUNNING = 5_000;
const MAX_ENDED = 500;
const MAX_LOST = 100;
const SHARE_OF_TIME = 8;
/** Nobody waits longer for the list to be read anew: what was seen is shown, and the time of that. */
const MAX_WAIT_MS = 400;
/** Whoever was lost is looked for through Temporal, run by run: not in every round. */
const LOST_EVERY = 10;
/** Last words of what has ended, newest first, beside those of what runs. */
const ENDED_PER_ROUND = 5;

export function createBoard({ engine, now, onTrouble, rules }: BoardDeps): Board {
  const { listEveryMs, idleMs, atOnce, perRound } = { ...RULES, ...rules };
  const views = new Map<string, { readonly view: RolloutView | null; readonly askedAtMs: number }>();
  const waiting = new Set<() => void>();
  let lost: readonly RolloutSummary[] = [];
  let rows: readonly RolloutSummary[] = [];
  let latest: Listing | null = null;
  let first: Promise<Listing> | null = null;
  let isClosed = false;
  let rounds = 0;
  let tookMs = 0;
  let lookedAtMs = -Infinity;
  let timer: NodeJS.Timeout | null = null;

  /** What it said before its end is none. */
  const lastWord = ({ runId }: RolloutSummary): RolloutView | null => {
    const view = views.get(runId)?.view ?? null;
    return view === null || view.status.outcome === null ? null : view;
  };
  const tell = (trouble: string | null): Listing => {
    const entries = rows.map((summary) => ({
      summary,
      view: isOpen(summary) ? (views.get(summary.runId)?.view ?? null) : lastWord(summary),
    }));
    latest = { entries, readAtMs: now(), trouble };
    for (const wake of waiting) wake();
    return latest;
  };
  const list = async (): Promise<void> => {
    const began = now();
    const [running, recent] = await Promise.all([
      engine.list(MAX_RUNNING, { outcome: 'running', asPublished: true }),
      engine.list(MAX_ENDED, { outcome: 'ended', asPublished: true }),
    ]);
    rows = merged([...lost, ...running, ...recent]);
    tookMs = now() - began;
    const known = new Set(rows.map(({ runId }) => runId));
    for (const runId of views.keys()) if (!known.has(runId)) views.delete(runId);
  };
  const lookForLost = async (): Promise<void> => {
    if (rounds % LOST_EVERY !== 1) return;
    const found = await engine.list(MAX_LOST, { waiting: true });
    lost = found.filter(({ state }) => state !== 'RUNNING' && state !== 'PAUSED');
    // Published last, it may say `baking`; lost it is.
    rows = merged([...lost, ...rows]);
  };
  const ask = async (): Promise<void> => {
    const ageOf = ({ runId }: RolloutSummary): number => views.get(runId)?.askedAtMs ?? -Infinity;
    const longestAgo = (some: readonly RolloutSummary[]) => some.toSorted((a, b) => ageOf(a) - ageOf(b));
    const silent = rows.filter((row) => row.state === 'COMPLETED' && lastWord(row) === null);
    const due = [
      ...longestAgo(rows.filter(isOpen)).slice(0, perRound),
      ...longestAgo(silent).slice(0, ENDED_PER_ROUND),
    ];
    await mapAtOnce(due, atOnce, async ({ runId, action }) => {
      const view = action === null ? null : await engine.status(action, runId).catch(() => null);
      views.set(runId, { view: view ?? views.get(runId)?.view ?? null, askedAtMs: now() });
    });
  };
  const read = async (): Promise<Listing> => {
    rounds += 1;
    await list();
    tell(null);
    await ask();
    await lookForLost();
    return tell(null);
  };
  const round = async (): Promise<void> => {
    await read().catch((error: unknown) => {
      onTrouble(error);
      tell('Temporal cannot be reached: what is shown is as it was last seen.');
    });
    timer = null;
    // Of a long list: the time between two is many times that which one takes.
    goOn(Math.max(listEveryMs, SHARE_OF_TIME * tookMs));
  };
  const goOn = (afterMs: number): void => {
    if (isClosed || timer !== null || now() - lookedAtMs > idleMs) return;
    timer = setTimeout(() => void round(), afterMs);
    timer.unref();
  };
  return {
    async now() {
      lookedAtMs = now();
      if (latest !== null && now() - latest.readAtMs < idleMs) return latest;
      // The list alone: nobody waits for a thousand answers.
      first ??= list()
        .then(() => tell(null))
        .finally(() => {
          first = null;
          goOn(0);
        });
      if (latest === null) return first;
      first.catch(onTrouble);
      const old = { ...latest, trouble: 'This is as it was seen last; it is being read anew.' };
      return Promise.race([first, sleep(MAX_WAIT_MS, undefined, { ref: false }).then(() => old)]).catch(() => old);
    },
    async changed(since, signal) {
      for (;;) {
        lookedAtMs = now();
        goOn(0);
        if (latest !== null && latest !== since) return latest;
        if (signal.aborted || isClosed) return since;
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            signal.removeEventListener('abort', wake);
            clearTimeout(again);
            resolve();
          };
          // So that whoever only waits still counts as looking.
          const again = setTimeout(wake, idleMs / 2);
          waiting.add(wake);
          signal.addEventListener('abort', wake, { once: true });
        });
      }
    },
    close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      for (const wake of waiting) wake();
    },
  };
}

function isOpen({ state }: RolloutSummary): boolean {
  return state === 'RUNNING' || state === 'PAUSED';
}

/** Each run once, as it comes first; newest first. */
function merged(rows: readonly RolloutSummary[]): readonly RolloutSummary[] {
  const byRun = new Map<string, RolloutSummary>();
  for (const row of rows) if (!byRun.has(row.runId)) byRun.set(row.runId, row);
  return [...byRun.values()].toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
}
