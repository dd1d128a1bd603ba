import { createHash } from 'node:crypto';
import { sha256Source } from '../../../src/domain/preflight/sha256.ts';

test.each([0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 1000, 70_000])(
  'the hash of %i letters is the one of the platform',
  (length) => {
    const text = 'é€a\n'.repeat(length).slice(0, length);
    expect(sha256Source(text)).toBe(`sha256-${createHash('sha256').update(text).digest('base64')}`);
  },
);
