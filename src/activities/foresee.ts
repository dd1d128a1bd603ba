/** What simulated rollouts say of a plan before it starts, by the traffic of the last days. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { whyPointless } from '../domain/forecast/forecast.ts';
import type { Expected, StartForecast } from '../domain/forecast/start-forecast.ts';
import { startForecast } from '../domain/forecast/start-forecast.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { seededRandom } from '../domain/shared/random.ts';

export interface Foresight {
  /** Null: it can promote a harmless version, or there was no time to find out. */
  whyPointless(plan: Plan, expected: Expected): Promise<string | null>;
  /** Null: there was no time. */
  startForecast(plan: Plan, expected: Expected): Promise<StartForecast | null>;
}

const POINTLESS = { runs: 3, maxCards: 40_000, random: seededRandom };
/** A start waits for it. */
const START = { runs: 3, maxCards: 30_000, random: seededRandom };

/** By the thread that asks, which does nothing else meanwhile. */
export const foreseenHere: Foresight = {
  whyPointless: async (plan, { traffic, audiences }) => whyPointless(plan, traffic, { ...POINTLESS, audiences }),
  startForecast: (plan, expected) => startForecast(plan, expected, { ...START, pause: () => nextTurn() }),
};
