/** Runs all streams on every core. The result does not depend on how many there are, nor on who was faster. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { OutcomesByJudge } from './run.ts';

/** Some streams of one scenario; each judge takes part in those below its own count. */
export interface Task {
  readonly scenario: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly counts: Readonly<Record<string, number>>;
}

export interface Done {
  readonly task: Task;
  readonly outcomes: readonly OutcomesByJudge[];
}

const MAX_WORKERS = 8;

/** Resolves with one entry per task, in the order of the tasks. */
export async function runTasks(tasks: readonly Task[], onDone: (done: number) => void): Promise<readonly Done[]> {
  const results: Done[] = [];
  let next = 0;
  let finished = 0;
  const give = (worker: Worker): void => {
    const index = next++;
    worker.postMessage(index < tasks.length ? { index, task: tasks[index] } : null);
  };
  const workers = Array.from(
    { length: Math.min(MAX_WORKERS, availableParallelism(), tasks.length) },
    () => new Worker(path.join(__dirname, 'worker.js')),
  );
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          worker.on('message', ({ index, done }: { index: number; done: Done }) => {
            results[index] = done;
            onDone(++finished);
            give(worker);
          });
          worker.on('error', reject);
          worker.on('exit', (code) =>
            code === 0 ? resolve() : reject(new Error(`A worker ended with code ${code}.`)),
          );
          give(worker);
        }),
    ),
  );
  return results;
}
