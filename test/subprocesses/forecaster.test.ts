/** Who serves others simulates in a process beside: few at once, and what is asked takes none for ever. */
import { join } from 'node:path';
import { TYPICAL_TRAFFIC } from '../../src/domain/forecast/assumptions.ts';
import { forecast } from '../../src/domain/forecast/forecast.ts';
import { seededRandom } from '../../src/domain/shared/random.ts';
import { createForecaster } from '../../src/subprocesses/forecaster.ts';
import { planWith } from '../domain/preflight/card.ts';

const file = join(__dirname, '../../dist/src/subprocesses/forecast-process.js');
const how = { runs: 1, maxCards: 2_000 };
const asked = { plan: planWith('<p>long</p>'), assumed: { ...TYPICAL_TRAFFIC, cardsPerHour: 200 }, seed: 7, ...how };

test('what such a process says is what this one would', async () => {
  const here = forecast(asked.plan, asked.assumed, { ...how, random: (run) => seededRandom(7 + run) });
  expect(await createForecaster({ file }).forecast(asked)).toEqual(here);
});

test('beside two no third is begun, and a close ends them', async () => {
  const forecaster = createForecaster({ file });
  const two = [forecaster.forecast(asked), forecaster.forecast(asked)];
  expect(await forecaster.forecast(asked)).toBeNull();
  await forecaster.close();
  expect(await Promise.all(two)).toEqual([null, null]);
});

test('what takes too long is answered with nothing', async () => {
  expect(await createForecaster({ file, maxMs: 1 }).forecast(asked)).toBeNull();
});
