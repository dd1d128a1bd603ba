import { preflight } from '../../../src/domain/preflight/preflight.ts';
import { sha256Source } from '../../../src/domain/preflight/sha256.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/preflight/settings.ts';
import { faults, planWith } from './card.ts';

/** Of code that its plan wants listed by hash. */
function codesOf(script: string, type = ''): string[] {
  const plan = planWith(`<script ${type}>${script}</script>`);
  const found = preflight({ ...plan, action: { ...plan.action, inlineCode: 'byHash' } });
  return [...new Set(found.map(({ code }) => code))].filter(
    (code) => code !== 'csp-inline-script' && !code.startsWith('compat-'),
  );
}

test.each([
  'eval("1")',
  'window.eval("1")',
  'window["ev" + "al"]("1")',
  '(0, eval)("1")',
  'globalThis?.eval?.("1")',
  'self[`eval`]("1")',
  'const run = eval; run("1")',
  'run = window.eval',
  'eval.call(null, "1")',
  'new Function("return 1")()',
  'Function("return 1")()',
  'new window.Function("a")',
  'Function.apply(null, ["a"])',
  '[].constructor.constructor("return 1")()',
  '(() => {}).constructor("a")()',
  '(function () {})["constructor"]("a")',
  'if (a) { b(() => eval("1")) }',
  'class A { static x = eval("1") }',
  'execScript("1")',
])('%s turns text into code', (script) => expect(codesOf(script)).toEqual(['csp-eval']));

test.each([
  'setTimeout("x()", 1)',
  'window.setInterval("x()" + y, 1)',
  'setTimeout(`x(${y})`)',
  'setTimeout(y + "()", 1)',
  'setImmediate("x()")',
])('%s gives a timer text', (script) => expect(codesOf(script)).toEqual(['csp-string-timer']));

test.each([
  'document.write("a")',
  'document.writeln("a")',
  'window.document["write"]("a")',
  'document?.write("a")',
  'document.write.call(document, "a")',
])('%s writes into the document', (script) => expect(codesOf(script)).toEqual(['csp-document-write']));

test.each([
  'medieval("1")',
  '"eval(1)"',
  '// eval("1")\nx()',
  '/eval(1)/.test(x)',
  'setTimeout(() => x(), 1)',
  'setTimeout(x, 1)',
  'stream.write("a")',
  'x instanceof Function',
  'this.constructor.name',
  'new this.constructor(1)',
  'const { evaluate } = x',
  'await_ = 1',
  'import("/a.js")',
  'import(x)',
])('%s is harmless', (script) => expect(codesOf(script)).toEqual([]));

test.each([
  ['import("https://evil.example/a.js")', ''],
  ['import "https://evil.example/a.js"', 'type="module"'],
  ['export * from "//evil.example/a.js"', 'type="module"'],
])('%s loads from a host that nobody allowed', (script, type) => expect(codesOf(script, type)).toEqual(['csp-source']));

test('a module is read as one, and a script is not', () => {
  expect(codesOf('import "/a.js"; await x()', 'type="module"')).toEqual([]);
  expect(codesOf('import "/a.js"')).toEqual(['csp-script-syntax']);
});

test('a script that nests too deeply for the parser is refused, not passed', () => {
  expect(codesOf(`x = ${'('.repeat(50_000)}1${')'.repeat(50_000)}`)).toEqual(['csp-script-syntax']);
});

describe('places of what is told', () => {
  const listed = (code: string) => {
    const policy = { 'script-src': ["'self'", `'${sha256Source(code)}'`] };
    return faults(`<p>a</p>\n<script>${code}</script>`, { ...DEFAULT_SETTINGS, policy });
  };

  test.each([
    ['a(); eval("1")', ['csp-eval 2:14']],
    ['\n  eval("1")\n', ['csp-eval 3:3']],
    ['let = ', ['csp-script-syntax 2:15']],
    ['a()', []],
  ])('of code that the policy lists by hash: %j', (code, expected) =>
    expect(listed(code).filter((fault) => !/^(csp-policy|compat)/.test(fault))).toEqual(expected),
  );
});

test('code that the policy stops is one error, whatever it does and asks of browsers', () => {
  expect(faults('<script>eval("a"); structuredClone(a?.b); document.write("</p>") (</script>')).toEqual([
    'csp-inline-script 1:1',
  ]);
});
