import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '../../src/preview/chromium.ts';
import { findChromium as findForTests } from '../preflight/chromium.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  for (const name of ['chromium', 'mine', 'plain-text']) await writeFile(at(name), '#!/bin/sh\n');
  await chmod(at('chromium'), 0o755);
  await chmod(at('mine'), 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

test('CHROMIUM goes before the PATH; an empty one counts as unset', () => {
  expect(findChromium({ CHROMIUM: at('mine'), PATH: folder })).toBe(at('mine'));
  expect(findChromium({ CHROMIUM: '', PATH: folder })).toBe(at('chromium'));
  expect(findForTests({ CHROMIUM: at('mine'), PATH: folder })).toBe(at('mine'));
});

test.each(['missing', 'plain-text'])(
  'a CHROMIUM that is %s is not replaced by another: there is none, and a test that needs it fails',
  (name) => {
    const env = { CHROMIUM: at(name), PATH: folder };
    expect(findChromium(env)).toBeNull();
    expect(() => findForTests(env)).toThrow(`CHROMIUM names ${at(name)}, which cannot be run`);
  },
);
