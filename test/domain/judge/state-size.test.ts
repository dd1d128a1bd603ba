/** How large a state gets as it is stored: with all that a plan may ask for, whatever the number of agents. */
import { costLooks, fourGuardrails, threeMetrics, twelveSlices } from '../../../bench/judge/cost-traffic.ts';
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { pack, unpack } from '../../../src/domain/judge/maths/packing.ts';
import type { Packed } from '../../../src/domain/judge/maths/packing.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import { openState, packState } from '../../../src/domain/judge/state.ts';
import type { JudgeState } from '../../../src/domain/judge/types.ts';

const guardrails = [...fourGuardrails, ...threeMetrics];
const restart = (state: JudgeState): JudgeState => JSON.parse(JSON.stringify(packState(state))) as JudgeState;
const sizeOf = (state: JudgeState): number => JSON.stringify(packState(state)).length;

test.each([20, 20_000])('under 32 KB with %d agents, twelve slices and three custom metrics', (agents) => {
  const looks = [...costLooks({ seed: 2, looks: 120, baseline: 300, candidate: 30, agents })];
  const state = looks.reduce(takeLook, startJudge(guardrails, twelveSlices));
  expect(sizeOf(state)).toBeLessThan(32 * 1024);
  expect(sizeOf(state)).toBeGreaterThan(16 * 1024);
  const waiting = looks
    .slice(0, 10)
    .map(({ cards, ...look }) => ({
      ...look,
      atMs: 130 * 60_000,
      cards: cards.filter(({ arm }) => arm === 'baseline'),
    }))
    .reduce(takeLook, state);
  expect(sizeOf(waiting)).toBeLessThan(50 * 1024);
});

test('what agents learn doubles it, and no more', () => {
  const looks = [...costLooks({ seed: 2, looks: 40, baseline: 300, candidate: 60, agents: 5000 })];
  for (const first of [{ cards: 3 }, { ms: 1 }]) {
    const state = looks.reduce(takeLook, startJudge(guardrails, twelveSlices, { first, do: 'leaveOut' }));
    expect(sizeOf(state)).toBeLessThan(72 * 1024);
    expect(sizeOf(state)).toBeGreaterThan(32 * 1024);
  }
});

test('a packed state goes on as the one that was packed, to the last bit', () => {
  const looks = [...costLooks({ seed: 4, looks: 30, baseline: 45, candidate: 15, agents: 60 })];
  let [plain, restarted] = [startJudge(guardrails, twelveSlices), restart(startJudge(guardrails, twelveSlices))];
  for (const look of looks) {
    plain = takeLook(plain, look);
    restarted = restart(takeLook(restarted, look));
  }
  expect(openState(restarted)).toEqual(plain);
  expect(reportOf(restarted)).toEqual(reportOf(plain));
});

test('packed and back: objects, and lists of whole numbers, tenths, large, negative, and what has no few decimals', () => {
  expect(pack([0.5, -1, 16]).value).toBe('~1KVgK');
  const lists = [[], [1, 2], [0, 0, 0], [1e15, -1e15, 1], [0.1, 0.123_456_7, -1e-7], [Math.PI, 1, 2], [1e300, 1, 2]];
  const value = { lists, texts: ['~', '~1KVgK', '~~'], mixed: [1, 'a', null], none: null, like: [{ a: 1 }, { a: {} }] };
  expect(unpack(JSON.parse(JSON.stringify(pack(value))) as Packed)).toEqual(value);
});
