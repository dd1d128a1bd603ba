/** The traffic before a rollout: can its plan prove anything with it, and what is to be expected of its steps? */
import type { Expected } from '../domain/forecast/start-forecast.ts';
import { noCardIn } from '../domain/plan/no-card.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Problem } from '../domain/plan/problem.ts';
import { audienceShares } from '../store/audience-share.ts';
import { baseRates } from '../store/base-rates.ts';
import type { Database } from '../store/database.ts';
import { keepForecast } from '../store/forecasts.ts';
import { foreseenHere } from './foresee.ts';
import type { Foresight } from './foresee.ts';

export interface TrafficDeps {
  readonly db: Database;
  readonly now: () => number;
  /** Absent: by this thread, which does nothing else meanwhile. */
  readonly foresight?: Foresight;
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

export async function feasibilityProblems(
  { foresight = foreseenHere }: Pick<TrafficDeps, 'foresight'>,
  plan: Plan,
  expected: Expected,
): Promise<Problem[]> {
  const { basis } = expected;
  if (basis.cards < MIN_BASIS.cards || basis.hours < MIN_BASIS.hours) return [];
  const why = await foresight.whyPointless(plan, expected);
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

/** As it is known before anything of the version is shown; nothing is kept where there was no time to simulate it. */
export async function forecastAtStart(
  { db, now, foresight = foreseenHere }: TrafficDeps,
  plan: Plan,
  rolloutId: string,
  expected: Expected,
): Promise<void> {
  if (expected.basis.cards < MIN_FORECAST_CARDS || noCardIn(plan) !== null) return;
  const madeAt = new Date(now());
  const made = await foresight.startForecast(plan, expected);
  if (made !== null) await keepForecast(db, rolloutId, madeAt, made);
}
