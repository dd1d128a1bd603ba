/** A hook that means no good: whatever it answers, the worker waits no longer, reads no more and goes nowhere else. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { readHooks } from '../../src/config/hooks.ts';
import { admit } from '../../src/hooks/admission.ts';
import { isPublicAddress } from '../../src/hooks/addresses.ts';
import { createHooks } from '../../src/hooks/hooks.ts';
import type { HookQuestion, HookReply } from '../../src/hooks/hooks.ts';
import { callHook } from '../../src/hooks/post.ts';
import { isSigned, readClaim } from '../../src/webhooks/verify.ts';
import { newWebhookSecret, parseWebhookKey } from '../../src/webhooks/secret.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const secrets = [newWebhookSecret(), newWebhookSecret()];
const settings = readHooks(
  {
    HOOK_SECRETS: secrets.map((secret) => `gate=${secret}`).join(' '),
    HOOKS_ALLOWED_HOSTS: '127.0.0.1, gate.internal, gate.internal:8443, http://plain.internal:8080',
  },
  (name, message) => {
    throw new Error(`${name} ${message}`);
  },
);

let server: Server;
let url: string;
let handle: (request: IncomingMessage, response: ServerResponse, body: string) => void;
let calls: { readonly headers: IncomingMessage['headers']; readonly body: string }[];

beforeEach(async () => {
  calls = [];
  server = createServer((request, response) => {
    response.on('error', () => undefined);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      calls.push({ headers: request.headers, body });
      handle(request, response, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/gate`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function question(more: Partial<HookQuestion> = {}): HookQuestion {
  return { id: 'hook_r1_3', url, secret: 'gate', message: { type: 'assist-rollouts.hook' } as never, ...more };
}

const hooks = createHooks(settings, { now: Date.now, timeoutMs: PATIENCE_MS });
const hasty = createHooks(settings, { now: Date.now, timeoutMs: 300 });
const ask = (more: Partial<HookQuestion> = {}, of = hooks): Promise<HookReply> =>
  of.ask(question(more), new AbortController().signal);
const answer = (body: string | object, status = 200, headers: Record<string, string> = {}): void => {
  handle = (_request, response) => {
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
};

test('a decision comes back, and the call was signed with every secret of that name', async () => {
  answer({ decision: 'confirm', reason: 'CHG-7', approver: 'someone' });
  expect(await ask()).toEqual({ decision: 'confirm', reason: 'CHG-7' });
  const [call] = calls;
  const header = (name: string) => call?.headers[name] as string;
  const claim = readClaim(
    { id: header('webhook-id'), timestamp: header('webhook-timestamp'), signature: header('webhook-signature') },
    Date.now(),
    60,
  );
  if (typeof claim === 'string') throw new Error(claim);
  expect(header('webhook-id')).toBe('hook_r1_3');
  for (const secret of secrets)
    expect(isSigned(claim, Buffer.from(call?.body ?? ''), [parseWebhookKey(secret)])).toBe(true);
  expect(JSON.stringify(calls)).not.toContain('whsec_');
});

test.each<[string | object, number, Record<string, string>, string]>([
  ['', 202, {}, 'it has not decided yet'],
  ['', 500, {}, 'it answered 500'],
  ['', 403, {}, 'it answered 403'],
  ['', 204, {}, 'it answered 204'],
  ['junk', 200, {}, 'its answer is no decision'],
  ['', 200, {}, 'its answer is no decision'],
  ['null', 200, {}, 'its answer is no decision'],
  [[{ decision: 'confirm' }], 200, {}, 'its answer is no decision'],
  [{ decision: 'CONFIRM' }, 200, {}, 'its answer is no decision'],
  [{ decision: 'confirm', reason: { deep: true } }, 200, {}, 'its answer is no decision'],
  [{ decision: 'wait', retryAfter: -1 }, 200, {}, 'its answer is no decision'],
  ['['.repeat(60_000), 200, {}, 'its answer is no decision'],
  [{ decision: 'confirm' }, 201, {}, 'it answered 201'],
  [
    '',
    302,
    { location: 'http://169.254.169.254/latest/meta-data/' },
    'it answered 302, and redirects are not followed',
  ],
  ['', 307, { location: 'http://127.0.0.1:1/' }, 'it answered 307, and redirects are not followed'],
])('an answer that is no decision is asked for again (%#)', async (body, status, headers, again) => {
  answer(body, status, headers);
  expect(await ask()).toEqual({ again, retryAfterMs: null });
  expect(calls).toHaveLength(1);
});

test('a hook that hangs, one that drips and one that hangs up are each given up', async () => {
  handle = () => undefined;
  expect(await ask({}, hasty)).toEqual({ again: 'no answer within 300 ms', retryAfterMs: null });
  handle = (_request, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(drip));
  };
  expect(await ask({}, hasty)).toEqual({ again: 'no answer within 300 ms', retryAfterMs: null });
  handle = (request) => request.socket.destroy();
  expect(await ask()).toEqual({ again: 'the connection failed (ECONNRESET)', retryAfterMs: null });
});

test('no more than a little is read of 10 MB, and a small answer that unpacks to much is not unpacked', async () => {
  let written = 0;
  handle = (_request, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(64 * 1024, ' ');
    const more = (): void => {
      while (written < 10 * 1024 * 1024) {
        written += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  };
  expect(await ask()).toEqual({
    again: 'its answer is far too large',
    retryAfterMs: null,
  });
  expect(written).toBeLessThan(10 * 1024 * 1024);
  answer('not gzip at all', 200, { 'content-encoding': 'gzip' });
  expect(await ask()).toEqual({ again: 'its answer is no decision', retryAfterMs: null });
  expect(calls.at(-1)?.headers['accept-encoding']).toBe('identity');
});

test('a reason steers no terminal, is one line, and is no longer than anybody reads', async () => {
  answer({ decision: 'refuse', reason: ` \u001b[2Jgone\r\n\u202eevil\u0007 ${'x'.repeat(100_00)}` });
  const reply = (await ask()) as { readonly reason: string };
  expect(reply.reason).toMatch(/^\\u001b\[2Jgone\\n\\u202eevil\\u0007 x+… \(\d+ more characters\)$/);
  expect(reply.reason.length).toBeLessThan(550);
  // oxlint-disable-next-line no-control-regex
  expect(reply.reason).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  answer(`{"decision":"refuse","reason":"${'\\u0000'.repeat(2_000)}"}`);
  expect(((await ask()) as { readonly reason: string }).reason.length).toBeLessThan(550);
});

test('a wait says when to ask again, in the answer or beside it', async () => {
  answer({ decision: 'wait', reason: 'board meets at 3', retryAfter: 7 }, 200, { 'retry-after': '99' });
  expect(await ask()).toEqual({ decision: 'wait', reason: 'board meets at 3', retryAfterMs: 7000 });
  answer({ decision: 'wait' }, 200, { 'retry-after': '5' });
  expect(await ask()).toEqual({ decision: 'wait', reason: '', retryAfterMs: 5000 });
  answer('', 503, { 'retry-after': 'soon' });
  expect(await ask()).toEqual({ again: 'it answered 503', retryAfterMs: null });
});

test('an answer after the abort is not heard', async () => {
  let free: () => void = () => undefined;
  handle = (_request, response) => {
    free = () => response.end('{"decision":"confirm"}');
  };
  const abort = new AbortController();
  const asked = hooks.ask(question(), abort.signal);
  const heard = asked.then(
    () => 'heard',
    (error: Error) => error.name,
  );
  while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  abort.abort();
  free();
  expect(await heard).toBe('AbortError');
});

test('without a list every public address is asked by https, and no other', () => {
  const none = { allowed: null };
  expect(admit('https://gate.example.com/x', none)).toMatchObject({ anyAddress: false });
  expect(admit('https://8.8.8.8/', none)).toMatchObject({ anyAddress: false });
  for (const refused of [
    'http://gate.example.com/',
    'http://127.0.0.1/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.1.2.3/',
    'https://[fd00::1]/',
    'https://0.0.0.0/',
  ])
    expect({ refused, admission: admit(refused, none) }).toEqual({
      refused,
      admission: { refused: expect.any(String) as string },
    });
});

test('with a list those on it are asked, wherever they are, and no other', () => {
  const ok = (text: string): boolean => 'url' in admit(text, settings);
  expect(['http://127.0.0.1:99/', 'https://gate.internal/x', 'http://plain.internal:8080/'].map(ok)).toEqual([
    true,
    true,
    true,
  ]);
  expect(
    ['https://gate.example.com/', 'http://gate.internal/', 'http://plain.internal/', 'http://localhost/'].map(ok),
  ).toEqual([false, false, false, false]);
});

test('a public name that stands for a private address is not connected to', async () => {
  answer({ decision: 'confirm' });
  const { port } = new URL(url);
  const heard = await callHook({
    url: new URL(`http://localhost:${port}/gate`),
    anyAddress: false,
    headers: {},
    body: '{}',
    timeoutMs: PATIENCE_MS,
    signal: new AbortController().signal,
  });
  expect(heard).toEqual({ trouble: 'it stands for an address that is not public' });
  expect(calls).toEqual([]);
});

test.each([
  ['1.1.1.1', true],
  ['100.64.0.1', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['2606:4700::1111', true],
  ['::ffff:1.1.1.1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['fe80::1', false],
  ['nonsense', false],
])('the address %s is everybody’s: %s', (address, expected) => expect(isPublicAddress(address)).toBe(expected));

test('a secret that the worker does not have, and a host that it may not ask, are told before anything is', async () => {
  expect(hooks.refusal({ url, secret: 'other' })).toEqual({
    of: 'secret',
    why: 'HOOK_SECRETS has none called other',
  });
  expect(hooks.refusal({ url: 'https://example.com/', secret: 'gate' })).toMatchObject({ of: 'url' });
  expect(hooks.refusal({ url, secret: 'gate' })).toBeNull();
  answer({ decision: 'confirm' });
  expect(await ask({ secret: 'other' })).toMatchObject({
    again: expect.stringContaining('none called other') as string,
  });
  expect(calls).toEqual([]);
});

test.each([
  ['HOOK_SECRETS', { HOOK_SECRETS: 'gate' }],
  ['HOOK_SECRETS', { HOOK_SECRETS: 'gate=hunter2hunter2' }],
  ['HOOK_SECRETS', { HOOK_SECRETS: `Gate=${newWebhookSecret()}` }],
  ['HOOKS_ALLOWED_HOSTS', { HOOKS_ALLOWED_HOSTS: 'https://gate.example.com/path' }],
  ['HOOKS_ALLOWED_HOSTS', { HOOKS_ALLOWED_HOSTS: 'a b:c:d' }],
])('a wrong %s is told, and its value is not', (name, variables) => {
  const told: string[] = [];
  readHooks(variables, (at, message) => told.push(`${at} ${message}`));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(name);
  expect(told[0]).not.toContain('hunter2');
});
