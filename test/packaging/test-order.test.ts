/** The order in which Jest runs the files. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../helpers/sources.ts';

const { LONGEST } = jest.requireActual<{ readonly LONGEST: readonly string[] }>('../../scripts/lib/test-order.cjs');

test('every file that begins first is there', () => {
  expect(LONGEST.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
