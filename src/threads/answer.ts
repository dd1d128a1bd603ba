/**
 * Work that takes seconds holds up nobody beside it: a question to a thread, one at a time. A thread that has answered is
 * kept for the next: to begin it (its modules are read and compiled) takes more processor time than a whole rollout until
 * it is watched.
 */
import { Worker } from 'node:worker_threads';

export interface ThreadLimits {
  /** The compiled thread; it posts one message for each that comes, its answer. */
  readonly file: string;
  readonly name: string;
  readonly maxMs: number;
  readonly maxMemoryMb: number;
}

export interface Threads {
  /** Null: the time, or the memory, was not enough, or `stop` came first. What a thread throws is thrown. */
  answer<T>(question: unknown, maxMs: number, stop?: AbortSignal): Promise<T | null>;
  /** Ends those that nobody asks; what is still asked ends by its own `stop`. */
  close(): Promise<void>;
}

/** It holds 25 to 35 MB, and the questions of one start follow upon each other. */
const KEPT_MS = 60_000;

export function createThreads({ file, name, maxMemoryMb }: Omit<ThreadLimits, 'maxMs'>, keptMs = KEPT_MS): Threads {
  const kept = new Map<Worker, NodeJS.Timeout>();
  let isClosed = false;

  const begin = (): Worker => {
    const worker = new Worker(file, { name, resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb } });
    // One that ends while nobody asks it anything fails nobody.
    return worker.on('error', () => forget(worker)).on('exit', () => forget(worker));
  };
  const forget = (worker: Worker): void => {
    clearTimeout(kept.get(worker));
    kept.delete(worker);
  };
  const end = async (worker: Worker): Promise<void> => {
    forget(worker);
    await worker.terminate();
  };
  const keep = (worker: Worker): void => {
    worker.unref();
    kept.set(worker, setTimeout(() => void end(worker), keptMs).unref());
  };
  const take = (): Worker => {
    const [worker = begin()] = kept.keys();
    forget(worker);
    worker.ref();
    return worker;
  };
  return {
    async answer<T>(question: unknown, maxMs: number, stop?: AbortSignal) {
      const worker = take();
      let answer: Answer<T> | null = null;
      try {
        answer = await ask<T>(worker, question, maxMs, stop);
      } finally {
        if (answer !== null && !isClosed) keep(worker);
        else await end(worker);
      }
      return answer === null ? null : answer.said;
    },
    async close() {
      isClosed = true;
      await Promise.all([...kept.keys()].map(end));
    },
  };
}

/** It may be null itself. */
interface Answer<T> {
  readonly said: T;
}

/** Null: it has not answered. */
async function ask<T>(
  worker: Worker,
  question: unknown,
  maxMs: number,
  stop: AbortSignal | undefined,
): Promise<Answer<T> | null> {
  const over = new AbortController();
  const { signal } = over;
  try {
    return await new Promise((resolve, reject) => {
      const giveUp = (): void => resolve(null);
      const onMessage = (said: T): void => resolve({ said });
      const onError = (error: NodeJS.ErrnoException): void =>
        error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? giveUp() : reject(error);
      const timer = setTimeout(giveUp, maxMs);
      worker.on('message', onMessage).on('error', onError).on('exit', giveUp);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', giveUp);
      });
      stop?.addEventListener('abort', giveUp, { signal });
      if (stop?.aborted) giveUp();
      else worker.postMessage(question);
    });
  } finally {
    over.abort();
  }
}
