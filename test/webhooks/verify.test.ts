import { parseWebhookKey } from '../../src/webhooks/secret.ts';
import { signedHeaders } from '../../src/webhooks/sign.ts';
import { isSigned, readClaim } from '../../src/webhooks/verify.ts';
import type { SignatureHeaders } from '../../src/webhooks/verify.ts';
import { newSecret, sign } from '../helpers/push.ts';

const NOW = 1_614_265_330_000;
/** The test vector of the Standard Webhooks reference libraries. */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  body: '{"test": 2432232314}',
  headers: {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: '1614265330',
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
};

function verify(
  headers: SignatureHeaders,
  body: string | Uint8Array = VECTOR.body,
  secrets = [VECTOR.secret],
  nowMs = NOW,
): unknown {
  const claim = readClaim(headers, nowMs, 300);
  return typeof claim === 'string' ? claim : isSigned(claim, Buffer.from(body), secrets.map(parseWebhookKey));
}

describe('signatures', () => {
  test('the published test vector verifies, and is what we send', () => {
    expect(verify(VECTOR.headers)).toBe(true);
    const { id, timestamp, signature } = VECTOR.headers;
    expect(signedHeaders([parseWebhookKey(VECTOR.secret)], id, NOW + 999, VECTOR.body)).toEqual({
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature,
    });
  });

  test('one changed bit of body, id or timestamp is noticed', () => {
    expect(verify(VECTOR.headers, '{"test": 2432232315}')).toBe(false);
    expect(verify({ ...VECTOR.headers, id: 'msg_p5jXN8AQM9LWM0D4loKWxJel' })).toBe(false);
    expect(verify({ ...VECTOR.headers, timestamp: '1614265331' })).toBe(false);
  });

  test('a wrong key does not verify', () => {
    expect(verify(VECTOR.headers, VECTOR.body, [newSecret()])).toBe(false);
  });

  test('while keys are rotated either side may hold both', () => {
    const next = newSecret();
    expect(verify(VECTOR.headers, VECTOR.body, [next, VECTOR.secret])).toBe(true);
    const { id, timestamp, signature } = VECTOR.headers;
    expect(verify({ id, timestamp, signature: `${sign(next, id, timestamp, VECTOR.body)} ${signature}` })).toBe(true);
    expect(
      verify({
        id,
        timestamp,
        signature: `${sign(next, id, timestamp, VECTOR.body)} ${sign(newSecret(), id, timestamp, VECTOR.body)}`,
      }),
    ).toBe(false);
  });

  test('signatures of another version are passed over, not trusted', () => {
    const { id, timestamp, signature } = VECTOR.headers;
    expect(verify({ id, timestamp, signature: `v1a,abc ${signature} v2,xyz` })).toBe(true);
    expect(verify({ id, timestamp, signature: signature.replace('v1,', 'v2,') })).toBe('signature-malformed');
  });

  test('a timestamp counts within five minutes either way, and not a second more', () => {
    expect(verify(VECTOR.headers, VECTOR.body, [VECTOR.secret], NOW + 300_000)).toBe(true);
    expect(verify(VECTOR.headers, VECTOR.body, [VECTOR.secret], NOW - 300_000)).toBe(true);
    expect(verify(VECTOR.headers, VECTOR.body, [VECTOR.secret], NOW + 300_001)).toBe('timestamp-out-of-tolerance');
    expect(verify(VECTOR.headers, VECTOR.body, [VECTOR.secret], NOW - 300_001)).toBe('timestamp-out-of-tolerance');
  });

  test.each([
    '',
    '1614265330abc',
    ' 1614265330',
    '1614265330.0',
    '-1614265330',
    '161426533',
    '1.614265330e9',
    '0x6037',
    '١٦١٤٢٦٥٣٣٠',
  ])('the timestamp %p is malformed', (timestamp) => {
    expect(verify({ ...VECTOR.headers, timestamp })).toBe('timestamp-malformed');
  });

  test('an endless timestamp is out of tolerance', () => {
    expect(verify({ ...VECTOR.headers, timestamp: '9'.repeat(400) })).toBe('timestamp-out-of-tolerance');
  });

  test.each(['', 'a.b', 'a b', 'x'.repeat(257), 'é'])('the id %p is malformed', (id) => {
    expect(verify({ ...VECTOR.headers, id })).toBe('signature-malformed');
  });

  test.each([
    '',
    'v1',
    'v1,',
    'v1,short',
    'g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    `${VECTOR.headers.signature}=`,
  ])('the signature %p is malformed', (signature) => {
    expect(verify({ ...VECTOR.headers, signature })).toBe('signature-malformed');
  });

  test('eight signatures are read, nine are refused', () => {
    const { signature } = VECTOR.headers;
    expect(verify({ ...VECTOR.headers, signature: Array.from({ length: 8 }, () => signature).join(' ') })).toBe(true);
    expect(verify({ ...VECTOR.headers, signature: Array.from({ length: 9 }, () => signature).join(' ') })).toBe(
      'signature-malformed',
    );
  });

  test.each(['id', 'timestamp', 'signature'])('without its %s nothing is verified', (header) => {
    expect(verify({ ...VECTOR.headers, [header]: undefined })).toBe('signature-missing');
  });

  test('two different bodies that are not UTF-8 do not share a signature', () => {
    const { id, timestamp } = VECTOR.headers;
    const signature = sign(VECTOR.secret, id, timestamp, new Uint8Array([0xff]));
    expect(verify({ id, timestamp, signature }, new Uint8Array([0xff]))).toBe(true);
    expect(verify({ id, timestamp, signature }, new Uint8Array([0xfe]))).toBe(false);
  });
});

describe('secrets', () => {
  test.each([
    '',
    'whsec_',
    'whsec_c2hvcnQ=',
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS',
    'whsec_!!!!',
    `whsec_${Buffer.alloc(65).toString('base64')}`,
  ])('%p is refused without being repeated', (secret) => {
    const attempt = (): unknown => parseWebhookKey(secret);
    expect(attempt).toThrow(expect.objectContaining({ code: 'signing-secret-invalid' }));
    expect(attempt).not.toThrow(secret.length > 6 ? secret : 'no such text');
  });

  test('24 to 64 bytes are accepted', () => {
    expect(
      [24, 32, 64].map((bytes) => parseWebhookKey(`whsec_${Buffer.alloc(bytes, 7).toString('base64')}`).length),
    ).toEqual([24, 32, 64]);
  });
});
