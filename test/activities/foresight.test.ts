/** What a start asks of simulations is answered beside the process that watches. */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createForesight } from '../../src/activities/foresight.ts';
import { foreseenHere } from '../../src/activities/foresee.ts';
import { TYPICAL_TRAFFIC } from '../../src/domain/forecast/assumptions.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { planWith } from '../domain/preflight/card.ts';

const file = join(__dirname, '../../dist/src/activities/foresight-process.js');
const EXPECTED = {
  traffic: { ...TYPICAL_TRAFFIC, cardsPerHour: 200 },
  basis: { cards: 2000, hours: 10 },
  audiences: [],
};
const PLAN = bakedFor(60_000, 3_600_000);

function bakedFor(forMs: number, atMostMs: number): Plan {
  const plan = planWith('<p>long</p>');
  return {
    ...plan,
    steps: [
      { kind: 'setSplit', percent: 10 },
      { kind: 'bake', forMs, atMostMs, minCards: 1, require: 'safe' },
    ],
    guardrails: [
      {
        metric: 'acceptanceRate',
        worseWhen: 'lower',
        margin: { kind: 'relative', value: 0.01 },
        alpha: 0.01,
        mode: 'enforce',
      },
    ],
    policies: { ...plan.policies, onUndecided: 'hold' },
  };
}

/** Turns of this thread until it is answered. */
async function turnsUntil(answer: Promise<unknown>): Promise<number> {
  let turns = 0;
  const over = answer.then(() => true);
  while (!(await Promise.race([over, nextTurn(false)]))) turns += 1;
  return turns;
}

test('a plan is simulated while this thread goes on, and said of it is what this thread would say', async () => {
  const foresight = createForesight({ file });
  const why = foresight.whyPointless(PLAN, EXPECTED);
  expect(await turnsUntil(why)).toBeGreaterThan(20);
  expect(await why).toContain('never proven safe');
  expect(await why).toBe(await foreseenHere.whyPointless(PLAN, EXPECTED));
  expect(await foresight.startForecast(PLAN, EXPECTED)).toEqual(await foreseenHere.startForecast(PLAN, EXPECTED));
});

test('of many that ask at once each is answered, and what takes too long, or too much memory, is answered with nothing', async () => {
  const foresight = createForesight({ file, maxMs: 60_000 });
  const asked = Array.from({ length: 5 }, () => foresight.whyPointless(PLAN, EXPECTED));
  expect(new Set(await Promise.all(asked)).size).toBe(1);
  expect(await createForesight({ file, maxMs: 20 }).whyPointless(PLAN, EXPECTED)).toBeNull();
  expect(await createForesight({ file, maxMemoryMb: 8 }).startForecast(PLAN, EXPECTED)).toBeNull();
});

test('a process that cannot begin is no answer', async () => {
  const foresight = createForesight({ file: join(__dirname, 'nowhere.js') });
  await expect(foresight.whyPointless(PLAN, EXPECTED)).rejects.toThrow('Cannot find module');
});
