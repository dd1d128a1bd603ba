/** Forecasts beside whoever serves others at the same time: few at once, and none for ever. */
import { join } from 'node:path';
import type { Assumptions } from '../domain/forecast/assumptions.ts';
import type { AudienceShare } from '../domain/forecast/audiences.ts';
import type { Forecast } from '../domain/forecast/forecast.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { createThreads } from './answer.ts';
import type { ThreadLimits } from './answer.ts';

export interface ForecastAsked {
  readonly plan: Plan;
  readonly assumed: Assumptions;
  readonly audiences?: readonly AudienceShare[];
  /** Of the first run; the others count on from there. */
  readonly seed: number;
  readonly runs: number;
  readonly maxCards: number;
}

export interface Forecaster {
  /** Null: it takes too long, or too many are under way. */
  forecast(asked: ForecastAsked): Promise<Forecast | null>;
  close(): Promise<void>;
}

const AT_ONCE = 2;
const LIMITS: ThreadLimits = {
  file: join(__dirname, 'forecast-thread.js'),
  name: 'forecast',
  maxMs: 20_000,
  maxMemoryMb: 512,
};

export function createForecaster(limits: Partial<ThreadLimits> = {}): Forecaster {
  const within = { ...LIMITS, ...limits };
  const threads = createThreads(within);
  const closing = new AbortController();
  const running = new Set<Promise<Forecast | null>>();
  return {
    async forecast(asked) {
      if (running.size >= AT_ONCE) return null;
      const answer = threads.answer<Forecast>(asked, within.maxMs, closing.signal);
      running.add(answer);
      return answer.finally(() => running.delete(answer));
    },
    async close() {
      closing.abort();
      await Promise.allSettled([...running, threads.close()]);
    },
  };
}
