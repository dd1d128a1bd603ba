/** One question, one thread, one answer: work that takes seconds holds up nobody beside it. */
import { Worker } from 'node:worker_threads';

export interface ThreadLimits {
  /** The compiled thread; it posts one message, its answer. */
  readonly file: string;
  readonly name: string;
  readonly maxMs: number;
  readonly maxMemoryMb: number;
}

/** Null: the time, or the memory, was not enough, or `stop` came first. What a thread throws is thrown. */
export async function answerInThread<T>(
  question: unknown,
  { file, name, maxMs, maxMemoryMb }: ThreadLimits,
  stop?: AbortSignal,
): Promise<T | null> {
  const worker = new Worker(file, {
    name,
    workerData: question,
    resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb },
  });
  const ended = new AbortController();
  try {
    return await new Promise<T | null>((resolve, reject) => {
      const giveUp = (): void => resolve(null);
      const timer = setTimeout(giveUp, maxMs);
      ended.signal.addEventListener('abort', () => clearTimeout(timer));
      stop?.addEventListener('abort', giveUp, { signal: ended.signal });
      worker.once('message', resolve);
      worker.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? giveUp() : reject(error),
      );
      worker.once('exit', giveUp);
    });
  } finally {
    ended.abort();
    await worker.terminate();
  }
}
