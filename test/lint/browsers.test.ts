import { BrowsersError, matrixOf } from '../../src/lint/browsers.ts';

test.each<[string, object]>([
  ['chrome >= 90, firefox >= 88, safari >= 14', { chrome: '90', firefox: '88', safari: '14' }],
  ['chrome 105', { chrome: '105' }],
  ['safari >= 15.4 and safari < 17', { safari: '15.4' }],
  ['edge >= 100, op_mini all, ios_saf 14', { edge: '100' }],
])('%s', (query, expected) => expect(matrixOf(query)).toEqual(expected));

test.each<[string, RegExp]>([
  ['chrom >= 90', /no browserslist query/],
  ['ios_saf 14', /names none of chrome, edge, firefox, safari/],
  ['ie 11, chrome 90', /Internet Explorer/],
  ['chrome >= 40', /reaches back to chrome 40; the compatibility data begins with chrome 64/],
])('%s is refused', (query, message) => {
  expect(() => matrixOf(query)).toThrow(BrowsersError);
  expect(() => matrixOf(query)).toThrow(message);
});
