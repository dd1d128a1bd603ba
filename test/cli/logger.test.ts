import { createLogger } from '../../src/telemetry/logger.ts';
import { formatRecord } from '../../src/telemetry/pretty.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void, pretty = false): string {
  let text = '';
  write(
    createLogger({
      level: 'debug',
      pretty,
      stream: {
        write: (line) => {
          text += line;
        },
      },
    }),
  );
  return text;
}

test('tokens, secrets and passwords are cut, wherever they stand', () => {
  const text = logged((logger) => {
    logger.info(
      {
        headers: { authorization: 'Bearer canary-1234567' },
        clientSecret: 'canary-a',
        options: { tls: { password: 'canary-b' } },
      },
      'calling',
    );
    logger.warn(
      `refused: Bearer canary-7654321 with whsec_${Buffer.from('canary').toString('base64')} at ` +
        'postgres://app:canary-c@db/x',
    );
    logger.error({ err: new Error('Authorization: Basic canary99999') }, 'failed');
  });
  expect(text.trimEnd().split('\n')).toHaveLength(3);
  expect(text).not.toContain('canary');
  expect(text).not.toContain(Buffer.from('canary').toString('base64'));
  expect(text).toContain('postgres://app:[redacted]@db/x');
});

test('a record is one line of JSON with an ISO time', () => {
  expect(JSON.parse(logged((logger) => logger.info({ split: 5 }, 'set')))).toEqual({
    level: 'info',
    time: expect.stringMatching(/Z$/),
    split: 5,
    msg: 'set',
  });
});

test('pretty: time, level, message, fields; no value can begin a line or move the cursor', () => {
  const line = formatRecord(
    JSON.stringify({ level: 'warn', time: '2026-03-01T12:00:00.123Z', msg: 'odd\nname', who: '\u001B[2Jx' }),
    false,
  );
  expect(line).toBe('12:00:00.123 warn  odd\\nname who=\\u001b[2Jx\n');
});

test('below its level nothing is written', () => {
  expect(logged((logger) => logger.trace('quiet'))).toBe('');
});
