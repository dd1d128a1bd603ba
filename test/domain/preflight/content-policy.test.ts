import { allowsUrl, parsePolicy, permits, resolveUrl } from '../../../src/domain/preflight/content-policy.ts';
import { splitSrcset } from '../../../src/domain/preflight/srcset.ts';

function allows(sources: string, reference: string): boolean {
  const url = resolveUrl(reference);
  return url !== undefined && allowsUrl(parsePolicy(`img-src ${sources}`), 'img-src', url);
}

test.each<[sources: string, reference: string, expected: boolean]>([
  ["'self'", 'a.png', true],
  ["'self'", '//card.example/a.png', false],
  ["'none'", 'a.png', false],
  ['', 'a.png', false],
  ['*', 'http://any.example/', true],
  ['*', 'data:,a', false],
  ['data:', 'data:,a', true],
  ['https:', 'https://any.example/', true],
  ['https:', 'http://any.example/', false],
  ['http:', 'https://any.example/', true],
  ['img.example', 'https://img.example/a', true],
  ['img.example', 'http://img.example/a', false],
  ['HTTPS://IMG.example', 'https://img.example/a', true],
  ['https://*.img.example', 'https://a.img.example/', true],
  ['https://*.img.example', 'https://img.example/', false],
  ['https://*.img.example', 'https://evilimg.example/', false],
  ['https://img.example:8443', 'https://img.example:8443/', true],
  ['https://img.example:8443', 'https://img.example/', false],
  ['https://img.example:*', 'https://img.example:9/', true],
  ['https://img.example/a/', 'https://img.example/a/b.png', true],
  ['https://img.example/a/', 'https://img.example/b.png', false],
  ['https://img.example/a/', 'https://img.example/a/../b.png', false],
  ['https://img.example/a', 'https://img.example/a/b.png', false],
  ['https://img.example/a', 'https://img.example/a?b', true],
  ['https://other.example img.example', 'https://img.example/', true],
])('img-src %s and %s: %s', (sources, reference, expected) => expect(allows(sources, reference)).toBe(expected));

test('a directive that is not there falls back to default-src, and then to everything', () => {
  const url = new URL('https://any.example/');
  expect(allowsUrl(parsePolicy("default-src 'self'"), 'img-src', url)).toBe(false);
  expect(allowsUrl(parsePolicy("script-src 'self'"), 'img-src', url)).toBe(true);
  expect(permits(parsePolicy("default-src 'UNSAFE-inline'"), 'script-src', 'unsafe-inline')).toBe(true);
  expect(permits(parsePolicy("default-src 'unsafe-inline'; script-src 'self'"), 'script-src', 'unsafe-inline')).toBe(
    false,
  );
});

test('of two directives with one name the first counts, and odd names do no harm', () => {
  const policy = parsePolicy(" IMG-src  a.example ;; img-src b.example; __proto__ x; constructor 'self' ");
  expect(policy['img-src']).toEqual(['a.example']);
  expect(permits(parsePolicy(''), 'constructor', 'x')).toBe(true);
});

test.each<[string, string[]]>([
  ['/a.png', ['/a.png']],
  ['/a.png 1x, /b.png 2x', ['/a.png', '/b.png']],
  ['/a.png,/b.png 2x', ['/a.png,/b.png']],
  ['/a.png, /b.png', ['/a.png', '/b.png']],
  [' ,, /a.png 100w (x, y), /b.png', ['/a.png', '/b.png']],
  ['data:image/png;base64,AA 2x', ['data:image/png;base64,AA']],
  ['', []],
])('the srcset "%s" names %j', (value, urls) => expect(splitSrcset(value)).toEqual(urls));
