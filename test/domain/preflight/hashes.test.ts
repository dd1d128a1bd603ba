import type { Plan } from '../../../src/domain/plan/plan.ts';
import { parsePolicy } from '../../../src/domain/preflight/content-policy.ts';
import { preflight } from '../../../src/domain/preflight/preflight.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/preflight/settings.ts';
import { sha256Source } from '../../../src/domain/preflight/sha256.ts';
import { planWith } from './card.ts';

const planOf = (html: string, inlineCode?: 'byHash'): Plan => {
  const plan = planWith(html);
  return { ...plan, action: { ...plan.action, ...(inlineCode && { inlineCode }) } };
};
const problems = (html: string, policy: string, inlineCode?: 'byHash') =>
  preflight(planOf(html, inlineCode), { ...DEFAULT_SETTINGS, policy: parsePolicy(policy) }).filter(({ code }) =>
    /^csp-(inline|source)/.test(code),
  );
const codes = (html: string, policy: string): string[] => problems(html, policy).map(({ code }) => code);

const HASH = sha256Source('go()');
const SELF = "default-src 'self'; script-src 'self'";

test('a script, a handler and a style that the policy lists by hash stay; changed by one letter they do not', () => {
  expect(codes('<script>go()</script>', `${SELF} '${HASH}'`)).toEqual([]);
  expect(codes('<script>go( )</script>', `${SELF} '${HASH}'`)).toEqual(['csp-inline-script']);
  expect(codes('<p onclick="go()">a</p>', `${SELF} '${HASH}'`)).toEqual(['csp-inline-handler']);
  expect(codes('<p onclick="go()">a</p>', `${SELF} 'unsafe-hashes' '${HASH}'`)).toEqual([]);
  expect(codes('<style>p{}</style>', `${SELF}; style-src '${sha256Source('p{}')}'`)).toEqual([]);
});

test('a hash written in the alphabet of URLs is the same hash', () => {
  const text = Array.from({ length: 50 }, (_, i) => `go(${i})`).find((code) => /[+/]/.test(sha256Source(code))) ?? '';
  expect(
    codes(
      `<script>${text}</script>`,
      `${SELF} '${sha256Source(text).replaceAll('+', '-').replaceAll('/', '_').replace('sha256_', 'sha256-')}'`,
    ),
  ).toEqual([]);
});

test('the hash is offered only where the plan says so', () => {
  expect(problems('<p onclick="go()">a</p>', SELF, 'byHash')[0]?.remedy).toContain(`'unsafe-hashes' and '${HASH}'`);
  expect(problems('<p style="color:red">a</p>', SELF, 'byHash')[0]?.remedy).toContain(
    `'unsafe-hashes' and '${sha256Source('color:red')}' added to style-src`,
  );
  expect(problems('<script>go()</script>', SELF, 'byHash')[0]?.remedy).toContain(`'${HASH}'`);
  expect(problems('<script>go()</script>', SELF)[0]?.remedy).not.toContain('sha256-');
});

test("'unsafe-inline' beside a hash, a nonce or 'strict-dynamic' permits nothing, and 'strict-dynamic' no host", () => {
  for (const other of [`'${HASH}'`, "'nonce-a'", "'strict-dynamic'"]) {
    expect(codes('<script>other()</script>', `${SELF} 'unsafe-inline' ${other}`)).toEqual(['csp-inline-script']);
  }
  expect(codes('<script src="/a.js"></script>', `${SELF} 'strict-dynamic'`)).toEqual(['csp-source']);
});

test('the directives for elements and attributes come before those for both', () => {
  expect(codes('<script>go()</script><p onclick="go()">a</p>', `${SELF}; script-src-elem 'unsafe-inline'`)).toEqual([
    'csp-inline-handler',
  ]);
  expect(codes('<style>p{}</style><p style="color:red">a</p>', `${SELF}; style-src-attr 'unsafe-inline'`)).toEqual([
    'csp-inline-style',
  ]);
});
