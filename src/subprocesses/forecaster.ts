/** Forecasts beside whoever serves others at the same time: few at once, and none for ever. */
import { join } from 'node:path';
import type { Assumptions } from '../domain/forecast/assumptions.ts';
import type { AudienceShare } from '../domain/forecast/audiences.ts';
import type { Forecast } from '../domain/forecast/forecast.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { createAnswerers } from './answerers.ts';
import type { AnswererLimits } from './answerers.ts';

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
const LIMITS: AnswererLimits = {
  file: join(__dirname, 'forecast-process.js'),
  maxMs: 20_000,
  maxMemoryMb: 512,
};

export function createForecaster(limits: Partial<AnswererLimits> = {}): Forecaster {
  const within = { ...LIMITS, ...limits };
  const answerers = createAnswerers(within);
  const closing = new AbortController();
  const running = new Set<Promise<Forecast | null>>();
  return {
    async forecast(asked) {
      if (running.size >= AT_ONCE) return null;
      const answer = answerers.answer<Forecast>(asked, within.maxMs, closing.signal);
      running.add(answer);
      return answer.finally(() => running.delete(answer));
    },
    async close() {
      closing.abort();
      await Promise.allSettled([...running, answerers.close()]);
    },
  };
}
