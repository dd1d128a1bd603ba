/** A thread that forecasts plans: a simulation takes seconds. */
import { parentPort } from 'node:worker_threads';
import { forecast } from '../domain/forecast/forecast.ts';
import { seededRandom } from '../domain/shared/random.ts';
import type { ForecastAsked } from './forecaster.ts';

parentPort?.on('message', ({ plan, assumed, seed, ...how }: ForecastAsked) =>
  parentPort?.postMessage(forecast(plan, assumed, { ...how, random: (run) => seededRandom(seed + run) })),
);
