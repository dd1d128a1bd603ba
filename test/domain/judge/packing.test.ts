import fc from 'fast-check';
import { pack, unpack } from '../../../src/domain/judge/maths/packing.ts';

test('whatever JSON can hold comes back to the last bit, also numbers of very different sizes in one list', () => {
  for (const list of [
    [-987654321.7, 0.1234567, 1],
    [-999999999.9, -0.1234567, -0.1],
    [1000000001.3, 2, 3.1234567],
    [123456789012, 1e-7, 1],
    [0.5, -1, 16],
    ['~', '~~a', '~5'],
  ])
    expect(unpack(pack({ list }))).toEqual({ list });
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    fc.integer(),
    fc.integer({ min: -1e9, max: 1e9 }).map((value) => value / 1e4),
  );
  const json = fc.oneof(fc.array(number), fc.jsonValue(), fc.dictionary(fc.string(), fc.array(number)));
  fc.assert(
    fc.property(json, (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(unpack(JSON.parse(JSON.stringify(pack(plain))) as ReturnType<typeof pack>)).toEqual(plain);
    }),
    { numRuns: 2000 },
  );
});
