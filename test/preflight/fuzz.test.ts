import { documentOf } from '../../bench/preflight/documents.ts';
import { preflight } from '../../src/domain/preflight/preflight.ts';
import { planWith } from '../domain/preflight/card.ts';

const DOCUMENTS = 300;
/** Far above the goal that bench/preflight-fuzz.ts measures: what is caught here is a hang. Of the processor's time: others may have the rest. */
const HANG_MS = 10_000;

test('generated and mutated html is answered without a crash, without a hang, and the same way twice', () => {
  const slow: number[] = [];
  for (let seed = 50_000; seed < 50_000 + DOCUMENTS; seed++) {
    const plan = planWith(documentOf(seed));
    const from = process.cpuUsage();
    const problems = preflight(plan);
    if (cpuMsSince(from) > HANG_MS) slow.push(seed);
    if (seed % 10 === 0) expect(preflight(plan)).toEqual(problems);
  }
  expect(slow).toEqual([]);
});

test.each<[string, string]>([
  ['tables in tables', '<table><tr><td>'.repeat(17_000)],
  ['tables without cells', '<table>'.repeat(37_000)],
  ['formatting that stays open', '<p><b a></p>'.repeat(20_000)],
  ['different formatting that stays open', Array.from({ length: 9_000 }, (_, i) => `<p><b a${i}></p>`).join('')],
  ['attributes without end', `<p ${Array.from({ length: 40_000 }, (_, i) => `a${i}`).join(' ')}>`],
  ['brackets in a script', `<script>x=${'['.repeat(200_000)}</script>`],
  ['brackets in a style', `<style>${'a{'.repeat(100_000)}</style>`],
  ['mistakes in a style', `<style>p{${'a;'.repeat(120_000)}</style>`],
  ['mistakes in many styles', '<p style="a:b;(;c">a</p>'.repeat(2_900)],
  ['addresses in brackets of a style', `<style>p{a:${'a('.repeat(40_000)}${'"//a"'.repeat(30_000)}</style>`],
  ['declarations of one property', `<style>p{${'gap:1dvh;'.repeat(25_000)}</style>`],
  ['rules in rules', `<style>${'a{b{c{d{e{gap:1dvh}}}}}'.repeat(10_000)}</style>`],
  [
    'rules and elements',
    `<style>${Array.from({ length: 5_000 }, (_, i) => `p{color:#${i + 100_000};background:#fff}`).join('')}</style>${'<p>a'.repeat(2_900)}`,
  ],
  [
    'one class, said ever more often',
    `<style>${Array.from({ length: 345 }, (_, i) => `${'.a'.repeat(i + 1)}{color:#777}`).join('')}</style>${'<p class=a>x'.repeat(9_900)}`,
  ],
  [
    'rules for each choice of classes, and elements that each have one more of their own',
    `<style>p{background:#777}${subsetsOf('abcdefghijk').join('')}${Array.from({ length: 1_800 }, (_, i) => `.u${i}{color:#777}`).join('')}</style>${Array.from({ length: 3_000 }, (_, i) => `<p class="a b c d e f g h i j k u${i % 1_800}">x`).join('')}`,
  ],
  [
    'names that point to one another',
    `${`<a href="/a" aria-labelledby="${'a '.repeat(60)}"></a>`.repeat(1_200)}${'<p id=a></p>'.repeat(1_700)}`,
  ],
  ['questions in a script', `<script>${`x=${'a||'.repeat(3_000)}1;`.repeat(20)}</script>`],
  ['candidates of a srcset', `<img srcset="${'a 1x,'.repeat(50_000)}">`],
  ['calls in a script', `<script>${'eval(1);\n'.repeat(20_000)}</script>`],
  [
    'values of an animation',
    `<svg><animate attributeName="href" values="${';'.repeat(200_000)}//evil.example/a"></svg>`,
  ],
])('%s: answered in time', (_what, html) => {
  const from = process.cpuUsage();
  expect(preflight(planWith(html)).length).toBeGreaterThan(0);
  expect(cpuMsSince(from)).toBeLessThan(HANG_MS);
});

/** A rule for each of them. */
function subsetsOf(classes: string): string[] {
  return Array.from({ length: 2 ** classes.length - 1 }, (_, i) => {
    const chosen = classes.split('').filter((_name, at) => ((i + 1) >> at) % 2 === 1);
    return `.${chosen.join('.')}{color:#778}`;
  });
}

function cpuMsSince(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}
