/**
 * Simulations beside the worker, which no plan may hold up: whoever may start one chooses how much there is to simulate.
 * Few at once, and none for longer than a start has.
 */
import { join } from 'node:path';
import type { Expected } from '../domain/forecast/start-forecast.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { createAnswerers } from '../subprocesses/answerers.ts';
import type { AnswererLimits } from '../subprocesses/answerers.ts';
import type { Foresight } from './foresee.ts';

export interface ForesightQuestion {
  readonly what: keyof Foresight;
  readonly plan: Plan;
  readonly expected: Expected;
}

const AT_ONCE = 2;
/** Of one question, from when it is asked. A dry run has 20 s for all its answers, and a start 30 s. */
const LIMITS: AnswererLimits = {
  file: join(__dirname, 'foresight-process.js'),
  maxMs: 8000,
  maxMemoryMb: 256,
};

export function createForesight(limits: Partial<AnswererLimits> = {}): Foresight {
  const within = { ...LIMITS, ...limits };
  const answerers = createAnswerers(within);
  const running = new Set<Promise<unknown>>();
  const ask = async (question: ForesightQuestion): Promise<unknown> => {
    const untilMs = performance.now() + within.maxMs;
    while (running.size >= AT_ONCE) await Promise.race(running);
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) return null;
    const answer = answerers.answer(question, leftMs);
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
