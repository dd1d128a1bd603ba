import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../../src/domain/messages/message.ts';
import { deliver } from '../../src/notify/deliver.ts';
import type { Ready } from '../../src/notify/ready.ts';
import { parseWebhookKey } from '../../src/webhooks/secret.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { newSecret, sign } from '../helpers/push.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Reply, ScriptedServer } from '../helpers/scripted-server.ts';
import { exampleOf, letterOf } from './letters.ts';
import { startMailServer } from './mail-server.ts';

const OPTIONS = { timeoutMs: PATIENCE_MS, now: Date.now, signal: new AbortController().signal };
const LINK = 'https://temporal.example.com/namespaces/prod/workflows/rollout%2FRefundAssist/example';
const EVIL =
  '<!channel> <https://evil.example|click> [x](https://evil.example) "><script>alert(1)</script> `rm` & more';
const evil: Message = { ...exampleOf('approved'), why: EVIL, headline: `RefundAssist ${EVIL}` };

let server: ScriptedServer;
let reply: Reply = {};
beforeAll(async () => {
  server = await startScriptedServer(() => reply);
});
afterAll(() => server.close());
beforeEach(() => {
  reply = {};
});

const last = () => server.requests.at(-1);
const lastBlocks = () => (last()?.body as { blocks: SlackBlock[] } | undefined)?.blocks ?? [];

interface SlackBlock {
  readonly text?: { readonly type: string; readonly text: string; readonly verbatim?: boolean };
}

interface TeamsBody {
  readonly type: string;
  readonly attachments: readonly {
    readonly contentType: string;
    readonly content: {
      readonly type: string;
      readonly body: readonly { readonly type: string }[];
      readonly actions: readonly { readonly url: string }[];
    };
  }[];
}

describe('Slack', () => {
  const slack = (): Ready => ({ kind: 'slack', name: 'team', url: `${server.url}/hook` });

  test('gets blocks with what happened, why, what comes next, the command and the link', async () => {
    const harm = exampleOf('harm');
    expect(await deliver(slack(), letterOf([harm]), OPTIONS)).toEqual({ kind: 'delivered' });
    const text = JSON.stringify(last()?.body);
    expect(last()?.headers['content-type']).toContain('application/json');
    for (const said of [harm.headline, harm.why ?? '', harm.next, harm.commands[0] ?? '', `<${LINK}|Temporal Web UI>`])
      expect(text).toContain(JSON.stringify(said).slice(1, -1));
  });

  test('what people wrote calls no channel and is no link', async () => {
    await deliver(slack(), letterOf([evil]), OPTIONS);
    const blocks = lastBlocks();
    const text = (last()?.body as { text: string } | undefined)?.text ?? '';
    const marked = blocks.flatMap((block) => (block.text?.type === 'mrkdwn' ? [block.text] : []));
    for (const one of [...marked.map((found) => found.text), text]) expect(one).not.toMatch(/<(?!https:\/\/temporal)/);
    expect(marked.every(({ verbatim }) => verbatim === true)).toBe(true);
    expect(JSON.stringify(blocks)).toContain('&lt;!channel&gt; &lt;https://evil.example|click&gt;');
  });

  test('what was held is one digest; what may have come before says so', async () => {
    await deliver(slack(), letterOf([exampleOf('started'), exampleOf('approvalWaits')], { again: true }), OPTIONS);
    const text = JSON.stringify(last()?.body);
    expect(text).toContain('2 messages from the quiet hours');
    expect(text).toContain('RefundAssist v1.5.0 waits for an approval');
    expect(text).toContain('Sent again: an earlier attempt was not confirmed');
  });

  test('a long reason is cut to what Slack takes', async () => {
    await deliver(slack(), letterOf([{ ...evil, why: 'x'.repeat(9_000), headline: 'y'.repeat(400) }]), OPTIONS);
    for (const { text } of lastBlocks().filter((block) => block.text !== undefined))
      expect(text?.text.length).toBeLessThanOrEqual(text?.type === 'plain_text' ? 150 : 3_000);
  });
});

test('Teams gets an Adaptive Card whose texts know no markdown, and whose links are ours', async () => {
  const teams: Ready = { kind: 'teams', name: 'ops', url: `${server.url}/workflow` };
  reply = { status: 202 };
  expect(await deliver(teams, letterOf([evil]), OPTIONS)).toEqual({ kind: 'delivered' });
  const card = last()?.body as TeamsBody | undefined;
  const { type, attachments = [] } = card ?? {};
  expect([type, attachments[0]?.contentType, attachments[0]?.content.type]).toEqual([
    'message',
    'application/vnd.microsoft.card.adaptive',
    'AdaptiveCard',
  ]);
  expect(new Set(attachments[0]?.content.body.map((block) => block.type))).toEqual(new Set(['RichTextBlock']));
  expect(attachments[0]?.content.actions.map(({ url }) => url)).toEqual([LINK]);
  expect(Buffer.byteLength(last()?.text ?? '')).toBeLessThan(28 * 1024);
});

test('a CloudEvent is signed as Standard Webhooks says, under an id that stays', async () => {
  const secret = newSecret();
  const bus: Ready = { kind: 'cloudEvents', name: 'bus', url: `${server.url}/events`, keys: [parseWebhookKey(secret)] };
  await deliver(bus, letterOf([exampleOf('promoted')]), OPTIONS);
  const seen = last();
  const { text = '', body } = seen ?? {};
  expect(seen?.headers['webhook-signature']).toBe(
    sign(secret, 'msg_0', String(seen?.headers['webhook-timestamp']), text),
  );
  expect(seen?.headers['content-type']).toContain('application/cloudevents+json');
  expect(body).toMatchObject({
    specversion: '1.0',
    id: 'msg_0',
    source: '/assist-rollouts/rollout/RefundAssist',
    type: 'assist-rollouts.promoted',
    subject: 'RefundAssist',
    time: expect.stringMatching(/^2025-12-01T/) as string,
    data: { event: 'promoted', links: [{ title: 'Temporal Web UI', url: LINK }], transition: 'r1/0' },
  });
});

test('PagerDuty gets one alert for a rollout, which its end resolves under the same key', async () => {
  const duty: Ready = { kind: 'pagerDuty', name: 'oncall', url: `${server.url}/v2/enqueue`, routingKey: 'R0' };
  reply = { status: 202 };
  await deliver(duty, letterOf([exampleOf('needsAttention')]), OPTIONS);
  const opened = last()?.body;
  await deliver(duty, letterOf([exampleOf('rolledBack')]), OPTIONS);
  expect(opened).toMatchObject({
    routing_key: 'R0',
    event_action: 'trigger',
    dedup_key: 'assist-rollouts/example',
    payload: { severity: 'critical', source: 'assist-rollouts', component: 'RefundAssist', class: 'needsAttention' },
    links: [{ href: LINK }],
  });
  expect(last()?.body).toEqual({ routing_key: 'R0', event_action: 'resolve', dedup_key: 'assist-rollouts/example' });
});

test.each([
  [{ status: 500 }, 'failed'],
  [{ status: 429, headers: { 'retry-after': '7' } }, 'failed'],
  [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'failed'],
  [{ status: 400 }, 'refused'],
  [{ status: 410 }, 'gone'],
] as const)('an answer of %j is %s', async (answer, kind) => {
  reply = answer;
  const slack: Ready = { kind: 'slack', name: 'team', url: server.url };
  expect((await deliver(slack, letterOf([evil]), OPTIONS)).kind).toBe(kind);
});

describe('mail', () => {
  const mailTo = (port: number, more: object = {}): Ready => ({
    kind: 'email',
    name: 'leads',
    server: { host: '127.0.0.1', port, auth: null, ca: null, isLocal: true, ...more },
    from: 'rollouts@example.com',
    to: ['ana@example.com', 'ben@example.com'],
  });

  test('comes as text and as HTML, under a name that stays, and nothing that people wrote is markup or a header', async () => {
    const mail = await startMailServer();
    const nasty = { ...evil, headline: 'Refund\r\nBcc: evil@example.com\r\n\r\nhello' };
    try {
      expect(await deliver(mailTo(mail.port), letterOf([nasty]), OPTIONS)).toEqual({ kind: 'delivered' });
    } finally {
      await mail.close();
    }
    const [seen] = mail.mails;
    expect(seen?.to).toEqual(['ana@example.com', 'ben@example.com']);
    const [head = ''] = seen?.text.split('\r\n\r\n') ?? [];
    expect(head).toMatch(/^Message-ID: <msg_0@example\.com>$/im);
    expect(head).not.toMatch(/^Bcc:/im);
    expect(head).toContain('Auto-Submitted: auto-generated');
    const body = (seen?.text ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
    expect(body).toContain('text/plain');
    const html = body.slice(body.indexOf('text/html'));
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toContain('<script>');
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url)).toEqual([LINK]);
  });

  test('a server that is not on this machine gets nothing without TLS', async () => {
    const mail = await startMailServer();
    try {
      const answer = await deliver(mailTo(mail.port, { isLocal: false }), letterOf([evil]), OPTIONS);
      expect(answer.kind).toBe('failed');
      expect(mail.mails).toEqual([]);
    } finally {
      await mail.close();
    }
  });

  test('with TLS it must be who it says it is', async () => {
    const { key, cert } = certificate();
    const mail = await startMailServer({ disabledCommands: [], key, cert });
    try {
      const unknown = await deliver(mailTo(mail.port, { isLocal: false }), letterOf([evil]), OPTIONS);
      const known = await deliver(
        mailTo(mail.port, { host: 'localhost', isLocal: false, ca: cert }),
        letterOf([evil]),
        OPTIONS,
      );
      expect([unknown.kind, known]).toEqual(['failed', { kind: 'delivered' }]);
      expect(mail.mails).toHaveLength(1);
    } finally {
      await mail.close();
    }
  });

  test('what it refuses for good is refused, what it cannot take now is tried again, and no address is told', async () => {
    let code = 550;
    const mail = await startMailServer({}, () =>
      Object.assign(new Error('no such ana@example.com'), { responseCode: code }),
    );
    try {
      const forGood = await deliver(mailTo(mail.port), letterOf([evil]), OPTIONS);
      code = 451;
      const forNow = await deliver(mailTo(mail.port), letterOf([evil]), OPTIONS);
      expect([forGood, forNow]).toEqual([
        { kind: 'refused', code: 'smtp-550', reason: 'the mail server answered 550' },
        { kind: 'failed', code: 'smtp-451', reason: 'the mail server answered 451', retryAfterMs: null },
      ]);
    } finally {
      await mail.close();
    }
  });

  test.each([
    [451, 'failed'],
    [550, 'refused'],
  ])(
    'one of several receivers that is refused with %i is not taken for reached, and the others get it once',
    async (code, kind) => {
      let isRefused = true;
      const mail = await startMailServer({
        onRcptTo: ({ address }, _session, done) => {
          const refusal = Object.assign(new Error(`no ${address}`), { responseCode: code });
          done(isRefused && address === 'ben@example.com' ? refusal : null);
        },
      });
      const taken = (answer: object): readonly string[] => (answer as { taken?: readonly string[] }).taken ?? [];
      try {
        const first = await deliver(mailTo(mail.port), letterOf([evil]), OPTIONS);
        const reason = `the mail server answered ${code} for 1 of 2 receivers`;
        expect(first).toMatchObject({ kind, code: `smtp-${code}`, reason, taken: [expect.any(String)] });
        expect(JSON.stringify(first)).not.toContain('example.com');
        const again = await deliver(mailTo(mail.port), letterOf([evil], { taken: taken(first) }), OPTIONS);
        expect(again).toEqual(first);
        isRefused = false;
        const last = await deliver(mailTo(mail.port), letterOf([evil], { taken: taken(again) }), OPTIONS);
        expect(last).toEqual({ kind: 'delivered' });
      } finally {
        await mail.close();
      }
      expect(mail.mails.map(({ to }) => to)).toEqual([['ana@example.com'], ['ben@example.com']]);
    },
  );

  test.each(['Ben@Example.COM', 'Bén@Example.com'])(
    '%s, refused for now, is sent it later, however the address is written on the way',
    async (ben) => {
      let isRefused = true;
      const mail = await startMailServer({
        onRcptTo: ({ address }, _session, done) => {
          const refusal = Object.assign(new Error('full'), { responseCode: 452 });
          done(isRefused && /^"?b/i.test(address) ? refusal : null);
        },
      });
      const to = { ...mailTo(mail.port), to: ['Ana@Example.COM', 'eva@example.com', ben] } as Ready;
      try {
        const first = await deliver(to, letterOf([evil]), OPTIONS);
        expect(first).toMatchObject({ kind: 'failed', taken: [expect.any(String), expect.any(String)] });
        isRefused = false;
        const { taken = [] } = first as { readonly taken?: readonly string[] };
        expect(await deliver(to, letterOf([evil], { taken }), OPTIONS)).toEqual({ kind: 'delivered' });
      } finally {
        await mail.close();
      }
      expect(mail.mails.map((seen) => seen.to.length)).toEqual([2, 1]);
    },
  );

  test('a server that says nothing is left in time', async () => {
    const mail = await startMailServer({}, () => new Promise(() => undefined));
    try {
      expect(await deliver(mailTo(mail.port), letterOf([evil]), { ...OPTIONS, timeoutMs: 300 })).toMatchObject({
        kind: 'failed',
        code: 'timeout',
      });
    } finally {
      void mail.close();
    }
  });
});

function certificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'assist-mail-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = spawnSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'].concat([
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      key,
      '-out',
      cert,
    ]),
  );
  try {
    expect(made.status).toBe(0);
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
