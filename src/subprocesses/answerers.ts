/**
 * Work that takes seconds holds up nobody beside it: a question to a process of its own, one at a time. Not to a thread:
 * one that runs out of memory now and then takes its whole process with it (Node 20 asserts in `node_platform.cc`,
 * `ForIsolate`, when the compiler still works for a thread that is being ended). A process that has answered is kept for
 * the next: to begin it (its modules are read and compiled) takes more processor time than a whole rollout until it is
 * watched.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Answered } from './serve.ts';

export interface AnswererLimits {
  /** What it runs, compiled: it calls `serve`. */
  readonly file: string;
  readonly maxMs: number;
  readonly maxMemoryMb: number;
}

export interface Answerers {
  /** Null: the time, or the memory, was not enough, or `stop` came first. What the process throws is thrown. */
  answer<T>(question: unknown, maxMs: number, stop?: AbortSignal): Promise<T | null>;
  /** Ends those that nobody asks; what is still asked ends by its own `stop`. */
  close(): Promise<void>;
}

/** It holds 40 to 55 MB of its own, and the questions of one start follow upon each other. */
const KEPT_MS = 60_000;
/** Of what it says as it ends, the last. */
const MAX_WORDS = 2_000;

interface Answerer {
  readonly child: ChildProcess;
  /** The last of what it said on its error stream. */
  readonly words: () => string;
}

export function createAnswerers({ file, maxMemoryMb }: Omit<AnswererLimits, 'maxMs'>, keptMs = KEPT_MS): Answerers {
  const kept = new Map<Answerer, NodeJS.Timeout>();
  let isClosed = false;

  const begin = (): Answerer => {
    const begun = beginProcess(file, maxMemoryMb);
    // One that ends while nobody asks it anything fails nobody.
    begun.child.on('exit', () => forget(begun));
    return begun;
  };
  const forget = (answerer: Answerer): void => {
    clearTimeout(kept.get(answerer));
    kept.delete(answerer);
  };
  const end = async (answerer: Answerer): Promise<void> => {
    forget(answerer);
    const { child } = answerer;
    if (hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const keep = (answerer: Answerer): void => {
    setHeld(answerer, false);
    kept.set(answerer, setTimeout(() => void end(answerer), keptMs).unref());
  };
  const take = (): { readonly answerer: Answerer; readonly wasKept: boolean } => {
    const [found] = kept.keys();
    const answerer = found ?? begin();
    forget(answerer);
    setHeld(answerer, true);
    return { answerer, wasKept: found !== undefined };
  };
  const askOne = async (answerer: Answerer, question: unknown, maxMs: number, stop?: AbortSignal): Promise<Heard> => {
    const heard = await ask(answerer, question, maxMs, stop);
    if (heard !== null && !('ended' in heard) && !isClosed) keep(answerer);
    else await end(answerer);
    return heard;
  };
  return {
    async answer<T>(question: unknown, maxMs: number, stop?: AbortSignal) {
      const untilMs = performance.now() + maxMs;
      for (;;) {
        const { answerer, wasKept } = take();
        const heard = await askOne(answerer, question, untilMs - performance.now(), stop);
        if (heard === null) return null;
        if ('said' in heard) return heard.said as T;
        if ('threw' in heard) throw new Error(heard.threw);
        // It may have been ending already, for a reason of its own.
        if (wasKept) continue;
        if (heard.ended === null) return null;
        throw new Error(heard.ended);
      }
    },
    async close() {
      isClosed = true;
      await Promise.all([...kept.keys()].map(end));
    },
  };
}

/** With nothing of our environment: it needs no secret. It ends when we do. */
function beginProcess(file: string, maxMemoryMb: number): Answerer {
  const child = fork(file, [], {
    env: {},
    execArgv: [`--max-old-space-size=${maxMemoryMb}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-MAX_WORDS);
  });
  child.on('error', () => undefined);
  return { child, words: () => words };
}

/** Whether it keeps our process from ending. */
function setHeld({ child }: Answerer, isHeld: boolean): void {
  const what = isHeld ? 'ref' : 'unref';
  child[what]();
  child.channel?.[what]();
  (child.stderr as Socket | null)?.[what]();
}

function hasEnded({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}

/**
 * `ended`: why, before it had answered; null where a signal did it, as it does out of memory. Null: out of time, or
 * stopped.
 */
type Heard = Answered | { readonly ended: string | null } | null;

async function ask(
  { child, words }: Answerer,
  question: unknown,
  maxMs: number,
  stop: AbortSignal | undefined,
): Promise<Heard> {
  const over = new AbortController();
  const { signal } = over;
  try {
    return await new Promise((resolve) => {
      const giveUp = (): void => resolve(null);
      const fail = (error: Error | null): void => (error === null ? undefined : resolve({ ended: error.message }));
      const onClose = (code: number | null): void =>
        resolve({ ended: code === null ? null : `The process ended with exit code ${code}: ${words()}` });
      const timer = setTimeout(giveUp, maxMs);
      child.on('message', resolve).on('error', fail).on('close', onClose);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        child.off('message', resolve).off('error', fail).off('close', onClose);
      });
      stop?.addEventListener('abort', giveUp, { signal });
      if (stop?.aborted) giveUp();
      else child.send(question as object, fail);
    });
  } finally {
    over.abort();
  }
}
