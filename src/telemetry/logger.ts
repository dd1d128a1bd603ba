/** Structured logs on stderr (stdout belongs to results), with secrets cut out before a line is written. */
import { pino } from 'pino';
import { createRedactor } from '../domain/text/redact.ts';
import type { DestinationStream, Logger } from 'pino';
import { activeIds } from './spans.ts';
import { createPrettyStream } from './pretty.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level?: string;
  /** One readable line per record instead of JSON. */
  readonly pretty?: boolean;
  readonly color?: boolean;
  readonly stream: { write(line: string): unknown };
}

const SECRET_KEYS = [
  'authorization',
  'Authorization',
  'access_token',
  'accessToken',
  'token',
  'apiKey',
  'client_secret',
  'clientSecret',
  'signingSecret',
  'signingSecrets',
  'secret',
  'secrets',
  'password',
  'cookie',
  'webhook-signature',
];

export function createLogger(options: LoggerOptions): Logger {
  const destination: DestinationStream = options.pretty
    ? createPrettyStream(options.stream, options.color ?? false)
    : { write: (line) => void options.stream.write(line) };
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => activeIds() ?? {},
      redact: { paths: listRedactedPaths(), censor: '[redacted]' },
      hooks: { streamWrite: createRedactor() },
    },
    destination,
  );
}

/** pino redacts by path: the key itself and up to two levels down, where headers and configurations sit. */
function listRedactedPaths(): string[] {
  return SECRET_KEYS.flatMap((key) => {
    const last = `["${key}"]`;
    return [last, `*${last}`, `*.*${last}`];
  });
}
