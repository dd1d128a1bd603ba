import { isEarlier } from '../../../src/domain/preflight/checks/browser-support.ts';
import { BROWSERS, FEATURES } from '../../../src/domain/preflight/features.ts';
import { preflight } from '../../../src/domain/preflight/preflight.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/preflight/settings.ts';
import { planWith } from './card.ts';

function problems(requiredFeatures: string[], minBrowsers = DEFAULT_SETTINGS.minBrowsers) {
  return preflight(planWith('<p>card</p>', { requiredFeatures }), { ...DEFAULT_SETTINGS, minBrowsers });
}

test('flexbox and web components are everywhere', () => expect(problems(['flexbox', 'webcomponents', 'grid'])).toEqual([]));

test('a feature that came later is refused for each browser that lacks it, with the version it came with', () => {
  const found = problems(['flexbox', 'container-queries', 'flexbox-gap']);
  expect(found.map(({ code, path, message }) => [code, path, message])).toEqual([
    ['compat-unsupported', 'action.ui.requiredFeatures.1', 'container-queries came with chrome 105, but agents may have chrome 90.'],
    ['compat-unsupported', 'action.ui.requiredFeatures.1', 'container-queries came with firefox 110, but agents may have firefox 88.'],
    ['compat-unsupported', 'action.ui.requiredFeatures.1', 'container-queries came with safari 16, but agents may have safari 14.'],
    ['compat-unsupported', 'action.ui.requiredFeatures.2', 'flexbox-gap came with safari 14.1, but agents may have safari 14.'],
  ]);
});

test('the oldest browsers are compared for real: newer ones pass, older ones fail', () => {
  const newer = { chrome: '105', firefox: '110', safari: '16.0' };
  expect(problems(['container-queries'], newer)).toEqual([]);
  expect(problems(['flexbox'], { ...newer, chrome: '28.9' }).map(({ message }) => message)).toEqual([
    'flexbox came with chrome 29, but agents may have chrome 28.9.',
  ]);
});

test('an unknown feature is refused, with the one that was meant', () => {
  const [first, second] = problems(['flexbx', 'toString']);
  expect(first).toMatchObject({ code: 'compat-unknown-feature', path: 'action.ui.requiredFeatures.0' });
  expect(first?.remedy).toMatch(/^Did you mean flexbox\?/);
  expect(second).toMatchObject({ code: 'compat-unknown-feature', path: 'action.ui.requiredFeatures.1' });
});

test.each<[string, string, boolean]>([
  ['14', '14.1', true], ['14.1', '14', false], ['14.9', '14.10', true], ['9', '10', true], ['14', '14.0', false], ['90', '90', false],
])('%s is earlier than %s: %s', (a, b, expected) => expect(isEarlier(a, b)).toBe(expected));

test('every version in the table is a version', () => {
  const versions = Object.values(FEATURES).flatMap((first) => BROWSERS.map((browser) => first[browser]));
  expect(versions.filter((version) => !/^\d+(\.\d+)?$/.test(version))).toEqual([]);
});
