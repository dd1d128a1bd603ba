/** The forecast of the start beside what came: steps out of the log, cards out of the record. */
import type { KeptForecast } from '../../src/domain/forecast/start-forecast.ts';
import { initialState } from '../../src/domain/rollout/state.ts';
import { reasonOf, startedStep } from '../../src/domain/rollout/audit-reason.ts';
import type { Step } from '../../src/domain/plan/steps/steps.ts';
import { stepsCame } from '../../src/domain/story/steps-came.ts';
import type { StoryEntry } from '../../src/domain/story/entry.ts';
import type { Story } from '../../src/domain/story/story.ts';
import { expectedFigure } from '../../src/story/expected.ts';
import { card, look } from '../domain/judge/helpers.ts';

const NOON = Date.parse('2026-03-01T12:00:00.000Z');
const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();
const bake = { kind: 'bake', forMs: 60_000, atMostMs: 600_000, minCards: 0, require: 'noHarm' } as const;
const steps: readonly Step[] = [{ kind: 'setSplit', percent: 5 }, bake, { kind: 'setSplit', percent: 50 }, bake];
const started = (step: number, passed: readonly number[] = []): string =>
  reasonOf(initialState([]), { kind: 'stepStarted', step, passed }, initialState([]), steps);
const entry = (seconds: number, act: string, reason = ''): StoryEntry => ({
  at: at(seconds),
  actor: 'engine',
  act,
  reason,
});
const begun = [
  entry(-30, 'validating'),
  entry(0, 'notified'),
  entry(1, 'deploying'),
  entry(10, 'stepStarted', started(0)),
  entry(12, 'stepStarted', started(1)),
];
const cards = (arm: 'baseline' | 'candidate', count: number) => Array.from({ length: count }, () => card(arm));
const looks = [
  look(30_000, [...cards('candidate', 3), ...cards('baseline', 9)]),
  look(70_000, cards('candidate', 2)),
  look(95_000, cards('candidate', 7)),
];

test('the log names each step that was started, and tells when none is left', () => {
  expect([0, 3, 4].map((step) => startedStep(started(step)))).toEqual([0, 3, null]);
  expect(startedStep(started(3, [1, 2]))).toBe(3);
  expect(startedStep('from here on it waits for step 1 of 2: x')).toBeNull();
});

test('a step has lasted till the next one, the roll back or the end, with the cards that were judged in it', () => {
  const log = [...begun, entry(80, 'paused'), entry(90, 'rollingBack'), entry(100, 'ended')];
  const came = stepsCame(steps, log, looks);
  expect(came.map(({ began, ended, cards: n }) => [began, ended, n?.candidate ?? null])).toEqual([
    [at(10), at(12), 0],
    [at(12), at(90), 5],
    [null, null, null],
    [null, null, null],
  ]);
  expect(stepsCame(steps, begun, null)[1]).toMatchObject({ began: at(12), ended: null, cards: null });
  expect(stepsCame(steps, [], looks).every(({ began }) => began === null)).toBe(true);
});

test('expected and come stand side by side, with what the forecast rests on; without one that is said', async () => {
  const forecast: KeptForecast = {
    madeAt: at(-20),
    traffic: { cardsPerHour: 400, rates: {} as never, latencyP50Ms: 1, latencyP95Ms: 1, agents: 9 },
    basis: { cards: 812, hours: 2 },
    runs: 3,
    promoted: 2,
    endsAfterMs: 180_000,
    steps: [null, { tookMs: 60_000, cards: 4 }, null, { tookMs: 120_000, cards: 30 }],
    cut: false,
    notForecast: [],
  };
  const story = { steps: stepsCame(steps, begun, looks), forecast, rollout: { endedAt: null } } as unknown as Story;
  const words = async (told: Story): Promise<string> =>
    String(await expectedFigure(told, NOON + 102_000))
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ');
  const said = await words(story);
  expect(said).toMatch(/bake 1 m, at most 10 m \(require noHarm\) 1 m 1 m 30 s so far 4 12 /);
  expect(said).toMatch(/all steps 3 m 1 m 32 s so far 34 12 /);
  expect(said).toContain('the 812 cards of the 2 h before (400 an hour)');
  expect(said).toContain('2 of which were promoted');
  const none = await words({ ...story, forecast: null });
  expect(none).toMatch(/bake 1 m, at most 10 m \(require noHarm\) – 1 m 30 s so far – 12 /);
  expect(none).toContain('No forecast was made when it was started');
  expect(await expectedFigure({ ...story, steps: [] }, NOON)).toBe('');
});
