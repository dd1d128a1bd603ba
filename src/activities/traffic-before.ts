/** The traffic before a rollout: can its plan prove anything with it, and what is to be expected of its steps? */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { whyPointless } from '../domain/forecast/forecast.ts';
import type { Expected } from '../domain/forecast/start-forecast.ts';
import { startForecast } from '../domain/forecast/start-forecast.ts';
import { noCardIn } from '../domain/plan/no-card.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Problem } from '../domain/plan/problem.ts';
import { seededRandom } from '../domain/shared/random.ts';
import { audienceShares } from '../store/audience-share.ts';
import { baseRates } from '../store/base-rates.ts';
import type { Database } from '../store/database.ts';
import { keepForecast } from '../store/forecasts.ts';

interface TrafficDeps {
  readonly db: Database;
  readonly now: () => number;
}

const WINDOW_MS = 7 * 86_400_000;

/** Null: no card of it is on record. */
export async function trafficBefore({ db, now }: TrafficDeps, plan: Plan): Promise<Expected | null> {
  const since = new Date(now() - WINDOW_MS);
  const known = await baseRates(db, plan.action.name, since, now());
  if (known === null) return null;
  const { rates: traffic, cards, hours } = known;
  return { traffic, basis: { cards, hours }, audiences: await audienceShares(db, plan, since) };
}

/** Rates that rest on less say too little to refuse a plan. */
const MIN_BASIS = { cards: 500, hours: 1 };
const SHORT = { runs: 3, maxCards: 40_000 };

export function feasibilityProblems(plan: Plan, { traffic, basis, audiences }: Expected): Problem[] {
  if (basis.cards < MIN_BASIS.cards || basis.hours < MIN_BASIS.hours) return [];
  const why = whyPointless(plan, traffic, { ...SHORT, audiences, random: seededRandom });
  return why === null
    ? []
    : [
        {
          code: 'plan-pointless',
          severity: 'error',
          path: 'steps',
          message: why,
          remedy: 'See `assist-rollouts forecast`; or start it all the same with --force.',
        },
      ];
}

/** Fewer cards tell no volume. A forecast says what it rests on, so that it may rest on less than a refusal. */
const MIN_FORECAST_CARDS = 50;
/** A start waits for it. */
const FORECAST = { runs: 3, maxCards: 30_000 };

/** As it is known before anything of the version is shown. */
export async function forecastAtStart({ db, now }: TrafficDeps, plan: Plan, rolloutId: string, expected: Expected) {
  if (expected.basis.cards < MIN_FORECAST_CARDS || noCardIn(plan) !== null) return;
  const madeAt = new Date(now());
  const made = await startForecast(plan, expected, { ...FORECAST, random: seededRandom, pause: () => nextTurn() });
  await keepForecast(db, rolloutId, madeAt, made);
}
