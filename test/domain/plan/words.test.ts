import { nearestWord } from '../../../src/domain/plan/did-you-mean.ts';
import { parseDuration, parsePositiveDuration } from '../../../src/domain/plan/duration.ts';
import { parseName, parseVersion } from '../../../src/domain/plan/identity.ts';
import { parseMargin } from '../../../src/domain/plan/margin.ts';
import { parseTolerance, toleranceFault } from '../../../src/domain/plan/tolerance.ts';
import { parseSplit } from '../../../src/domain/plan/steps/set-split.ts';

test.each([
  ['30m', 1_800_000],
  ['6h', 21_600_000],
  ['1.5s', 1_500],
  ['24h', 86_400_000],
  ['200ms', 200],
  ['7d', 604_800_000],
  ['0s', 0],
  ['365d', 31_536_000_000],
])('the duration %s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each([
  '',
  '30',
  'm',
  '-5m',
  '5 m',
  '1h30m',
  '5M',
  '1e3s',
  '.5s',
  '5w',
  'Infinitys',
  '366d',
  '9'.repeat(400) + 's',
  30,
  null,
  {},
])('the duration %j is refused', (text) => expect(parseDuration(text)).toMatchObject({ code: 'plan-duration' }));

test('no time at all is a duration, but not one to watch for', () => {
  expect(parseDuration('0ms')).toBe(0);
  expect(parsePositiveDuration('0ms')).toMatchObject({ code: 'plan-duration' });
  expect(parsePositiveDuration('1ms')).toBe(1);
});

test.each([
  ['10%', 'relative', 0.1],
  ['2.5%', 'relative', 0.025],
  ['1pp', 'absolute', 0.01],
  ['3pp', 'absolute', 0.03],
  ['200ms', 'absolute', 200],
  ['1.5s', 'absolute', 1500],
  [' 10% ', 'relative', 0.1],
  ['5 %', 'relative', 0.05],
  ['1\u00a0pp', 'absolute', 0.01],
])('the margin %j is %s, %d', (text, kind, value) =>
  expect(parseMargin(text)).toMatchObject({ margin: { kind, value } }),
);

test.each([
  '10',
  '10  %',
  '1 0%',
  '%',
  '-1%',
  '0%',
  '0pp',
  '0ms',
  '10m',
  0,
  -1,
  Infinity,
  NaN,
  null,
  `1${'0'.repeat(400)}%`,
])('the margin %j is refused', (text) => expect(parseMargin(text)).toMatchObject({ code: 'plan-margin' }));

test.each([
  ['0%', 'relative', 0],
  ['5%', 'relative', 0.05],
  ['0.5pp', 'absolute', 0.005],
  ['100ms', 'absolute', 100],
  [0, 'absolute', 0],
  [7.5, 'absolute', 7.5],
])('the tolerance %j is %s, %d', (text, kind, value) =>
  expect(parseTolerance(text)).toMatchObject({ margin: { kind, value } }),
);

test.each(['10', '5  %', '5\n\n%', '-1%', 'half', -1, Infinity, NaN, null, true, `1${'0'.repeat(400)}%`])(
  'the tolerance %j is refused',
  (text) => expect(parseTolerance(text)).toMatchObject({ code: 'plan-tolerance' }),
);

test.each<[unknown, unknown, RegExp | null]>([
  ['5%', '10%', null],
  ['0.5pp', '1pp', null],
  ['0ms', '1s', null],
  [7, 15, null],
  ['10%', '10%', /not below the margin, "10%"/],
  ['2s', '500ms', /"2s" is not below the margin, "500ms"/],
  ['0.5pp', '10%', /another kind than the margin, "10%"/],
  ['100ms', '1pp', /another kind/],
  [7, '10%', /another kind/],
])('beside a tolerance of %j stands a margin of %j', (tolerance, margin, refusal) => {
  const [one, other] = [parseTolerance(tolerance), parseMargin(margin)];
  if ('code' in one || 'code' in other) throw new Error('both can be read');
  const fault = toleranceFault(one, other);
  if (refusal === null) expect(fault).toBeUndefined();
  else expect(fault).toMatchObject({ code: 'plan-tolerance', message: expect.stringMatching(refusal) });
});

test.each(['1.5.0', '0.0.0', '1.2.3-rc.1', '1.2.3-0a', '1.2.3+build.01', '1.2.3-x-y+z-1', '999999.0.1'])(
  'the version %s is semantic',
  (text) => expect(parseVersion(text)).toBe(text),
);

test.each([
  '1.5',
  '1.5.0.1',
  'v1.5.0',
  '01.5.0',
  '1.5.0-',
  '1.5.0-01',
  '1.5.0-a..b',
  '1.5.0+',
  '1.5.0+a..b',
  '1.5.0 ',
  '',
  `1.5.0-${'a'.repeat(64)}`,
  1.5,
  null,
])('the version %j is refused', (text) => expect(parseVersion(text)).toMatchObject({ code: 'plan-version' }));

test.each(['RefundAssist', 'a', '9 lives', 'Refund_Assist-2', 'Refund Assist v', 'Rev2', 'x'.repeat(64)])(
  'the name %s is an action name',
  (text) => expect(parseName(text)).toBe(text),
);

test.each(['', ' a', 'a ', '-a', 'a/b', 'a.b', 'Refund v2', 'Refund V10', 'é', 'x'.repeat(65), 5, null])(
  'the name %j is refused',
  (text) => expect(parseName(text)).toMatchObject({ code: 'plan-name' }),
);

test.each([0, 0.01, 5, 33.33, 99.99])('the split %d is a percentage', (percent) =>
  expect(parseSplit(percent)).toBe(percent),
);

test.each([-0.01, 100, 120, 33.333, Number.NaN, Infinity, '5', null])('the split %j is refused', (percent) =>
  expect(parseSplit(percent)).toMatchObject({ code: 'plan-split' }),
);

test.each([
  ['verison', 'version'],
  ['VERSION', 'version'],
  ['keyword', 'keywords'],
  ['setsplitt', 'setSplit'],
  ['zebra', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('%s most likely means %s', (word, meant) => {
  expect(nearestWord(word, ['version', 'keywords', 'setSplit'])).toBe(meant);
});
