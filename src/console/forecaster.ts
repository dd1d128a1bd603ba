/** Forecasts of plans that are being written: beside the pages, few at once, and none for ever. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Assumptions } from '../domain/forecast/assumptions.ts';
import type { AudienceShare } from '../domain/forecast/audiences.ts';
import type { Forecast } from '../domain/forecast/forecast.ts';
import type { Plan } from '../domain/plan/plan.ts';

export interface ForecastAsked {
  readonly plan: Plan;
  readonly assumed: Assumptions;
  readonly audiences: readonly AudienceShare[];
  readonly runs: number;
  readonly maxCards: number;
}

export interface Forecaster {
  /** Null: it takes too long, or too many are under way. */
  forecast(asked: ForecastAsked): Promise<Forecast | null>;
  close(): Promise<void>;
}

const AT_ONCE = 2;
const MAX_MS = 20_000;
const MAX_MEMORY_MB = 512;

export function createForecaster(): Forecaster {
  const running = new Set<Worker>();
  return {
    async forecast(asked) {
      if (running.size >= AT_ONCE) return null;
      const worker = new Worker(join(__dirname, 'forecast-thread.js'), {
        name: 'forecast',
        workerData: asked,
        resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
      });
      running.add(worker);
      try {
        return await answerOf(worker);
      } finally {
        running.delete(worker);
        await worker.terminate();
      }
    },
    async close() {
      await Promise.all([...running].map((worker) => worker.terminate()));
    },
  };
}

function answerOf(worker: Worker): Promise<Forecast | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), MAX_MS);
    timer.unref();
    worker.once('message', (answer: Forecast) => resolve(answer));
    worker.once('error', reject);
    worker.once('exit', () => {
      clearTimeout(timer);
      resolve(null);
    });
  });
}
