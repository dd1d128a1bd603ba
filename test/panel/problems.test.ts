import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PanelRefusal } from '../../src/panel/problem.ts';
import type { PanelProblemCode } from '../../src/panel/problem.ts';

const rows = readFileSync(join(__dirname, '../../docs/panel.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `panel-'))
  .map((line) => line.split(' | '));

/** The compiler misses the one that is not here. */
const CODES: Readonly<Record<PanelProblemCode, true>> = {
  'panel-body-invalid': true,
  'panel-body-too-large': true,
  'panel-token-refused': true,
  'panel-not-your-conversation': true,
  'panel-organisation-unavailable': true,
  'panel-session-missing': true,
  'panel-session-invalid': true,
  'panel-session-expired': true,
  'panel-receipt-refused': true,
  'panel-foreign-card': true,
  'panel-painted-otherwise': true,
  'panel-too-many-sessions': true,
  'panel-too-many-streams': true,
  'panel-too-many-events': true,
  'panel-full': true,
  'panel-store-unavailable': true,
  'panel-closing': true,
  'panel-not-found': true,
  'panel-method-not-allowed': true,
  'panel-internal': true,
};

test('docs/panel.md names every refusal with its status, and no other', () => {
  const told = rows.flatMap(([codes = '', statuses = '']) => {
    const each = statuses.split(', ');
    return [...codes.matchAll(/`([\w-]+)`/g)].map(([, code], at) => `${code} ${each[at] ?? each[0]}`);
  });
  const known = (Object.keys(CODES) as PanelProblemCode[]).map((code) => `${code} ${new PanelRefusal(code).status}`);
  expect(new Set(told)).toEqual(new Set(known));
  expect(told).toHaveLength(known.length);
});
