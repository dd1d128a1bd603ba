/** A thread that forecasts one plan and ends: the simulation takes seconds. */
import { parentPort, workerData } from 'node:worker_threads';
import { forecast } from '../domain/forecast/forecast.ts';
import { seededRandom } from '../domain/shared/random.ts';
import type { ForecastAsked } from './forecaster.ts';

const { plan, assumed, seed, ...how } = workerData as ForecastAsked;
parentPort?.postMessage(forecast(plan, assumed, { ...how, random: (run) => seededRandom(seed + run) }));
