/** Preflight's own word on the corpus, without a browser. */
import { preflight } from '../../src/domain/preflight/preflight.ts';
import { planWith } from '../domain/preflight/card.ts';
import { ATTACKS } from './corpus/attacks.ts';
import { TO_COME } from './corpus/attacks-to-come.ts';
import { HARMLESS, STYLED_FAMILY } from './corpus/harmless.ts';

const namesOf = (cards: readonly { name: string }[]): string[] => cards.map(({ name }) => name);

test('the corpus is as large as it claims: 500 attacks of 12 families, 200 harmless cards', () => {
  expect(ATTACKS.length).toBeGreaterThanOrEqual(500);
  expect(new Set(ATTACKS.map(({ family }) => family)).size).toBeGreaterThanOrEqual(12);
  expect(HARMLESS.length).toBeGreaterThanOrEqual(200);
});

test('every attack has an error of the content policy', () => {
  const passed = ATTACKS.filter(
    ({ html }) =>
      !preflight(planWith(html)).some(({ code, severity }) => severity === 'error' && code.startsWith('csp-')),
  );
  expect(namesOf(passed)).toEqual([]);
});

test('what no browser obeys yet has an error of the content policy all the same', () => {
  const passed = TO_COME.map((html) =>
    html.replaceAll('EVIL', 'evil.example').replaceAll('MARK', 'top.mark(1)'),
  ).filter(
    (html) => !preflight(planWith(html)).some(({ code, severity }) => severity === 'error' && code.startsWith('csp-')),
  );
  expect(passed).toEqual([]);
});

test('no harmless card has an error, nor a warning of the content policy but for the styles that are blocked', () => {
  const alarms = HARMLESS.flatMap(({ name, family, html }) =>
    preflight(planWith(html))
      .filter(
        ({ code, severity }) =>
          severity === 'error' ||
          (code.startsWith('csp-') && !(code === 'csp-inline-style' && family === STYLED_FAMILY)),
      )
      .map(({ code, message }) => `${name} ${code} ${message}`),
  );
  expect(alarms).toEqual([]);
});
