import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { toFailure, withFailures } from '../../src/activities/failures.ts';
import { GenesysError } from '../../src/genesys/errors.ts';
import type { GenesysErrorKind } from '../../src/genesys/errors.ts';
import { TargetError } from '../../src/targets/target-error.ts';
import type { TargetErrorCode } from '../../src/targets/target-error.ts';

const steady = (): number => 0;
const genesys = (kind: GenesysErrorKind, more: object = {}): GenesysError =>
  new GenesysError({
    kind,
    asked: 'PUT /api/v2/agentassist/actions/1',
    came: '503 service.unavailable',
    correlationId: 'corr-1',
    ...more,
  });

const types: readonly (readonly [GenesysErrorKind, string, boolean])[] = [
  ['badRequest', 'GenesysBadRequest', true],
  ['unauthorized', 'GenesysUnauthorized', false],
  ['forbidden', 'GenesysForbidden', true],
  ['notFound', 'GenesysNotFound', true],
  ['conflict', 'GenesysConflict', true],
  ['rateLimited', 'GenesysRateLimited', false],
  ['unavailable', 'GenesysUnavailable', false],
  ['timeout', 'GenesysTimeout', false],
  ['network', 'GenesysNetwork', false],
  ['badAnswer', 'GenesysBadAnswer', false],
  ['badClient', 'GenesysBadClient', true],
];
test.each(types)('%s becomes %s (final: %p), with the correlation id', (kind, type, nonRetryable) => {
  const failure = toFailure(genesys(kind), steady);
  expect(failure).toMatchObject({ type, nonRetryable });
  expect(failure.message).toContain('corr-1');
});

const refusals: readonly (readonly [TargetErrorCode, boolean])[] = [
  ['NoBaseline', true],
  ['AmbiguousBaseline', true],
  ['AlreadyServing', true],
  ['OtherCandidate', true],
  ['VersionConflict', true],
  ['VersionMissing', true],
  ['ReadBackMismatch', true],
  ['NotYetReadable', false],
];
test.each(refusals)('the refusal %s keeps its code (final: %p)', (code, nonRetryable) => {
  expect(toFailure(new TargetError(code, 'why and the way out'), steady)).toMatchObject({
    type: code,
    nonRetryable,
    message: 'why and the way out',
  });
});

test('Retry-After becomes the next retry delay: never earlier, and spread by the jitter', () => {
  const limited = genesys('rateLimited', { retryAfterMs: 40_000 });
  expect(toFailure(limited, () => 0).nextRetryDelay).toBe(40_000);
  expect(toFailure(limited, () => 0.5).nextRetryDelay).toBe(45_000);
  expect(toFailure(genesys('rateLimited', { retryAfterMs: 1000 }), () => 0.5).nextRetryDelay).toBe(1500);
});

test('without Retry-After the back-off of the policy decides', () => {
  expect(toFailure(genesys('rateLimited'), steady).nextRetryDelay).toBeUndefined();
  expect(toFailure(genesys('unavailable', { retryAfterMs: 5000 }), steady).nextRetryDelay).toBeUndefined();
});

test('details tell what a machine may ask for, as plain JSON', () => {
  const error = genesys('forbidden', {
    status: 403,
    code: 'missing.permissions',
    missing: ['assistants:assistant:add'],
  });
  expect(JSON.parse(JSON.stringify(toFailure(error, steady).details))).toEqual([
    {
      kind: 'forbidden',
      status: 403,
      code: 'missing.permissions',
      correlationId: 'corr-1',
      fieldErrors: [],
      missing: ['assistants:assistant:add'],
    },
  ]);
});

test.each([new TypeError('x is undefined'), 'a string'])(
  'what nobody foresaw is retried as Unexpected: %p',
  (thrown) => {
    expect(toFailure(thrown, steady)).toMatchObject({
      type: 'Unexpected',
      nonRetryable: false,
      message: thrown instanceof Error ? thrown.message : thrown,
    });
  },
);

describe('withFailures', () => {
  const caughtFrom = (thrown: unknown): Promise<unknown> =>
    withFailures(() => Promise.reject(thrown as Error), steady)().then(
      () => undefined,
      (error: unknown) => error,
    );

  test('passes arguments and results through', async () => {
    const add = withFailures((a: number, b: number) => Promise.resolve(a + b), steady);
    expect(await add(2, 3)).toBe(5);
  });

  test('maps what is thrown', async () => {
    const caught = await caughtFrom(genesys('conflict'));
    expect(caught).toBeInstanceOf(ApplicationFailure);
    expect(caught).toMatchObject({ type: 'GenesysConflict' });
  });

  test('leaves failures and cancellations as they are', async () => {
    const abort = Object.assign(new Error('aborted'), { name: 'AbortError' });
    for (const thrown of [ApplicationFailure.nonRetryable('no', 'Mine'), new CancelledFailure('stop'), abort]) {
      expect(await caughtFrom(thrown)).toBe(thrown);
    }
  });
});
