/** A thread that forecasts one plan and ends: the simulation takes seconds, and the console has pages to serve. */
import { parentPort, workerData } from 'node:worker_threads';
import { forecast } from '../domain/forecast/forecast.ts';
import { seededRandom } from '../domain/shared/random.ts';
import type { ForecastAsked } from './forecaster.ts';

const { plan, assumed, audiences, runs, maxCards } = workerData as ForecastAsked;
const random = (run: number) => seededRandom(10_007 + run);
parentPort?.postMessage(forecast(plan, assumed, { runs, maxCards, audiences, random }));
