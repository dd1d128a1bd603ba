/**
 * Simulations beside the worker's own thread, which no plan may hold up: whoever may start one chooses how much there is
 * to simulate. Few at once, and none for longer than a start has.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Expected } from '../domain/forecast/start-forecast.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Foresight } from './foresee.ts';

export interface ForesightQuestion {
  readonly what: keyof Foresight;
  readonly plan: Plan;
  readonly expected: Expected;
}

interface ForesightLimits {
  /** Of one question, from when it is asked. A dry run has 20 s for all its answers, and a start 30 s. */
  readonly maxMs: number;
  readonly maxMemoryMb: number;
  /** The compiled thread. */
  readonly file: string;
}

const AT_ONCE = 2;
const LIMITS: ForesightLimits = { maxMs: 8000, maxMemoryMb: 256, file: join(__dirname, 'foresight-thread.js') };

export function createForesight(limits: Partial<ForesightLimits> = {}): Foresight {
  const { maxMs, maxMemoryMb, file } = { ...LIMITS, ...limits };
  const running = new Set<Promise<unknown>>();
  const ask = async (question: ForesightQuestion): Promise<unknown> => {
    const untilMs = performance.now() + maxMs;
    while (running.size >= AT_ONCE) await Promise.race(running);
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) return null;
    const answer = answerOf(new Worker(file, threadOptions(question, maxMemoryMb)), leftMs);
    const over: Promise<unknown> = answer.catch(() => undefined).finally(() => running.delete(over));
    running.add(over);
    return answer;
  };
  return {
    whyPointless: (plan, expected) => ask({ what: 'whyPointless', plan, expected }) as Promise<string | null>,
    startForecast: (plan, expected) =>
      ask({ what: 'startForecast', plan, expected }) as ReturnType<Foresight['startForecast']>,
  };
}

function threadOptions(workerData: ForesightQuestion, maxOldGenerationSizeMb: number) {
  return { name: 'foresight', workerData, resourceLimits: { maxOldGenerationSizeMb } };
}

/** Null: the time, or its memory, was not enough. */
async function answerOf(worker: Worker, maxMs: number): Promise<unknown> {
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(null), maxMs);
      worker.once('message', resolve);
      worker.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve(null) : reject(error),
      );
      worker.once('exit', () => {
        clearTimeout(timer);
        resolve(null);
      });
    });
  } finally {
    await worker.terminate();
  }
}
