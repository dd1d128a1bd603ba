import type { BrowserMatrix } from '../../src/domain/preflight/compat/versions.ts';
import { parsePolicy } from '../../src/domain/preflight/content-policy.ts';
import { preflight } from '../../src/domain/preflight/preflight.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import { planWith } from '../domain/preflight/card.ts';

function found(html: string, minBrowsers: BrowserMatrix = DEFAULT_SETTINGS.minBrowsers) {
  const settings = { ...DEFAULT_SETTINGS, minBrowsers, policy: parsePolicy("default-src 'self' 'unsafe-inline'") };
  return preflight(planWith(html), settings).filter(({ code }) => code.startsWith('compat-'));
}

const brief = (html: string, matrix?: BrowserMatrix) =>
  found(html, matrix).map(
    ({ severity, message, line, column }) => `${severity} ${line}:${column} ${message.split(' is missing in ')[0]}`,
  );

test('a message names the feature, its place, every browser that lacks it and the first version that has it', () => {
  const [problem] = found('<p>a</p>\n<dialog open>b</dialog>');
  expect(problem).toEqual({
    code: 'compat-html',
    severity: 'error',
    path: 'action.html',
    line: 2,
    column: 1,
    message: '<dialog> is missing in firefox 88 (came with 98) and safari 14 (came with 15.4).',
    remedy: 'Use another element or attribute, or raise the oldest browsers to firefox 98 and safari 15.4.',
  });
});

describe('what no browser knows is told by its name', () => {
  test.each<[string, string]>([
    ['<p titel="a">b</p>', '1:4 titel of <p> is known to no browser.'],
    ['<p style="colr: red">a</p>', '1:4 colr is known to no browser.'],
    ['<p style="width: clac(1px + 2px)">a</p>', '1:4 clac() is known to no browser.'],
    ['<style>@medai print { p { margin: 0 } }</style>', '1:8 @medai is known to no browser.'],
    [
      '<style>p { marginn: 0 } p { marginn: 1px }</style>',
      '1:12 marginn is known to no browser. It is used 2 times; this is the first.',
    ],
  ])('%s', (html, expected) => {
    expect(
      found(html).map(({ severity, line, column, message }) => `${severity} ${line}:${column} ${message}`),
    ).toEqual([`warning ${expected}`]);
    expect(found(html)[0]?.remedy).toBe('Check how it is spelt, or remove it.');
  });

  test.each([
    '<p v-if="a" @click="b" :class="c" data-x="d" x-on:click="e" itemprop="name" role="note">a</p>',
    '<my-card heading="a">b</my-card>',
    '<svg focusable="false"><g newattr="a"/></svg>',
    '<style>@font-face { font-family: A; src: local("a"); size-adjust: 90%; font-display: swap }</style>',
    '<style>p { mso-style-name: a; -webkit-box-reflect: none; --colr: red; word-break: break-word; zoom: 1 }</style>',
    '<style>@list l0 { mso-list-id: 1 } @page { size: A4; margin: 1cm }</style>',
  ])('%s: nothing', (html) => expect(found(html).filter(({ message }) => message.includes('known to no'))).toEqual([]));
});

test('names that every object has are names like any other', () => {
  const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'];
  const css = names.map((name) => `--${name}: ${name}(1${name}); ${name}: ${name}(1px); color: ${name}`).join(';');
  const html = names
    .map((name) => `<${name} ${name}="${name}">${name}</${name}><link rel="${name}" as="${name}">`)
    .join('');
  const sheet = names
    .map((name) => `@${name} { p:${name} { ${name}: a } } @supports (${name}: a) { p { a: b } }`)
    .join('');
  const script = names.map((name) => `a.${name}(); ${name}.b(); "".${name}; [].${name}`).join(';');
  expect(() => found(`<p style="${css}">a</p>${html}<style>${sheet}</style><script>${script}</script>`)).not.toThrow();
});

describe('in html', () => {
  test.each<[string, string[]]>([
    ['<div popover id="a">b</div>', ['error 1:6 popover of <div>']],
    ['<div inert>b</div>', ['error 1:6 inert of <div>']],
    ['<label>a <input type="week"></label>', ['error 1:17 type="week" of <input>']],
    ['<details name="a"><summary>b</summary></details>', ['error 1:10 name of <details>']],
    ['<search>a</search>', ['error 1:1 <search>']],
    ['<math><mi>x</mi></math>', ['error 1:1 <math>']],
    ['<img src="/a.png" alt="" loading="lazy">', ['warning 1:26 loading of <img>']],
    ['<iframe src="/a" title="a" loading="lazy"></iframe>', ['warning 1:28 loading of <iframe>']],
    ['<fencedframe></fencedframe>', ['error 1:1 <fencedframe>']],
    ['<iframe src="/a" title="a" credentialless></iframe>', ['error 1:28 credentialless of <iframe>']],
    ['<template shadowrootmode="open"><p>a</p></template>', ['error 1:11 shadowrootmode of <template>']],
  ])('%s', (html, expected) => expect(brief(html)).toEqual(expected));

  test.each([
    '<details open><summary>a</summary><p>b</p></details>',
    '<section><h3>a</h3><ul><li>b</li></ul></section>',
    '<label>a <input type="date"></label>'.replace('date', 'number'),
    '<table><thead><tr><th scope="col">a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>',
    '<a href="/a" target="_blank" rel="noopener">b</a>',
    '<my-card>a</my-card>',
    '<picture><source srcset="/a.webp" type="image/webp"><img src="/a.png" alt="a"></picture>',
    '<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>',
  ])('%s is everywhere', (html) => expect(brief(html)).toEqual([]));

  test('a custom element is asked for custom elements', () => {
    expect(brief('<my-card>a</my-card>', { safari: '10' })).toEqual(['error 1:1 custom element <my-card>']);
  });
});

describe('in styles', () => {
  const css = (text: string, matrix?: BrowserMatrix) => brief(`<style>${text}</style>`, matrix);
  test.each<[string, string[]]>([
    ['p:has(a) { color: red }', ['error 1:9 :has()']],
    ['@container (min-width: 9em) { p { margin: 0 } }', ['error 1:8 @container']],
    ['@layer base { p { margin: 0 } }', ['error 1:8 @layer']],
    ['p { aspect-ratio: 1 }', ['error 1:12 aspect-ratio']],
    ['p { color: oklch(50% 0 0) }', ['error 1:19 oklch()']],
    ['p { color: rgb(from red r g b) }', ['error 1:19 rgb(from …)']],
    ['p { height: 100dvh }', ['error 1:20 the unit dvh']],
    ['p { grid-template-columns: subgrid }', ['error 1:35 grid-template-columns: subgrid']],
    ['p { display: flex; gap: 1px }', ['error 1:27 gap in a flex container']],
    ['p { display: grid; gap: 1px }', []],
    ['p { & a { margin: 0 } }', ['error 1:12 CSS nesting']],
    ['p { a { margin: 0 } }', ['error 1:12 CSS nesting']],
    ['@media (width > 30em) { p { margin: 0 } }', ['error 1:15 ranges in @media']],
    ['p { text-wrap: balance }', ['warning 1:12 text-wrap', 'warning 1:23 text-wrap: balance']],
    ['p { height: 100vh; height: 100dvh }', ['warning 1:35 the unit dvh']],
    ['p { -webkit-backdrop-filter: none; backdrop-filter: none }', ['warning 1:43 backdrop-filter']],
    ['@supports (height: 100dvh) { p { height: 100dvh } }', []],
    [
      'p { display: flex; flex-wrap: wrap; justify-content: space-between; --a: 1px; margin: var(--a); outline: ' +
        '1px solid }',
      [],
    ],
    ['@media (prefers-reduced-motion: reduce) { p { transition: none } }', []],
    ['p { position: sticky; top: clamp(1px, 2vw, 3px); font-family: inset, serif; grid-area: subgrid }', []],
    ['p { color: red', []],
    ['p { color: if(style(--a: 1): red; else: blue) }', ['error 1:19 if()']],
    ['p { --a: oklch(50% 0 0); --b: 1dvh; --c: {"at": 1} }', ['error 1:16 oklch()', 'error 1:37 the unit dvh']],
    [
      'p { width: calc-size(auto, size); order: sibling-index() }',
      ['error 1:19 calc-size()', 'error 1:49 sibling-index()'],
    ],
    ['p { width: --double(1px) }', ["error 1:19 functions of one's own (--double())"]],
    ['@supports selector(:has(a)) { p:has(a) { margin: 0 } }', ['warning 1:18 selector() in @supports']],
    ['@supports font-tech(color-COLRv1) { p { margin: 0 } }', ['warning 1:18 font-tech() in @supports']],
    ['@supports at-rule(@layer) { @layer a { p { margin: 0 } } }', ['warning 1:18 at-rule() in @supports']],
    ['@supports not selector(:has(a)) { p { margin: 0 } }', ['warning 1:22 selector() in @supports']],
    ['@supports (display: grid) { p:has(a) { margin: 0 } }', ['error 1:37 :has()']],
    ['@supports (display: grid) and (height: 1dvh) { p { height: 1dvh } }', []],
    ['@supports (display: grid) or (height: 1dvh) { p { height: 1dvh } }', ['error 1:66 the unit dvh']],
    ['@supports not (height: 1dvh) { p { height: 1dvh } }', ['error 1:51 the unit dvh']],
    ['@supports (height: 1dvh) { @supports (color: oklch(0 0 0)) { p { height: 1dvh; color: oklch(1 0 0) } } }', []],
    ['@supports (-webkit-touch-callout: none) { p { height: 1dvh } }', []],
    ['@supports (height: 1dvh) { p:has(a) { margin: 0 } }', ['error 1:36 :has()']],
    [
      '@import url(/a.css) layer(a) supports(display: grid);',
      ['error 1:28 layer() in @import', 'error 1:37 supports() in @import'],
    ],
  ])('%s', (text, expected) => expect(css(text)).toEqual(expected));

  test('of attributes too, at the attribute', () => {
    expect(brief('<p style="display: flex; gap: 1px">a</p>')).toEqual(['error 1:4 gap in a flex container']);
  });

  test('the same text passes for newer browsers', () => {
    expect(css('p:has(a) { color: oklch(50% 0 0) }', { chrome: '111', firefox: '121', safari: '15.4' })).toEqual([]);
  });
});

describe('in scripts', () => {
  const js = (code: string, matrix?: BrowserMatrix) => brief(`<script type="module">${code}</script>`, matrix);
  test.each<[string, string[]]>([
    ['class A { a = 1 }', ['error 1:33 class fields']],
    [
      'class A { #a = 1; has(o) { return #a in o } }',
      ['error 1:33 private class fields', 'error 1:57 #field in object'],
    ],
    ['class A { static { a() } function_() {} }', ['error 1:33 static { } in a class']],
    ['await a()', ['error 1:23 await outside of functions']],
    ['structuredClone(a)', ['error 1:23 structuredClone']],
    ['window.structuredClone(a)', ['error 1:23 window.structuredClone']],
    ['new BroadcastChannel("a")', ['error 1:27 BroadcastChannel']],
    ['document.startViewTransition(a)', ['error 1:23 document.startViewTransition']],
    ['[1].at(-1)', ['error 1:23 Array.prototype.at']],
    ['list.at(-1)', ['warning 1:23 .at()']],
    ['Object.groupBy(a, b)', ['error 1:23 Object.groupBy']],
    ['/(?<=a)b/.test(c)', ['error 1:23 lookbehind in a regular expression']],
    ['a ??= 1; b?.c; d ?? e; f.replaceAll("a", "b"); 1_000', []],
    ['if ("startViewTransition" in document) document.startViewTransition(a)', []],
    ['if (document.startViewTransition) document.startViewTransition(a)', []],
    ['typeof structuredClone === "function" ? structuredClone(a) : b', []],
    ['document.startViewTransition?.(a)', []],
    ['const structuredClone = a; structuredClone(b)', []],
    ['import { at } from "/a.js"; at(1)', []],
    ['fetch("/a").then((answer) => answer.json()).catch(() => undefined)', []],
    ['for (;', []],
    ['import a from "/a.json" with { type: "json" }', ['error 1:23 import attributes']],
    ['import a from "/a.json" assert { type: "json" }', ['error 1:23 import assertions']],
    ['export { a } from "/a.json" assert { type: "json" }', ['error 1:23 import assertions']],
    ['export * from "/a.json" with { type: "json" }', ['error 1:23 import attributes']],
    [
      'const a = await import("/a.json", { with: { type: "json" } })',
      ['error 1:33 await outside of functions', 'error 1:39 options of import()'],
    ],
    ['const assert = (a) => a; assert(1)', []],
  ])('%s', (code, expected) => expect(js(code)).toEqual(expected));

  test('a feature that is used often is told once', () => {
    const [first, ...more] = found('<script>structuredClone(1); structuredClone(2)</script>');
    expect(first?.message).toMatch(/ It is used 2 times; this is the first\.$/);
    expect(more).toEqual([]);
  });
});
