import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MINIMUM_CODES, ORGANISATION_CODES, PROBLEM_CODES, START_CODES } from '../../src/domain/plan/codes.ts';
import type { ProblemCode } from '../../src/domain/plan/codes.ts';
import { parsePolicy } from '../../src/domain/preflight/content-policy.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import { FileRefusedError } from '../../src/files/read-bounded.ts';
import type { LintDeps } from '../../src/lint/lint.ts';
import { lintFiles } from '../../src/lint/lint.ts';
import { CARD, filesOf, PLAN } from './files.ts';

const DOC = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8');

/** What is written wrong so that the code appears; the whole plan and card where a change of one line is not enough. */
const WRONG: Readonly<Record<ProblemCode, LintDeps>> = {
  'plan-file-missing': filesOf({}),
  'plan-file-unreadable': { readFile: () => Promise.reject(Object.assign(new Error('not yours'), { code: 'EACCES' })) },
  'plan-file-too-large': { readFile: () => Promise.reject(new FileRefusedError('too-large', '2000000 bytes')) },
  'plan-tag': plan('RefundAssist', '!ENV NAME'),
  'plan-html-outside': plan('card.html', '../card.html'),
  'plan-syntax': plan('steps:', 'steps: ['),
  'plan-alias': plan('5\n', '*five\n'),
  'plan-empty': filesOf({ 'plan.yaml': '' }),
  'plan-html-missing': filesOf({ 'plan.yaml': PLAN }),
  'plan-html-too-large': card('a'.repeat(257 * 1024)),
  'plan-target': plan('  version: 1.5.0\n', '  version: 1.5.0\n  suggestion: { text: Ask. }\n'),
  'plan-missing': plan('  version: 1.5.0\n', ''),
  'plan-type': plan('[refund]', 'refund'),
  'plan-value': plan('lower', 'louder'),
  'plan-range': plan('[refund]', '[]'),
  'plan-unknown-field': plan('version:', 'verison:'),
  'plan-name': plan('RefundAssist', 'Refund v2'),
  'plan-version': plan('1.5.0', '1.5'),
  'plan-html': plan('{ file: card.html }', '{}'),
  'plan-duration': plan('30m', '30'),
  'plan-margin': plan('10%', '10'),
  'plan-step': plan('- setSplit: 5', '- {}'),
  'plan-split': plan('setSplit: 5', 'setSplit: 120'),
  'plan-audience': plan('setSplit: 5', 'setSplit: { percent: 5, of: {} }'),
  'plan-bake': plan('for: 30m', 'for: 30m, atMost: 3m'),
  'plan-hook': plan('- bake:', '- hook: { url: "ftp://x", secret: gate }\n  - bake:'),
  'plan-template': plan('steps:', 'extends: careful\nsteps:'),
  'plan-template-argument': filesOf({
    'plan.yaml': PLAN.replace('steps:', 'extends: careful\nsteps:'),
    'defaults.yaml': 'apiVersion: assist-rollouts/v1\ntemplates: { careful: { arguments: { first: {} } } }\n',
    'card.html': CARD,
  }),
  'plan-ladder': plan('- setSplit: 5', '- ladder: usaul'),
  'plan-max-cards': plan('for: 30m', 'for: 30m, maxCards: 0'),
  'plan-learning': filesOf({ 'plan.yaml': `${PLAN}policies: { learning: { first: soon } }\n`, 'card.html': CARD }),
  'plan-drift': filesOf({ 'plan.yaml': `${PLAN}policies: { onDrift: { rival: reassert } }\n`, 'card.html': CARD }),
  'plan-holdback': filesOf({ 'plan.yaml': `${PLAN}policies: { holdback: 51 }\n`, 'card.html': CARD }),
  'plan-tolerance': plan('margin: 10%', 'margin: 10%, tolerance: 10%'),
  'plan-goal': plan('margin: 10%', 'margin: 10%, goal: 1pp'),
  'plan-limit': plan('margin:', 'limit: 20, margin:'),
  'plan-window': filesOf({
    'plan.yaml': `${PLAN}policies: { windows: { deny: [{ dates: [2026-12-25] }] } }\n`,
    'card.html': CARD,
  }),
  'plan-start': plan('steps:', 'startAt: tomorrow\nsteps:'),
  'plan-guardrail-direction': plan('lower', 'higher'),
  'plan-guardrail-statistic': plan('margin:', 'statistic: p95, margin:'),
  'plan-guardrail-name': plan('margin:', 'name: handleTime, margin:'),
  'plan-guardrail-unit': plan('margin:', 'unit: s, margin:'),
  'plan-guardrail-custom': filesOf({
    'plan.yaml': `${PLAN}${['a', 'b', 'c', 'd'].map((name) => `  - { metric: custom, name: ${name}, worseWhen: higher, margin: 5, alpha: 0.01 }\n`).join('')}`,
    'card.html': CARD,
  }),
  'plan-old-word': filesOf({
    'plan.yaml': `${PLAN}  - { metric: level, name: a, worseWhen: higher, margin: 5, alpha: 0.01 }\n`,
    'card.html': CARD,
  }),
  'plan-guardrail-duplicate': filesOf({ 'plan.yaml': `${PLAN}${PLAN.split('\n').at(-2)}\n`, 'card.html': CARD }),
  'plan-guardrail-none': plan('alpha:', 'mode: observe, alpha:'),
  'plan-no-card': plan('steps:', 'control: none\nsteps:'),
  'plan-settle': filesOf({
    'plan.yaml': `${PLAN}  - { metric: custom, name: handleTime, worseWhen: higher, margin: 5, alpha: 0.01 }\n`,
    'card.html': CARD,
  }),
  'plan-alpha': filesOf({
    'plan.yaml': `${PLAN}  - { metric: dismissalRate, worseWhen: higher, margin: 1%, alpha: 0.495 }\n`,
    'card.html': CARD,
  }),
  'trigger-keyword-blank': plan('[refund]', '["?!"]'),
  'trigger-keyword-duplicate': plan('[refund]', '[refund, Refund]'),
  'csp-inline-script': card('<script>go()</script>'),
  'csp-inline-handler': card('<p onclick="go()">a</p>'),
  'csp-inline-style': card('<p style="color: red">a</p>'),
  'csp-javascript-url': card('<a href="javascript:go()">a</a>'),
  'csp-source': card('<img src="https://elsewhere.example/a.png" alt="">'),
  'csp-eval': byHash('<script>eval("go()")</script>'),
  'csp-string-timer': byHash('<script>setTimeout("go()", 1)</script>'),
  'csp-document-write': byHash('<script>document.write("a")</script>'),
  'csp-script-syntax': byHash('<script>go(</script>'),
  'csp-iframe': card('<iframe src="/a"></iframe>'),
  'csp-base': card('<base href="/a/">'),
  'csp-object': card('<embed src="/a.pdf">'),
  'csp-data-url': card('<a href="data:text/html,a">a</a>'),
  'csp-meta': card('<meta http-equiv="Content-Security-Policy" content="default-src *">'),
  'csp-css': card('<p style="behavior: url(/a.htc)">a</p>'),
  'csp-shadow-root': card('<div><template shadowroot="open"></template></div>'),
  'csp-mutation': {
    ...card('<form id="a"><math><mtext></form><form><mglyph><style></math><img src="/a.png" onerror="go()">'),
    settings: { ...DEFAULT_SETTINGS, minBrowsers: { chrome: '150', firefox: '150', safari: '26' } },
  },
  'csp-unfinished': card('<p>a</p><img src="/a.png" alt="'),
  'trigger-keyword-forms': plan('[refund]', '[환불]'),
  'html-lost-text': card('<p>Dear <customer>,</p>'),
  'html-quotes': card('<p class=“note”>a</p>'),
  'csp-character': card('<p>a\0</p>'),
  'csp-charset': card('<meta charset="utf-16">'),
  'csp-complexity': card('<div>'.repeat(300)),
  'csp-policy': { ...card(CARD), settings: { ...DEFAULT_SETTINGS, policy: parsePolicy("script-src 'self' https:") } },
  'csp-meta-refresh': card('<meta http-equiv="refresh" content="1">'),
  'compat-unknown-feature': plan('[flexbox]', '[flexbx]'),
  'compat-unsupported': plan('[flexbox]', '[container-queries]'),
  'compat-html': card('<dialog open>a</dialog>'),
  'compat-css': allowing(card('<style>@container (width > 30em) { p { margin: 0 } }</style>')),
  'compat-javascript': allowing(card('<script>structuredClone({})</script>')),
  'a11y-alt': card('<img src="/a.png">'),
  'a11y-heading-order': card('<h2>a</h2><h4>b</h4>'),
  'a11y-heading-empty': card('<h3></h3>'),
  'a11y-language': card('<p lang="english please">a</p>'),
  'a11y-focus-order': card('<button tabindex="3">a</button>'),
  'a11y-empty-link': card('<a href="/a"></a>'),
  'a11y-empty-button': card('<button></button>'),
  'a11y-label': card('<input>'),
  'a11y-link-broken': card('<a href="#nowhere">a</a>'),
  'a11y-link-host': card('<a href="https://elsewhere.example/a">a</a>'),
  'a11y-placeholder': card('<p>Dear {{name}}</p>'),
  'a11y-size': card('<p>a</p>'.repeat(1_001)),
  'a11y-nesting': card('<div>'.repeat(33)),
  'a11y-contrast': card('<table><tr><td bgcolor="#eeeeee"><font color="#cccccc">a</font></td></tr></table>'),
};

/** Under a policy that admits inline code, so that nothing else is wrong but the policy. */
function allowing(deps: LintDeps): LintDeps {
  return {
    ...deps,
    settings: {
      ...DEFAULT_SETTINGS,
      policy: parsePolicy("default-src 'self'; script-src-elem 'unsafe-inline'; style-src 'unsafe-inline'"),
    },
  };
}

/** Code is only looked at where its plan wants it listed by hash. */
function byHash(html: string): LintDeps {
  return filesOf({ 'plan.yaml': PLAN.replace('  ui:', '  inlineCode: byHash\n  ui:'), 'card.html': html });
}

function plan(from: string, to: string): LintDeps {
  if (!PLAN.includes(from)) throw new Error(`The plan holds no ${from}.`);
  return filesOf({ 'plan.yaml': PLAN.replace(from, to), 'card.html': CARD });
}

function card(html: string): LintDeps {
  return filesOf({ 'plan.yaml': PLAN, 'card.html': html });
}

test.each(PROBLEM_CODES)('%s is reported for a fault of its own, without problems of another family', async (code) => {
  const [result] = await lintFiles(['plan.yaml'], WRONG[code]);
  const found = result?.problems.map((problem) => problem.code) ?? [];
  expect(found).toContain(code);
  expect(result?.ok).toBe(result?.problems.every(({ severity }) => severity === 'warning'));
  expect(
    new Set(found.filter((other) => other === code || other !== 'csp-policy').map((other) => other.split('-')[0])),
  ).toEqual(new Set([code.split('-')[0]]));
});

test('docs/errors.md has a section with cause and way out for every code, and for no other of these families', () => {
  const sections = DOC.split(/^### /m)
    .slice(1)
    .map((section) => ({ code: section.split('\n', 1)[0]?.trim() ?? '', section }));
  const ours = sections.filter(({ code }) => /^(plan|csp|compat|html|a11y|trigger|minimum)-/.test(code));
  expect(ours.map(({ code }) => code).sort()).toEqual(
    [
      ...PROBLEM_CODES,
      ...ORGANISATION_CODES,
      ...START_CODES,
      ...MINIMUM_CODES,
      'plan-invalid',
      'plan-pointless',
    ].sort(),
  );
  for (const { section } of ours) expect(section).toMatch(/\n\*\*Cause\.\*\* .{10,}\n\n\*\*Way out\.\*\* .{5,}/);
});
