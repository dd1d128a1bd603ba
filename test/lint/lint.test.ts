import { parse } from 'yaml';
import { cardOf } from '../../src/targets/card.ts';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Problem } from '../../src/domain/plan/problem.ts';
import { lintFiles, loadPlan } from '../../src/lint/lint.ts';
import { formatProblem, PlanError } from '../../src/lint/plan-error.ts';
import { CARD, filesOf, PLAN } from './files.ts';

const EXAMPLES = join(__dirname, '../../examples');

async function problemsOf(plan: string, card = CARD): Promise<readonly Problem[]> {
  const [result] = await lintFiles(['plan.yaml'], filesOf({ 'plan.yaml': plan, 'card.html': card }));
  return result?.problems ?? [];
}

const brief = (problems: readonly Problem[]) => problems.map(({ code, line, column }) => `${code} ${line}:${column}`);

test('a good plan has no problems', async () => {
  const results = await lintFiles(['plan.yaml'], filesOf({ 'plan.yaml': PLAN, 'card.html': CARD }));
  expect(results).toEqual([{ file: 'plan.yaml', ok: true, problems: [], written: parse(PLAN) as unknown }]);
});

test('the problem of a ladder carries the line of the ladder, and its steps are shown', async () => {
  const lines = PLAN.replace('- setSplit: 5\n  - bake: { for: 30m }', '- setSplit: 1\n  - ladder: quick');
  const files = { 'plan.yaml': lines, 'bad.yaml': lines.replace('setSplit: 1', 'setSplit: 20'), 'card.html': CARD };
  const [good, bad] = await lintFiles(['plan.yaml', 'bad.yaml'], filesOf(files));
  expect(good?.steps).toEqual([
    'setSplit 1 %',
    'setSplit 10 %',
    'bake 15 m, at most 3 h (require noHarm)',
    'setSplit 50 %',
    'bake 15 m, at most 3 h (require safe)',
  ]);
  expect(bad?.problems).toMatchObject([{ code: 'plan-split', file: 'bad.yaml', line: 11, path: 'steps.1.ladder' }]);
  expect(bad).not.toHaveProperty('steps');
});

describe('a problem of the plan carries its line and column', () => {
  test.each<[what: string, from: string, to: string, expected: string[]]>([
    ['a wrong value', '- setSplit: 5', '- setSplit: 120', ['plan-split 10:15']],
    ['a wrong value in a flow', 'for: 30m', 'for: soon', ['plan-duration 11:18']],
    ['an unknown field', '  version: 1.5.0', '  version: 1.5.0\n  colour: red', ['plan-unknown-field 5:3']],
    ['an unknown field with dots', 'alpha: 0.01', 'alpha: 0.01, a.b.c: 1', ['plan-unknown-field 13:75']],
    ['a field that is missing', '  version: 1.5.0\n', '', ['plan-missing 2:1']],
    ['a field without a value', 'setSplit: 5', 'setSplit:', ['plan-split 10:14']],
    ['an item of a list', '[refund]', '[refund, ""]', ['plan-range 7:24']],
    ['a whole step', '- setSplit: 5', '- {}', ['plan-step 10:5']],
    [
      'a field behind an alias',
      '- setSplit: 5',
      '- &a\n    setSplit: 120\n  - *a',
      ['plan-split 11:15', 'plan-split 11:15'],
    ],
    ['a feature of the browser', '[flexbox]', '[flexbox, subgrid]', ['compat-unsupported 8:37']],
    ['a field in a file with Windows line ends', 'setSplit: 5\n', 'setSplit: 500\r\n', ['plan-split 10:15']],
  ])('%s', async (_, from, to, expected) => {
    expect(PLAN).toContain(from);
    expect(brief(await problemsOf(PLAN.replace(from, to)))).toEqual(expected);
  });
});

describe('a problem of the card carries its file, line and column', () => {
  test('in the html file, found from the folder of the plan', async () => {
    const files = filesOf({
      'plans/a.yaml': PLAN.replace('card.html', 'cards/card.html').replace('  ui:', '  inlineCode: byHash\n  ui:'),
      'plans/cards/card.html': '<p>a</p>\n <script>eval("1")</script>',
    });
    const [result] = await lintFiles(['plans/a.yaml'], files);
    expect(result?.ok).toBe(false);
    expect(result?.problems.map(({ file, code, line, column }) => [file, code, line, column])).toEqual([
      [resolve('plans/cards/card.html'), 'csp-inline-script', 2, 2],
      [resolve('plans/cards/card.html'), 'csp-eval', 2, 10],
    ]);
  });

  test('in a block of the plan, at the lines of the plan', async () => {
    const inline = 'html:\n    inline: |\n      <p>a</p>\n\n      <p onclick="x()">b</p>';
    const found = await problemsOf(PLAN.replace('html: { file: card.html }', inline));
    expect(found.map(({ file, path }) => [file, path])).toEqual([['plan.yaml', 'action.html.inline']]);
    expect(brief(found)).toEqual(['csp-inline-handler 9:10']);
    expect(PLAN.replace('html: { file: card.html }', inline).split('\n')[8]?.indexOf('onclick')).toBe(10 - 1);
  });

  test('in a quoted text of the plan, at the text, with the place in words', async () => {
    const inline = String.raw`html: { inline: "<p>a</p>\n<p onclick='x()'>b</p>" }`;
    const found = await problemsOf(PLAN.replace('html: { file: card.html }', inline));
    expect(brief(found)).toEqual(['csp-inline-handler 5:19']);
    expect(found[0]?.message).toContain('(line 2, column 4 of the html)');
  });

  test('a card of 257 KiB is refused at the field that names it', async () => {
    const [problem] = await problemsOf(PLAN, 'a'.repeat(257 * 1024));
    expect(problem).toMatchObject({ code: 'plan-html-too-large', file: 'plan.yaml', line: 5, column: 9 });
  });
});

test('a plan in the YAML of another tool is refused at the tag', async () => {
  expect(brief(await problemsOf(PLAN.replace('name: RefundAssist', 'name: !ENV ACTION_NAME')))).toEqual([
    'plan-tag 3:9',
  ]);
});

test('a card that shows nothing is refused at the field that names it', async () => {
  expect(brief(await problemsOf(PLAN, ' \n'))).toEqual(['plan-html 5:17']);
});

test('a limit that nothing asks for, and a last stage that has nothing to compare with, are warned of', async () => {
  const found = await problemsOf(`${PLAN.replace('margin:', 'limit: 20%, margin:')}policies: { holdback: 0 }\n`);
  expect(found.map(({ code, severity, line }) => [code, severity, line])).toEqual([
    ['plan-limit', 'warning', 13],
    ['plan-holdback', 'warning', 14],
  ]);
});

test.each([
  ['8%', []],
  ['8.5%', [['plan-tolerance', 'warning', 13, 'Write at most 8%, or leave it out: half of the margin.']]],
])('a tolerance of %s beside a margin of 10%%', async (tolerance, expected) => {
  const found = await problemsOf(PLAN.replace('margin: 10%', `margin: 10%, tolerance: ${tolerance}`));
  expect(found.map(({ code, severity, line, remedy }) => [code, severity, line, remedy])).toEqual(expected);
});

describe('the card is looked at whatever else is wrong with the plan', () => {
  test.each<[what: string, from: string, to: string, expected: string]>([
    ['a step', 'setSplit: 5', 'setSplit: 120', 'plan-split'],
    ['the name', 'RefundAssist', 'Refund v2', 'plan-name'],
    ['the version', '  version: 1.5.0\n', '', 'plan-missing'],
    ['the trigger', '[refund]', 'refund', 'plan-type'],
    ['a field of the action', 'version:', 'colour: red\n  version:', 'plan-unknown-field'],
    ['the guardrails', 'lower', 'louder', 'plan-value'],
  ])('%s', async (_, from, to, expected) => {
    const codes = (await problemsOf(PLAN.replace(from, to), '<script>go()</script>')).map(({ code }) => code);
    expect(codes.sort()).toEqual(['csp-inline-script', expected].sort());
  });

  test('and a card that is not there is said, too', async () => {
    const [result] = await lintFiles(
      ['plan.yaml'],
      filesOf({ 'plan.yaml': PLAN.replace('setSplit: 5', 'setSplit: 120') }),
    );
    expect(result?.problems.map(({ code }) => code)).toEqual(['plan-html-missing', 'plan-split']);
  });
});

test('a split of less than one percent is warned of: a share may be meant', async () => {
  const found = await problemsOf(`${PLAN.replace('setSplit: 5', 'setSplit: 0.1')}policies: { holdback: 0.05 }\n`);
  expect(found.map(({ code, severity, line, remedy }) => [code, severity, line, remedy])).toEqual([
    ['plan-split', 'warning', 10, 'Write setSplit: 10 if 10 % is meant.'],
    ['plan-holdback', 'warning', 14, 'Write holdback: 5 if 5 % is meant.'],
  ]);
});

describe('a file that cannot be read as a plan has one clear problem', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghij'.split('').map((name, i) => {
      const earlier = 'abcdefghij'[i];
      return `${name}: &${name} [${`*${earlier}, `.repeat(9)}]`;
    }),
  ].join('\n');

  test.each<[what: string, text: string, expected: string]>([
    ['an empty file', '', 'plan-empty 1:1'],
    ['only comment', '# nothing\n\n', 'plan-empty 1:1'],
    ['a text', 'hello', 'plan-type 1:1'],
    ['a list', '- a', 'plan-type 1:1'],
    ['an open bracket', 'a: 1\nb: [1', 'plan-syntax 2:6'],
    ['a tab that indents', 'a:\n\tb: 1', 'plan-syntax 2:1'],
    ['a key twice', 'a: 1\na: 2', 'plan-syntax 2:1'],
    ['two documents', 'a: 1\n---\na: 2', 'plan-syntax 2:1'],
    ['an alias of nothing', 'a: *nothing', 'plan-alias 1:1'],
    ['an alias bomb', bomb, 'plan-alias 1:1'],
    ['a tag of another tool', 'a:\n  b: !ENV NAME', 'plan-tag 2:6'],
    ['a tag on a list', 'a: !include [b]', 'plan-tag 1:4'],
    ['a directive that nobody knows', '%FOO bar\n---\na: 1', 'plan-syntax 1:1'],
    ['bytes that are no text', '\u0000\u0001', 'plan-type 1:1'],
  ])('%s', async (_, text, expected) => {
    expect(brief(await problemsOf(text))).toEqual([expected]);
  });

  test('an alias within its own anchor is refused: it would unfold without end', async () => {
    const found = await problemsOf(PLAN.replace('steps:', 'steps: &a [*a]\nmore:'));
    expect(brief(found)).toEqual(['plan-alias 9:12']);
  });

  test('a missing plan', async () => {
    const [result] = await lintFiles(['nowhere.yaml'], filesOf({}));
    expect(result).toMatchObject({
      file: 'nowhere.yaml',
      ok: false,
      problems: [{ code: 'plan-file-missing', file: 'nowhere.yaml' }],
    });
  });

  test('a missing card, at the field that names it', async () => {
    const [result] = await lintFiles(['plan.yaml'], filesOf({ 'plan.yaml': PLAN }));
    expect(result?.problems).toMatchObject([
      { code: 'plan-html-missing', path: 'action.html.file', line: 5, column: 17 },
    ]);
  });
});

test('each file has its own result, in the order they were given', async () => {
  const files = filesOf({
    'good.yaml': PLAN,
    'card.html': CARD,
    'bad.yaml': PLAN.replace('setSplit: 5', 'setSplit: 500'),
  });
  const results = await lintFiles(['bad.yaml', 'good.yaml', 'none.yaml'], files);
  expect(results.map(({ file, ok }) => [file, ok])).toEqual([
    ['bad.yaml', false],
    ['good.yaml', true],
    ['none.yaml', false],
  ]);
});

test('warnings alone leave a plan good', async () => {
  const files = filesOf({ 'plan.yaml': PLAN, 'card.html': '<p style="color: red">a</p>' });
  expect(await lintFiles(['plan.yaml'], files)).toMatchObject([
    { ok: true, problems: [{ severity: 'warning', code: 'csp-inline-style' }] },
  ]);
  await expect(loadPlan('plan.yaml', files)).resolves.toMatchObject({
    action: { html: '<p style="color: red">a</p>' },
  });
});

describe('loadPlan', () => {
  test('throws all problems of a bad plan together, each as one line', async () => {
    const bad = PLAN.replace('setSplit: 5', 'setSplit: 120').replace('version: 1.5.0', 'version: 1.5');
    const error: unknown = await loadPlan('plan.yaml', filesOf({ 'plan.yaml': bad, 'card.html': CARD })).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(PlanError);
    const { code, problems, message } = error as PlanError;
    expect(code).toBe('plan-invalid');
    expect(brief(problems)).toEqual(['plan-version 4:12', 'plan-split 10:15']);
    expect(message.split('\n')).toEqual(['plan.yaml has 2 problems:', ...problems.map(formatProblem)]);
    expect(message).toContain('plan.yaml:10:15  plan-split  120 is not a percentage');
  });

  test.each([
    'refund-assist-1.5.0',
    'refund-assist-1.6.0',
    'refund-assist-1.7.0',
    'returns-assist-1.0.0',
    'refund-assist-pilot-1.5.0',
    'demo/1.5.0',
    'demo/1.6.0',
    'demo/panel-pilot-1.5.0',
  ])('reads examples/%s.yaml from disk', async (name) => {
    const plan = await loadPlan(join(EXAMPLES, `${name}.yaml`));
    const version = name.slice(-5);
    expect(plan.action).toMatchObject({ name: expect.stringMatching(/^Re\w+Assist$/) as string, version });
    expect(cardOf(plan.action).html).toMatch(/refund|return/);
    expect(await lintFiles([join(EXAMPLES, `${name}.yaml`)])).toMatchObject([{ ok: true, problems: [] }]);
  });

  test('the plans of the demo are alike but for the version and its card', async () => {
    const healthy = await loadPlan(join(EXAMPLES, 'demo/1.5.0.yaml'));
    const harmful = await loadPlan(join(EXAMPLES, 'demo/1.6.0.yaml'));
    expect({ ...harmful, action: null }).toEqual({ ...healthy, action: null });
    expect(healthy.steps).toEqual([
      { kind: 'setSplit', percent: 10 },
      { kind: 'bake', forMs: 4_000, atMostMs: 40_000, minCards: 100, require: 'noHarm' },
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 6_000, atMostMs: 45_000, minCards: 500, require: 'safe' },
    ]);
    expect(healthy.policies).toMatchObject({
      settleMs: 2_000,
      afterPromotionMs: 3_000,
      onNoData: { afterMs: 30_000, do: 'pause' },
    });
  });

  test('says of a folder, and of a path through a file, that it cannot be read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lint-'));
    try {
      const file = join(folder, 'plan.yaml');
      await writeFile(file, PLAN);
      await chmod(file, 0o600);
      await expect(loadPlan(folder)).rejects.toMatchObject({
        problems: [{ code: 'plan-file-unreadable', file: folder }],
      });
      await expect(loadPlan(join(file, 'plan.yaml'))).rejects.toMatchObject({
        problems: [{ code: 'plan-file-unreadable' }],
      });
      await expect(loadPlan(join(folder, 'other.yaml'))).rejects.toMatchObject({
        problems: [{ code: 'plan-file-missing' }],
      });
      await expect(loadPlan(file)).rejects.toMatchObject({ problems: [{ code: 'plan-html-missing', file }] });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
