/** Files of waves on a real disk, with the plans and cards they name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lintFiles } from '../../src/lint/lint.ts';
import { loadWaves } from '../../src/lint/waves.ts';
import { CARD, PLAN } from './files.ts';

const QUEUE = '6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01';
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waves-'));
  writeFileSync(join(folder, 'plan.yaml'), PLAN);
  writeFileSync(join(folder, 'card.html'), CARD);
  writeFileSync(join(folder, 'de.html'), '<p>Hallo</p>');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function wavesOf(members: string, more = ''): string {
  const file = join(folder, 'waves.yaml');
  const head = `apiVersion: assist-rollouts/waves-v1\nname: refund\nplan: plan.yaml\n${more}`;
  writeFileSync(file, `${head}waves:\n  - name: pilot\n    members:\n${members}`);
  return file;
}

test('each member has the plan with its own action, queues and card', async () => {
  const file = wavesOf(`      - { action: A, queues: [${QUEUE}] }\n      - { action: B, html: { file: de.html } }\n`);
  const { waves, ...rest } = await loadWaves(file);
  expect(rest).toEqual({
    name: 'refund',
    maxParallel: 2,
    betweenMs: 0,
    onRollback: { running: 'goOn', promoted: 'leave' },
  });
  const [a, b] = waves[0]?.members ?? [];
  expect(a?.plan.action).toMatchObject({ name: 'A', html: CARD });
  expect(a?.plan.action).toHaveProperty('trigger.conditions', expect.arrayContaining([{ type: 'queue', id: QUEUE }]));
  expect(b?.plan.action).toMatchObject({ name: 'B', html: '<p>Hallo</p>' });
});

test('what is wrong with the plan of a member is told with its action, and at its place', async () => {
  const broken = wavesOf('      - { action: A, set: { steps: [] } }\n      - { action: B }\n');
  await expect(loadWaves(broken)).rejects.toThrow(/plan\.yaml:\d+:\d+ {2}plan-range {2}A: /);
  await expect(loadWaves(wavesOf('      - { action: A, html: { file: ../x.html } }\n'))).rejects.toThrow(
    /plan-html-outside/,
  );
  await expect(loadWaves(wavesOf('      - { action: A, queues: [billing] }\n'))).rejects.toThrow(/waves\.yaml:7:\d+/);
  await expect(loadWaves(wavesOf('      - { action: A }\n      - { action: A }\n'))).rejects.toThrow(/twice/);
  await expect(loadWaves(join(folder, 'none.yaml'))).rejects.toThrow(/plan-file-missing/);
});

test('as a plan it is refused, with the verbs that take it', async () => {
  const [result] = await lintFiles([wavesOf('      - { action: A }\n')]);
  expect(result?.problems).toEqual([
    expect.objectContaining({ line: 1, remedy: expect.stringContaining('waves start') }),
  ]);
});
