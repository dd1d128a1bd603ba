/** What each rollout last said of itself, when, and since when it says nothing any more. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Configurator } from '../configurator.ts';
import type { RolloutView } from '../configurator/rollouts.ts';
import { presentable } from './refusal.ts';

export interface Silence {
  /** When it was first asked in vain. */
  readonly since: string;
  readonly why: string;
  readonly remedy: string;
}

export interface Word {
  /** The newest; null: none yet. */
  readonly said: { readonly view: RolloutView; readonly atMs: number; readonly at: string } | null;
  readonly silence: Silence | null;
  /** By the clock. */
  readonly askedAtMs: number;
}

interface Run {
  readonly runId: string;
  /** Null: what it is of is not known, and it cannot be asked. */
  readonly action: string | null;
}

export interface Words {
  of(runId: string): Word | undefined;
  /** Those that are not being asked yet, in this order, in the place of whatever was to be asked before. */
  ask(runs: readonly Run[]): Promise<void>;
  /** Of others all is forgotten. */
  keep(which: (runId: string, view: RolloutView | null) => boolean): void;
}

export interface WordsDeps {
  readonly engine: Pick<Configurator, 'status'>;
  /** Monotonic. */
  readonly clock: () => number;
  readonly now: () => number;
  readonly onTrouble: (error: unknown) => void;
  /** So many are asked at once; nobody waits longer than this for them, and whoever hangs is heard when it answers. */
  readonly atOnce: number;
  readonly askForMs: number;
}

export function createWords(deps: WordsDeps): Words {
  const state: State = { words: new Map(), asking: new Set(), due: [] };
  return {
    of: (runId) => state.words.get(runId),
    async ask(runs) {
      state.due = runs.filter(({ runId }) => !state.asking.has(runId));
      const free = Math.min(deps.atOnce - state.asking.size, state.due.length);
      const asked = Promise.all(Array.from({ length: free }, () => askInTurn(deps, state)));
      await Promise.race([asked, sleep(deps.askForMs, undefined, { ref: false })]);
    },
    keep(which) {
      for (const [runId, { said }] of state.words) if (!which(runId, said?.view ?? null)) state.words.delete(runId);
    },
  };
}

interface State {
  readonly words: Map<string, Word>;
  readonly asking: Set<string>;
  due: Run[];
}

async function askInTurn(deps: WordsDeps, state: State): Promise<void> {
  for (let run = state.due.shift(); run !== undefined; run = state.due.shift()) {
    state.asking.add(run.runId);
    const since = new Date(deps.now()).toISOString();
    const word = await askOne(deps, run).catch((error: unknown) => silenceOf(error, since));
    const last = state.words.get(run.runId);
    state.words.set(run.runId, {
      said: word.said ?? last?.said ?? null,
      silence: word.silence === null ? null : { ...word.silence, since: last?.silence?.since ?? since },
      askedAtMs: deps.clock(),
    });
    if (word.error !== null && last?.silence == null) deps.onTrouble(word.error);
    state.asking.delete(run.runId);
  }
}

interface Heard extends Pick<Word, 'said' | 'silence'> {
  /** For the log alone. */
  readonly error: unknown;
}

async function askOne({ engine, clock, now }: WordsDeps, { action, runId }: Run): Promise<Heard> {
  if (action === null) return { said: null, silence: null, error: null };
  const view = await engine.status(action, runId);
  return { said: { view, atMs: clock(), at: new Date(now()).toISOString() }, silence: null, error: null };
}

function silenceOf(error: unknown, since: string): Heard {
  const { code, message, remedy } = presentable(error);
  const silence =
    code === 'console-internal'
      ? { since, why: 'It cannot be asked.', remedy: 'The log of the console says why.' }
      : { since, why: message, remedy };
  return { said: null, silence, error };
}
