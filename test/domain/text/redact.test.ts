import { createRedactor, redactDeep } from '../../../src/domain/text/redact.ts';

const SECRET = 's3cr+t/with=odd "signs" & ümlaut';
const redact = createRedactor([SECRET]);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  ['as it is', SECRET],
  ['percent-encoded', encodeURIComponent(SECRET)],
  [
    'percent-encoded in small letters',
    encodeURIComponent(SECRET).replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ],
  ['percent-encoded twice', encodeURIComponent(encodeURIComponent(SECRET))],
  ['as a form writes it', new URLSearchParams({ secret: SECRET }).toString().slice('secret='.length)],
  ['in a path', encodeURI(SECRET)],
  ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
  [
    'in JSON that hides slashes and signs',
    JSON.stringify(SECRET)
      .slice(1, -1)
      .replaceAll('/', String.raw`\/`)
      .replaceAll('&', String.raw`\u0026`),
  ],
  ['in HTML', SECRET.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
  ['in HTML by number', SECRET.replaceAll('&', '&#38;').replaceAll('"', '&#x22;').replaceAll('+', '&#43;')],
  ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
  ['in base64', base64(SECRET)],
  ['in base64url', Buffer.from(SECRET).toString('base64url')],
])('%s it is cut', (_how, written) => {
  expect(redact(`Value [${written}] is not valid.`)).toMatch(
    /^Value \[\[redacted\][A-Za-z0-9+/=]{0,4}\] is not valid\.$/,
  );
});

test.each(['i', 'id', 'ids', 'a-client'])('in the base64 of what begins with "%s:" it is cut', (id) => {
  for (const text of [base64(`${id}:${SECRET}`), Buffer.from(`${id}:${SECRET};more`).toString('base64url')]) {
    expect(redact(`the header [${text}] came`)).toMatch(/^the header \[[\w-]{0,14}\[redacted\][\w=-]{0,9}\] came$/);
  }
});

test('of a webhook secret its key is cut too, in every way', () => {
  const key = base64('a key of some thirty-two bytes!!');
  const cut = createRedactor([`whsec_${key}`]);
  for (const text of [key, encodeURIComponent(key), base64(key), base64(`x:whsec_${key}`)])
    expect(cut(`<${text}>`)).toMatch(/^<[A-Za-z0-9+/=]{0,12}\[redacted\][A-Za-z0-9+/=]{0,4}>$/);
});

test('what looks like a credential is cut without being known', () => {
  const text = createRedactor()(
    'whsec_AbC+/9== bearer abcdefgh1234 Basic aWQ6c2VjcmV0 postgres://app:pa/ss@db/x ' +
      'https://me:word@host/path?x http://host:8080/a@b',
  );
  expect(text).toBe(
    'whsec_[redacted] bearer [redacted] Basic [redacted] postgres://app:[redacted]@db/x ' +
      'https://me:[redacted]@host/path?x http://host:8080/a@b',
  );
});

test('a text without secrets stays as it is, and JSON stays JSON', () => {
  const text = 'PUT /api/v2/agentassist/actions/42: 409 conflict. Basic rules hold.';
  expect(redact(text)).toBe(text);
  expect(createRedactor(['short'])('a short word')).toBe('a short word');
  const line = JSON.stringify({ note: `"${SECRET}" and Bearer 0123456789abc\n`, more: ['x'] });
  expect(JSON.parse(redact(line))).toEqual({ note: '"[redacted]" and Bearer [redacted]\n', more: ['x'] });
});

test('within a value all strings are cut, and nothing else changes', () => {
  const at = new Date(0);
  expect(redactDeep({ a: [SECRET, 5, null], b: { c: `x ${SECRET}`, at } }, redact)).toEqual({
    a: ['[redacted]', 5, null],
    b: { c: 'x [redacted]', at },
  });
});
