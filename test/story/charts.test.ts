/** What pictures of a rollout draw, and what they say to whoever does not see them. */
import { evidenceChart, splitChart } from '../../src/story/charts.ts';
import { provenSplits } from '../../src/domain/story/proven-splits.ts';
import type { Course, CoursePoint, SplitChange } from '../../src/domain/story/course.ts';
import type { GuardrailReport } from '../../src/domain/judge/types.ts';

const NOON = Date.parse('2026-03-01T12:00:00.000Z');
const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();

function courseWith(splits: readonly SplitChange[]): Course {
  const points = [10_000, 60_000].map((atMs) => ({ atMs, n: { baseline: 9, candidate: 1 }, rows: [] }));
  return { points, splits, latency: { baseline: null, candidate: null } };
}

const lines = (picture: string): string[] =>
  [...picture.matchAll(/class="line candidate" d="([^"]+)"/g)].map(([, d]) => d!);
const words = (picture: string): string => /aria-label="([^"]*)"/.exec(picture)?.[1] ?? '';

test.each<[string, readonly SplitChange[], readonly SplitChange[], string]>([
  ['nothing has settled', [{ atMs: 0, percent: null }], [{ atMs: 0, percent: 5 }], '5 %'],
  [
    'it settles after each rise',
    [
      { atMs: 0, percent: null },
      { atMs: 10_000, percent: 5 },
      { atMs: 30_000, percent: null },
      { atMs: 40_000, percent: 50 },
    ],
    [],
    '5 %, then 50 %',
  ],
  [
    'nobody knows what was asked',
    [
      { atMs: 0, percent: 5 },
      { atMs: 30_000, percent: null },
    ],
    [],
    '5 %',
  ],
])('the split is drawn while cards settle: %s', async (_, splits, asked, said) => {
  const picture = String(await splitChart(courseWith(splits), asked));
  expect(lines(picture)).toHaveLength(1);
  expect(words(picture)).toContain(`The split over time: ${said}`);
  expect(words(picture)).toMatch(/cards (settle|were settling)/);
  expect(picture).toContain('class="settling"');
});

test('the split is known from the log, from the beginning of the rollout on', () => {
  const entry = (seconds: number, act: string, splitPercent?: number) => ({
    at: at(seconds),
    actor: 'engine',
    act,
    reason: '',
    ...(splitPercent !== undefined && { splitPercent }),
  });
  const log = [
    entry(-3600, 'validating', 0),
    entry(0, 'windowOpened', 0),
    entry(2, 'deploying', 0),
    entry(4, 'splitProven', 5),
    entry(9, 'notified', 5),
    entry(20, 'splitProven', 0),
    entry(21, 'ended'),
  ];
  expect(provenSplits(log)).toEqual([
    { atMs: 0, percent: 0 },
    { atMs: 4000, percent: 5 },
    { atMs: 20_000, percent: 0 },
  ]);
  expect(provenSplits([])).toEqual([]);
});

test('harm that is proven stands at what harm needs, which is less than what safe needs', async () => {
  const logEvidence = { harm: Math.log(63), safe: Math.log(63) };
  const row = {
    metric: 'acceptanceRate',
    worseWhen: 'lower',
    effect: null,
    logEvidence,
  } as unknown as GuardrailReport & CoursePoint['rows'][number];
  const point = (atMs: number): CoursePoint => ({ atMs, n: { baseline: 9, candidate: 9 }, rows: [row] });
  const course = { ...courseWith([]), points: [point(0), point(60_000)] };
  const picture = String(await evidenceChart(course, 0, { harm: Math.log(63), safe: Math.log(100) }, row));
  const height = (side: string): string | undefined =>
    new RegExp(`class="line ${side}" d="[^"]*,(?<y>[\\d.]+)"`).exec(picture)?.groups?.['y'];
  const mark = /class="mark margin" d="M[\d.]+,(?<y>[\d.]+)H/.exec(picture)?.groups?.['y'];
  expect(height('harm')).toBe(mark);
  expect(height('safe')).not.toBe(mark);
  expect(words(picture)).toContain('1:63 for harm, 1:100 for safe');
});
