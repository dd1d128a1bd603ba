/** Requests that a sender could make by mistake or with intent; each says whether its push is genuine. */
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Dice } from './random.ts';

export interface FuzzRequest {
  /** What was changed. */
  readonly kind: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Sent without a length. */
  readonly chunked: boolean;
  /** These bytes alone, over a bare socket. */
  readonly raw?: Buffer;
  /** Signed with a secret of the service, over these very bytes, at this time: the only pushes that may be stored. */
  readonly genuine: boolean;
}

export interface Secrets {
  readonly webhook: string;
  readonly hub: string;
}

/** Must never be found in a stored event; in a dead letter only when it was signed. */
export const CANARY = 'canary-of-a-field-that-nobody-asked-for';
export const FORGED = 'canary-of-a-push-that-nobody-signed';

export function mutate(dice: Dice, n: number, nowMs: number, secrets: Secrets): FuzzRequest {
  const make = dice.pick([
    valid,
    valid,
    field,
    field,
    field,
    json,
    bytes,
    size,
    encoding,
    timestamp,
    timestamp,
    header,
    header,
    forged,
    hub,
    route,
    socket,
  ]);
  return make({ dice, n, nowMs, secrets });
}

interface Context {
  readonly dice: Dice;
  readonly n: number;
  readonly nowMs: number;
  readonly secrets: Secrets;
}

type Event = Record<string, unknown>;

function eventOf({ dice, n, nowMs }: Context, part = 0): Event {
  const at = new Date(nowMs - dice.below(60_000)).toISOString();
  const kind = dice.pick(['triggered', 'rendered', 'accepted', 'dismissed', 'expired']);
  return {
    id: `fuzz-${n}-${part}`,
    type: `agentassist.action.${kind}`,
    occurredAt: at,
    conversationId: `conversation-${dice.below(500)}`,
    cardId: `card-${n}`,
    actionId: 'action-a',
    actionName: 'RefundAssist v1.5.0',
    version: '1.5.0',
    agentId: `agent-${dice.below(50)}`,
    queueId: 'queue-1',
    triggeredAt: at,
  };
}

function batchOf(context: Context): { events: Event[] } {
  return { events: Array.from({ length: 1 + context.dice.below(4) }, (_, part) => eventOf(context, part)) };
}

interface Change {
  readonly headers?: Readonly<Record<string, string>>;
  readonly chunked?: boolean;
  readonly genuine?: boolean;
  readonly seconds?: string;
  readonly secret?: string;
  readonly signed?: Buffer;
}

function signedPush({ n, nowMs, secrets }: Context, kind: string, body: Buffer, change: Change = {}): FuzzRequest {
  const [id, seconds] = [`msg_${n}`, change.seconds ?? String(Math.floor(nowMs / 1000))];
  const key = Buffer.from((change.secret ?? secrets.webhook).slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key)
    .update(`${id}.${seconds}.`)
    .update(change.signed ?? body)
    .digest('base64');
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${signature}`,
    ...change.headers,
  };
  return {
    kind,
    method: 'POST',
    path: '/events',
    headers,
    body,
    chunked: change.chunked ?? false,
    genuine: change.genuine ?? true,
  };
}

const textOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

function valid(context: Context): FuzzRequest {
  const body = context.dice.chance(0.5) ? batchOf(context) : eventOf(context);
  return signedPush(context, 'valid', textOf({ ...body, transcript: CANARY }), { chunked: context.dice.chance(0.2) });
}

const HOSTILE: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1e308,
  [],
  {},
  [[[[]]]],
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\u202e',
  '🙂'.repeat(300),
  'x'.repeat(257),
  'x'.repeat(100_000),
  "'; drop table events; --",
  '${jndi:ldap://x}',
  '{"a":1}',
  '../../etc/passwd',
  '%00',
  '<script>',
  '2026-02-30T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:00',
  '2026-01-01T00:00:00+15:59',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '-infinity',
  'now',
  '2100-01-01T00:00:00Z',
  '1999-12-31T23:59:59Z',
  'NaN',
];
const FIELDS = [
  'id',
  'type',
  'occurredAt',
  'conversationId',
  'cardId',
  'actionId',
  'actionName',
  'version',
  'agentId',
  'queueId',
  'mediaType',
  'language',
  'triggeredAt',
  'renderedAt',
  '__proto__',
  'constructor',
  'toString',
];

function field(context: Context): FuzzRequest {
  const { dice } = context;
  const push = batchOf(context);
  for (let changes = 1 + dice.below(2); changes > 0; changes -= 1) {
    const at = dice.below(push.events.length);
    // From entries, so that __proto__ is a field like any other.
    push.events[at] = Object.fromEntries([
      ...Object.entries(push.events[at] ?? {}),
      [dice.pick(FIELDS), dice.pick(HOSTILE)],
    ]);
  }
  return signedPush(context, 'field', textOf(push));
}

function json(context: Context): FuzzRequest {
  const one = JSON.stringify(eventOf(context));
  const text = context.dice.pick([
    '',
    '{',
    '[]',
    '{}',
    'null',
    '""',
    '1e999',
    '{"events":null}',
    '{"events":{}}',
    '{"events":[]}',
    `{"events":[${one}`,
    `[${one}]`,
    `{"events":[${one},${one}]}`,
    `${one}${one}`,
    `{"events":[${one}],"events":[]}`,
    one.replace('{', '{"id":1,'),
    `{"events":${'['.repeat(50_000)}`,
    '['.repeat(200_000),
    `{"a":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
    one.replaceAll('"', "'"),
    one.replace('}', ',}'),
    `\u2028${one}`,
    `${one}\0`,
    `{"events":[${Array.from({ length: 1001 }, () => one).join(',')}]}`,
    'NaN',
    '-',
    '\t\n',
    `{"__proto__":${one}}`,
  ]);
  return signedPush(context, 'json', Buffer.from(text));
}

/** Changed before it is signed, so that the parser sees it. */
function bytes(context: Context): FuzzRequest {
  const { dice } = context;
  let body = textOf(batchOf(context));
  for (let changes = 1 + dice.below(8); changes > 0; changes -= 1) {
    const at = dice.below(body.length);
    const cut = body.subarray(0, at);
    body = dice.pick([
      () => Buffer.concat([cut, dice.bytes(1), body.subarray(at + 1)]),
      () => cut,
      () => Buffer.concat([cut, dice.bytes(1 + dice.below(9)), body.subarray(at)]),
      () => Buffer.concat([cut, body.subarray(at + 1 + dice.below(20))]),
      () => Buffer.concat([body, cut]),
    ])();
  }
  return signedPush(context, 'bytes', body, { chunked: dice.chance(0.1) });
}

function size(context: Context): FuzzRequest {
  const { dice } = context;
  const length = dice.pick([0, 1, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 2 * 1024 * 1024]);
  const push = textOf(batchOf(context));
  const body =
    dice.chance(0.5) && length > push.length
      ? Buffer.concat([push, Buffer.alloc(length - push.length, 0x20)])
      : Buffer.alloc(length, 0x20);
  return signedPush(context, 'size', body, { chunked: dice.chance(0.5) });
}

function encoding(context: Context): FuzzRequest {
  const { dice } = context;
  const text = JSON.stringify(batchOf(context));
  return dice.pick([
    () =>
      signedPush(context, 'encoding', gzipSync(text), {
        headers: { 'content-encoding': dice.pick(['gzip', 'br', 'deflate', 'x-gzip, identity', 'zstd', '']) },
      }),
    () => signedPush(context, 'encoding', Buffer.from(text, 'utf16le')),
    () => signedPush(context, 'encoding', Buffer.from(`\uFEFF${text}`)),
    () =>
      signedPush(
        context,
        'encoding',
        Buffer.concat([
          Buffer.from(text.slice(0, 40)),
          Buffer.from([dice.pick([0xff, 0xc0, 0xed]), 0xa0, 0x80]),
          Buffer.from(text.slice(40)),
        ]),
      ),
    () =>
      signedPush(context, 'encoding', Buffer.from(text), {
        headers: {
          'content-type': dice.pick([
            'text/plain',
            'multipart/form-data; boundary=x',
            'application/json; charset=utf-16',
            '',
          ]),
        },
      }),
    () => signedPush(context, 'encoding', Buffer.from(text), { headers: { 'content-encoding': 'identity' } }),
  ])();
}

function timestamp(context: Context): FuzzRequest {
  const seconds = Math.floor(context.nowMs / 1000);
  const near = context.dice.pick([-299, 0, 299]);
  const wrong = context.dice.pick([
    String(seconds - 301),
    String(seconds + 301),
    '0',
    '-1',
    '1e10',
    '',
    ' ',
    `${seconds}abc`,
    `0x${seconds.toString(16)}`,
    `${seconds}.5`,
    '9'.repeat(400),
    'NaN',
    'Infinity',
    `${seconds}000`,
    `+${seconds}`,
  ]);
  const isNear = context.dice.chance(0.3);
  return signedPush(context, 'timestamp', textOf({ ...batchOf(context), a: FORGED }), {
    seconds: isNear ? String(seconds + near) : wrong,
    genuine: isNear,
  });
}

function header(context: Context): FuzzRequest {
  const { dice } = context;
  const push = signedPush(context, 'header', textOf({ ...batchOf(context), a: FORGED }));
  const own = push.headers['webhook-signature'] ?? '';
  const [name, value, genuine] = dice.pick([
    ['webhook-signature', `v1,AAAA ${own}`, true],
    ['webhook-signature', `v1a,xyz ${own}`, true],
    ['webhook-signature', `${own} ${own}`, true],
    ['webhook-signature', Array.from({ length: 9 }, () => own).join(' '), false],
    ['webhook-signature', own.replace('v1,', 'v2,'), false],
    ['webhook-signature', own.slice(0, -2), false],
    ['webhook-signature', `${own}=`, false],
    ['webhook-signature', own.toUpperCase(), false],
    ['webhook-signature', `${own},${own}`, false],
    ['webhook-signature', '', false],
    ['webhook-signature', `v1,${'A'.repeat(10_000)}`, false],
    ['webhook-signature', 'v1,\u00e9', false],
    ['webhook-id', 'msg.1', false],
    ['webhook-id', '', false],
    ['webhook-id', 'x'.repeat(257), false],
    ['webhook-id', 'msg_other', false],
    ['webhook-id', '\u00ff', false],
    ['x-padding', 'x'.repeat(20_000), false],
    ['x-hub-signature-256', 'sha256=AAAA', true],
    ['host', '', true],
    ['host', 'a b', true],
    ['host', '[', true],
    ['expect', '100-continue', true],
    ['cookie', 'a=b; __proto__=1', true],
    ['accept', '\u00ff', true],
    ['transfer-encoding', 'gzip', false],
  ] as const);
  return { ...push, headers: { ...push.headers, [name]: value }, genuine };
}

function forged(context: Context): FuzzRequest {
  const { dice } = context;
  const body = textOf({ ...batchOf(context), a: FORGED });
  const other = Buffer.from(body);
  const at = dice.below(other.length);
  other[at] = (other[at] ?? 0) ^ (1 + dice.below(255));
  const change = dice.pick<Change>([
    { secret: `whsec_${dice.bytes(32).toString('base64')}` },
    { signed: other },
    { signed: Buffer.alloc(0) },
  ]);
  return signedPush(context, 'forged', body, { ...change, genuine: false });
}

function hub(context: Context): FuzzRequest {
  const { dice, secrets } = context;
  const body = textOf({ ...batchOf(context), a: FORGED });
  const right = createHmac('sha256', secrets.hub).update(body).digest();
  const genuine = dice.chance(0.4);
  const value = genuine
    ? `sha256=${right.toString('base64')}`
    : dice.pick([
        `sha256=${right.toString('hex')}`,
        right.toString('base64'),
        `sha256=${dice.bytes(32).toString('base64')}`,
        'sha256=',
        `sha1=${right.toString('base64')}`,
        '',
      ]);
  return {
    kind: 'hub',
    method: 'POST',
    path: '/events',
    headers: { 'x-hub-signature-256': value },
    body,
    chunked: false,
    genuine,
  };
}

function route(context: Context): FuzzRequest {
  const { dice } = context;
  const push = signedPush(context, 'route', textOf({ ...batchOf(context), a: FORGED }));
  const [method, path] = dice.pick([
    ['GET', '/events'],
    ['PUT', '/events'],
    ['DELETE', '/events'],
    ['OPTIONS', '/events'],
    ['HEAD', '/events'],
    ['PATCH', '/events'],
    ['POST', '/'],
    ['POST', '/events/'],
    ['POST', '//events'],
    ['POST', '/events%2f'],
    ['POST', '/%00'],
    ['POST', '/%'],
    ['POST', '/..%2fevents'],
    ['POST', `/${'a'.repeat(8_000)}`],
    ['GET', '/healthz'],
    ['POST', '/healthz'],
    ['GET', '/admin/stats'],
    ['GET', '/admin/dead-letters'],
    ['POST', '/admin/dead-letters/1/replay'],
    ['GET', '/openapi.json'],
    ['POST', '/openapi.json'],
    ['GET', '/__proto__'],
    ['GET', '/constructor'],
  ] as const);
  return { ...push, method, path, genuine: false };
}

/** Framing that a client library would not let through. */
function socket(context: Context): FuzzRequest {
  const { dice } = context;
  const push = signedPush(context, 'socket', textOf(batchOf(context)));
  const lines = Object.entries(push.headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\r\n');
  const text = push.body.toString();
  const raw = dice.pick([
    `POST /events HTTP/1.1\r\nhost: x\r\n${lines}\r\ncontent-length: ${push.body.length + 500}\r\n\r\n${text}`,
    `POST /events HTTP/1.1\r\nhost: x\r\n${lines}\r\ncontent-length: -5\r\n\r\n${text}`,
    `POST /events HTTP/1.1\r\nhost: x\r\n${lines}\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n${text}`,
    `POST /events HTTP/1.1\r\nhost: x\r\n${lines}\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n${text}`,
    `POST /events HTTP/1.1\r\nhost: x\r\n${lines}\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n${text}`,
    `POST /events HTTP/1.1\r\nhost: x\r\n${lines}\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n${text}`,
    `POST /events HTTP/9.9\r\n\r\n`,
    `POST /events\r\n\r\n`,
    `\r\n\r\n\r\n`,
    `GET http://[/ HTTP/1.1\r\nhost: x\r\n\r\n`,
    `POST /events HTTP/1.1\r\nhost: x\r\nwebhook-id : a\r\n\r\n`,
    `POST /events HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(3_000)}\r\n`,
    dice.bytes(200).toString('latin1'),
  ]);
  return { ...push, raw: Buffer.from(raw, 'latin1'), genuine: false };
}
