import { accepts } from './node-range.ts';

test.each([
  '>=20',
  '>= 20.3.0',
  '^18.14.0 || ^20.0.0 || ^22.0.0 || >=24.0.0',
  '^20.19.0 || >=22.12.0',
  '*',
  '20.x',
  '20 || >=22',
  '>=18 <21',
  '~20.20.0',
])('%s accepts Node 20.20.0', (range) => {
  expect(accepts(range, '20.20.0')).toBe(true);
});

test.each([
  '>=22',
  '>=20.20.1',
  '^22.0.0',
  '^18 || >=22.18',
  '6.* || 8.*',
  '16 || 14 >=14.17',
  '>=18 <20',
  '~20.19.0',
  '>20.20.0',
  '<=20.19.9',
])('%s refuses Node 20.20.0', (range) => {
  expect(accepts(range, '20.20.0')).toBe(false);
});

test('a range that cannot be read is an error, not a yes', () => {
  expect(() => accepts('lts/iron', '20.20.0')).toThrow(/cannot read/);
});
