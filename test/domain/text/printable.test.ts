import { markdownText } from '../../../src/domain/text/markdown.ts';
import { excerpt, oneLine, printable } from '../../../src/domain/text/printable.ts';

test.each([
  ['an escape that clears the screen', '\u001B[2J\u001B[H', String.raw`\u001b[2J\u001b[H`],
  ['one of eight bits', '\u009B2J', String.raw`\u009b2J`],
  ['the clipboard and the bell', '\u001B]52;c;ZXZpbA==\u0007', String.raw`\u001b]52;c;ZXZpbA==\u0007`],
  ['a turn of direction', 'safe \u202Emrah\u202C \u2066x\u2069', String.raw`safe \u202emrah\u202c \u2066x\u2069`],
  ['what cannot be seen', 'a\u200Bb\u{E0041}\uFEFF', String.raw`a\u200bb\udb40\udc41\ufeff`],
  ['other line ends', 'a\r\u0085\u2028b', String.raw`a\u000d\u0085\u2028b`],
  ['half a character', 'a\uD800b', String.raw`a\ud800b`],
])('%s is shown, not done', (_what, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test("people's own writing stays: accents, other scripts, joined signs, lines and tabs", () => {
  const text = 'Grüße\t日本語\nعربى نمی\u200Cخواهم 👩\u200D👧 – „ja“';
  expect(printable(text)).toBe(text);
});

test('inside of JSON the same value is read', () => {
  const value = { reason: 'a\u001B[2J\u202E\u{E0041}\u0085\nb' };
  const text = printable(JSON.stringify(value));
  expect(text).not.toMatch(/[\u0080-\u009F\u202E\u{E0041}]/u);
  expect(JSON.parse(text)).toEqual(value);
});

test('one line is one line, and an excerpt says what it leaves out', () => {
  expect(oneLine('a\r\nb\nc\td')).toBe(String.raw`a\nb\nc d`);
  expect(excerpt('ümlaut', 6)).toBe('ümlaut');
  expect(excerpt('x'.repeat(125_000), 300)).toBe(`${'x'.repeat(300)}… (124700 more characters)`);
});

test.each([
  ['[Approve here](https://evil.example)', String.raw`\[Approve here\](https&#58;//evil.example)`],
  ['<a href=x onclick=y>go</a>', '&lt;a href=x onclick=y&gt;go&lt;/a&gt;'],
  ['![p](//x/y.png)', String.raw`\!\[p\](//x/y.png)`],
  ['ok\n\n# promoted\n\n| a | b |\n| - | - |', String.raw`ok\\n\\n# promoted\\n\\n\| a \| b \|\\n\| - \| - \|`],
  ['# heading', String.raw`\# heading`],
  ['- item', String.raw`\- item`],
  ['1. item', String.raw`1\. item`],
  ['`code` **bold** ~~gone~~ _it_', String.raw`\`code\` \*\*bold\*\* \~\~gone\~\~ \_it\_`],
  [
    'see www.evil.example, http://evil.example or me@evil.example',
    'see www&#46;evil.example, http&#58;//evil.example or me&#64;evil.example',
  ],
  ['&lt;script&gt; &#91;x', '&amp;lt;script&amp;gt; &amp;#91;x'],
  ['back\\`slash', String.raw`back\\\`slash`],
  [
    'acceptanceRate harm: candidate 26.0 % vs 40.0 % (n 310 / 1200)',
    'acceptanceRate harm: candidate 26.0 % vs 40.0 % (n 310 / 1200)',
  ],
])('as markdown %j is the text it is', (text, markdown) => {
  expect(markdownText(text)).toBe(markdown);
});
