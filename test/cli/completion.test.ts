/** What Tab offers; each shell that is on this machine reads its script, and asks by it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RolloutSummary } from '../../src/configurator/list-rows.ts';
import { completionScript, SHELLS } from '../../src/cli/completion-scripts.ts';
import type { Shell } from '../../src/cli/completion-scripts.ts';
import type { CliOptions } from './fixtures.ts';
import { cli } from './fixtures.ts';

const rows = [
  { action: 'RefundAssist', version: '1.6.0', phase: 'baking', outcome: null },
  { action: 'RefundAssist', version: '1.5.0', phase: 'promoted', outcome: 'promoted' },
  { action: '返金', version: '1.0.0', phase: 'held', outcome: null },
] as unknown as RolloutSummary[];

async function offered(words: readonly string[], configurator: CliOptions['configurator'] = {}, shell: Shell = 'bash') {
  const { code, stdout, stderr } = await cli(['completion', shell, '--', ...words], { configurator });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').filter((line) => line !== '');
}

test('verbs, those below them, options that are not there yet, and values of options', async () => {
  expect(await offered(['wa'])).toEqual(['watch', 'waves']);
  expect(await offered(['audit', ''])).toEqual(expect.arrayContaining(['list', 'verify']));
  expect(await offered(['audit', 'list', '--sin'])).toEqual(['--since']);
  expect(await offered(['list', '--waiting', '--w'])).toEqual(['--who']);
  expect(await offered(['list', '--outcome', 'r'])).toEqual(['running', 'retired', 'rolledBack', 'rejected']);
  expect(await offered(['completion', ''])).toEqual(['bash', 'zsh', 'fish']);
  expect(await offered(['help', 'stat'])).toEqual(['status']);
});

test('names of actions, once each, and of acts those that run', async () => {
  const list = jest.fn().mockResolvedValue({ rollouts: rows, unseen: null });
  expect(await offered(['status', ''], { list })).toEqual(['RefundAssist', '返金']);
  expect(await offered(['abort', '--reason', 'why', 'R'], { list })).toEqual(['RefundAssist']);
  expect(await offered(['freeze', '--action', ''], { list })).toEqual(['RefundAssist', '返金']);
  expect(list.mock.calls.map(([, filter]) => filter as unknown)).toEqual([{}, { outcome: 'running' }, {}]);
  expect(await offered(['status', 'R'], { list }, 'fish')).toEqual(['RefundAssist\t1.6.0 baking']);
  expect(await offered(['status', 'R'], { list }, 'zsh')).toEqual(['RefundAssist:1.6.0 baking']);
});

test('nothing, and no word of why, where Temporal does not answer, the verb is unknown, or a file is meant', async () => {
  const list = jest.fn().mockRejectedValue(new Error('away'));
  expect(await offered(['status', ''], { list })).toEqual([]);
  expect(await offered(['frobnicate', ''])).toEqual([]);
  expect(await offered(['start', ''])).toEqual([]);
  expect(await offered(['abort', '--reason', ''])).toEqual([]);
});

test('an unknown shell is refused with those that are known', async () => {
  const { code, stderr } = await cli(['completion', 'tcsh']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('bash, zsh, fish') as string });
});

/** What each shell offers for `assist-rollouts status R`, asked as Tab does. */
const PRESS: Readonly<Record<Shell, string>> = {
  bash:
    'source script.bash; COMP_WORDS=(assist-rollouts status R); COMP_CWORD=2; _assist_rollouts; ' +
    'printf "%s\\n" "${COMPREPLY[@]}"',
  zsh: 'compdef() { :; }; source script.zsh; words=(assist-rollouts status R); CURRENT=3; _describe() { print -l "${(@P)2}"; }; _assist_rollouts',
  fish: 'source script.fish; complete -C "assist-rollouts status R"',
};

test.each(SHELLS)('%s, where it is installed, takes its script', (shell) => {
  const folder = mkdtempSync(join(tmpdir(), 'completion-'));
  const program = join(folder, 'assist-rollouts');
  // In place of the program: says what it was asked, as one candidate.
  writeFileSync(program, '#!/bin/sh\necho "R-$2-$3-$4-$5"\n');
  chmodSync(program, 0o755);
  writeFileSync(join(folder, `script.${shell}`), completionScript(shell));
  const { error, stdout, stderr } = spawnSync(shell, ['-c', PRESS[shell]], {
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder },
    encoding: 'utf8',
  });
  if (error !== undefined) expect((error as NodeJS.ErrnoException).code).toBe('ENOENT');
  else expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: `R-${shell}----status-R`, stderr: '' });
});
