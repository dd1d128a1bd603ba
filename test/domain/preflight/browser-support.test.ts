import { FEATURE_NAMES, namedFeature } from '../../../src/domain/preflight/compat/data.ts';
import type { BrowserMatrix } from '../../../src/domain/preflight/compat/versions.ts';
import { BROWSERS, isEarlier } from '../../../src/domain/preflight/compat/versions.ts';
import { preflight } from '../../../src/domain/preflight/preflight.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/preflight/settings.ts';
import { planWith } from './card.ts';

function problems(requiredFeatures: string[], minBrowsers: BrowserMatrix = DEFAULT_SETTINGS.minBrowsers) {
  return preflight(planWith('<p>card</p>', { requiredFeatures }), { ...DEFAULT_SETTINGS, minBrowsers }).filter(
    ({ code }) => code.startsWith('compat-'),
  );
}

test('flexbox and web components are everywhere', () =>
  expect(problems(['flexbox', 'webcomponents', 'grid'])).toEqual([]));

test('a feature that came later is refused once, with every browser that lacks it and the version it came with', () => {
  const found = problems(['flexbox', 'container-queries', 'flexbox-gap']);
  expect(found.map(({ code, path, message }) => [code, path, message])).toEqual([
    [
      'compat-unsupported',
      'action.ui.requiredFeatures.1',
      'container-queries is missing in chrome 90 (came with 105), firefox 88 (came with 110) and safari 14 ' +
        '(came with 16).',
    ],
    ['compat-unsupported', 'action.ui.requiredFeatures.2', 'flexbox-gap is missing in safari 14 (came with 14.1).'],
  ]);
  expect(found[1]?.remedy).toBe('Do without flexbox-gap, or raise the oldest browsers to safari 14.1.');
});

test('the oldest browsers are compared for real: newer ones pass, older ones fail', () => {
  const newer = { chrome: '105', firefox: '110', safari: '16.0' };
  expect(problems(['container-queries'], newer)).toEqual([]);
  expect(problems(['flexbox'], { ...newer, chrome: '28.9' }).map(({ message }) => message)).toEqual([
    'flexbox is missing in chrome 28.9 (came with 29).',
  ]);
});

test('a browser that nobody uses is not asked', () => {
  expect(problems(['container-queries'], { edge: '105' })).toEqual([]);
  expect(problems(['container-queries'], { edge: '104' }).map(({ message }) => message)).toEqual([
    'container-queries is missing in edge 104 (came with 105).',
  ]);
});

test('an unknown feature is refused, with the one that was meant', () => {
  const [first, second] = problems(['flexbx', 'toString']);
  expect(first).toMatchObject({ code: 'compat-unknown-feature', path: 'action.ui.requiredFeatures.0' });
  expect(first?.remedy).toMatch(/^Did you mean flexbox\?/);
  expect(second).toMatchObject({ code: 'compat-unknown-feature', path: 'action.ui.requiredFeatures.1' });
});

test.each<[string, string, boolean]>([
  ['14', '14.1', true],
  ['14.1', '14', false],
  ['14.9', '14.10', true],
  ['9', '10', true],
  ['14', '14.0', false],
  ['90', '90', false],
])('%s is earlier than %s: %s', (a, b, expected) => expect(isEarlier(a, b)).toBe(expected));

test('every feature that can be required has a version in every browser', () => {
  expect(FEATURE_NAMES.length).toBeGreaterThan(50);
  const versions = FEATURE_NAMES.flatMap((name) => BROWSERS.map((browser) => namedFeature(name)?.[browser] ?? 'none'));
  expect(versions.filter((version) => !/^\d+(\.\d+)?$/.test(version))).toEqual([]);
});
