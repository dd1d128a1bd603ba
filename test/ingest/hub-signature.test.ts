import { createHmac } from 'node:crypto';
import { createIngestApp } from '../../src/ingest/app.ts';
import { isHubSigned, parseHubSecret, readHubClaim } from '../../src/webhooks/hub-signature.ts';
import type { Database } from '../../src/store/database.ts';
import { NOON, eventOf } from '../helpers/events.ts';
import { newSecret } from '../helpers/push.ts';
import { openStore } from '../helpers/any-store.ts';

const SECRET = 'a secret of the platform';
const OLD = 'the secret before that one';

/** Written from the platform's description, apart from the code under test. */
const hub = (body: string, secret = SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('base64')}`;

describe('X-Hub-Signature-256', () => {
  let db: Database;
  beforeAll(async () => {
    db = await openStore();
  });
  afterAll(() => db.close());
  beforeEach(() => db.query('truncate events, exposures, dead_letters'));

  const BODY = JSON.stringify({ events: [eventOf('c1', 'triggered', 0)] });
  const send = (headers: Readonly<Record<string, string>>, hubSecrets: readonly string[] = [SECRET, OLD]) =>
    createIngestApp({ db, secrets: [newSecret()], hubSecrets, now: () => NOON }).fetch(
      new Request('http://here/events', { method: 'POST', body: BODY, headers }),
    );

  test('a push signed over its raw bytes is stored, with the secret before as well; sent again it changes nothing', async () => {
    const answers = [
      await send({ 'x-hub-signature-256': hub(BODY) }),
      await send({ 'x-hub-signature-256': hub(BODY, OLD) }),
    ];
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
      { stored: 1, duplicates: 0, refused: 0 },
      { stored: 0, duplicates: 1, refused: 0 },
    ]);
  });

  test.each([
    ['another secret', 'signature-mismatch', { 'x-hub-signature-256': hub(BODY, 'somebody else entirely') }],
    ['another body', 'signature-mismatch', { 'x-hub-signature-256': hub(`${BODY} `) }],
    [
      'hex instead of base64',
      'signature-malformed',
      { 'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(BODY).digest('hex')}` },
    ],
    ['no prefix', 'signature-malformed', { 'x-hub-signature-256': hub(BODY).slice(7) }],
    [
      'a webhook signature beside it, which must then hold by itself',
      'signature-missing',
      { 'x-hub-signature-256': hub(BODY), 'webhook-signature': 'v1,x' },
    ],
  ])('%s is refused: %s', async (_, code, headers) => {
    expect(await (await send(headers)).json()).toMatchObject({ status: 401, code });
    expect(await db.query('select 1 from events')).toEqual([]);
  });

  test('without a hub secret the header counts for nothing', async () => {
    expect(await (await send({ 'x-hub-signature-256': hub(BODY) }, [])).json()).toMatchObject({
      status: 401,
      code: 'signature-missing',
    });
  });

  test('a known answer: HMAC-SHA256 of RFC 4231, case 2', () => {
    const claim = readHubClaim(
      `sha256=${Buffer.from('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', 'hex').toString('base64')}`,
    );
    expect(
      isHubSigned(claim ?? new Uint8Array(32), Buffer.from('what do ya want for nothing?'), [Buffer.from('Jefe')]),
    ).toBe(true);
  });

  test('a short secret is refused and not repeated', () => {
    expect(() => parseHubSecret('hunter2')).toThrow(
      expect.objectContaining({ code: 'signing-secret-invalid', message: expect.not.stringContaining('hunter2') }),
    );
  });
});
