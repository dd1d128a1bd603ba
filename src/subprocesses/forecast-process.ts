/** A process that forecasts plans: a simulation takes seconds. */
import { forecast } from '../domain/forecast/forecast.ts';
import { seededRandom } from '../domain/shared/random.ts';
import type { ForecastAsked } from './forecaster.ts';
import { serve } from './serve.ts';

serve(({ plan, assumed, seed, ...how }: ForecastAsked) =>
  forecast(plan, assumed, { ...how, random: (run) => seededRandom(seed + run) }),
);
