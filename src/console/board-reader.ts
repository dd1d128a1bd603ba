/**
 * What the board is made of: one listing, and of each rollout that runs its own word, asked in turn and kept by its run;
 * of what has ended its last word, once.
 */
import type { Configurator } from '../configurator.ts';
import type { RolloutSummary } from '../configurator/list-rows.ts';
import type { RolloutView } from '../configurator/rollouts.ts';
import { createWords } from './words.ts';
import type { Silence, Words, WordsDeps } from './words.ts';

export interface BoardEntry {
  readonly summary: RolloutSummary;
  /** Its own word, the newest that it gave; null: it was not asked yet, or was lost. */
  readonly view: RolloutView | null;
  /** When it gave that, where that is too long ago to be shown as if it were so now; else null. */
  readonly seenAt: string | null;
  /** It runs, and does not answer; null: it did, or was not asked yet. */
  readonly silence: Silence | null;
  /** Over without a word of its own, and nobody has looked after what it left, nor begun another. */
  readonly isLeftAlone: boolean;
}

export interface Reader {
  list(): Promise<void>;
  /** Those that run, the longest unasked first, and some that have ended. */
  ask(): Promise<void>;
  lookForLost(): Promise<void>;
  /** After a time in which nobody looked: what may have gone on since is asked anew before it is told. */
  forget(): void;
  entries(): readonly BoardEntry[];
  /** Of the last listing. */
  tookMs(): number;
  /** Of the last look for those that were lost; null: nothing was left out. */
  unseen(): string | null;
}

export interface ReaderDeps extends WordsDeps {
  readonly engine: Pick<Configurator, 'list' | 'status'>;
  readonly perRound: number;
}

const MAX_RUNNING = 5_000;
const MAX_ENDED = 500;
const MAX_LOST = 100;
/** Whoever was lost is looked for through Temporal, run by run: not in every round. */
const LOST_EVERY = 10;
/** Last words of what has ended, newest first, beside those of what runs. */
const ENDED_PER_ROUND = 5;
/** What was said longer ago is told with when that was. */
const OLD_MS = 60_000;

interface State {
  readonly words: Words;
  rows: readonly RolloutSummary[];
  lost: readonly RolloutSummary[];
  unseen: string | null;
  looks: number;
  tookMs: number;
}

export function createReader(deps: ReaderDeps): Reader {
  const state: State = { words: createWords(deps), rows: [], lost: [], unseen: null, looks: 0, tookMs: 0 };
  return {
    list: () => list(deps, state),
    ask: () => ask(deps, state),
    lookForLost: () => lookForLost(deps, state),
    forget: () => {
      state.words.keep((_runId, view) => view !== null && view.status.outcome !== null);
      state.looks = 0;
    },
    entries: () => state.rows.map((summary) => entryOf(deps, state, summary)),
    tookMs: () => state.tookMs,
    unseen: () => state.unseen,
  };
}

function entryOf({ clock }: ReaderDeps, { words, lost }: State, summary: RolloutSummary): BoardEntry {
  const isLeftAlone = lost.some(({ runId }) => runId === summary.runId);
  if (!isOpen(summary)) return { summary, view: lastWord(words, summary), seenAt: null, silence: null, isLeftAlone };
  const { said = null, silence = null } = words.of(summary.runId) ?? {};
  const isOld = said !== null && (silence !== null || clock() - said.atMs > OLD_MS);
  return { summary, view: said?.view ?? null, seenAt: isOld ? said.at : null, silence, isLeftAlone };
}

async function list({ engine, clock }: ReaderDeps, state: State): Promise<void> {
  const began = clock();
  const [running, recent] = await Promise.all([
    engine.list(MAX_RUNNING, { outcome: 'running', asPublished: true }),
    engine.list(MAX_ENDED, { outcome: 'ended', asPublished: true }),
  ]);
  state.rows = merged([...state.lost, ...running.rollouts, ...recent.rollouts]);
  state.tookMs = clock() - began;
  const known = new Set(state.rows.map(({ runId }) => runId));
  state.words.keep((runId) => known.has(runId));
}

async function ask({ perRound }: ReaderDeps, { words, rows, lost }: State): Promise<void> {
  const ageOf = ({ runId }: RolloutSummary): number => words.of(runId)?.askedAtMs ?? -Infinity;
  const longestAgo = (some: readonly RolloutSummary[]) => some.toSorted((a, b) => ageOf(a) - ageOf(b));
  const leftAlone = new Set(lost.filter(isLost).map(({ runId }) => runId));
  const silent = rows.filter((row) => isOver(row) && (leftAlone.has(row.runId) || lastWord(words, row) === null));
  await words.ask([
    ...longestAgo(rows.filter(isOpen)).slice(0, perRound),
    ...longestAgo(silent).slice(0, ENDED_PER_ROUND),
  ]);
}

/** What it said before its end is none. */
function lastWord(words: Words, { runId }: RolloutSummary): BoardEntry['view'] {
  const view = words.of(runId)?.said?.view ?? null;
  return view === null || (view.status.outcome === null && view.lost === null) ? null : view;
}

async function lookForLost({ engine }: ReaderDeps, state: State): Promise<void> {
  state.looks += 1;
  if (state.looks % LOST_EVERY !== 1) return;
  // Of those that run each is asked itself.
  const { rollouts: lost, unseen } = await engine.list(MAX_LOST, { waiting: true, outcome: 'ended' });
  // Of what somebody has looked after since, it is asked once more what became of it.
  const still = new Set(lost.map(({ runId }) => runId));
  const left = new Set(state.lost.flatMap(({ runId }) => (still.has(runId) ? [] : [runId])));
  state.words.keep((runId) => !left.has(runId));
  state.lost = lost;
  state.unseen = unseen;
  // Published last, it may say `baking`; lost it is.
  state.rows = merged([...state.lost, ...state.rows]);
}

/** A run that went on as another one has no last word. */
function isOver(summary: RolloutSummary): boolean {
  return !isOpen(summary) && summary.state !== 'CONTINUED_AS_NEW';
}

/** Over without a word of its own. */
export function isLost(summary: RolloutSummary): boolean {
  return isOver(summary) && summary.state !== 'COMPLETED' && summary.outcome === null;
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
