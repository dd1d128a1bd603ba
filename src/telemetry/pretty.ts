/** A log line for people: time, level, message, then what else the record holds. */
import type { DestinationStream } from 'pino';
import { oneLine } from '../domain/text/printable.ts';
import { colour } from './own-colours.ts';

export function createPrettyStream(stream: { write(line: string): unknown }, color: boolean): DestinationStream {
  return { write: (line) => void stream.write(formatRecord(line, color)) };
}

const COLORS: Readonly<Record<string, number>> = { warn: 33, error: 31, fatal: 31, debug: 2, trace: 2 };

export function formatRecord(json: string, color: boolean): string {
  const record = parse(json);
  if (record === null) return json;
  const { time, level, msg, err, ...rest } = record;
  const paint = color ? COLORS[String(level)] : undefined;
  const clock = typeof time === 'string' ? time.slice(11, 23) : '';
  const fields = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  // A value must neither move the reader's cursor nor begin a line of its own.
  const line = oneLine([clock, String(level).padEnd(5), text(msg), ...fields, ...formatError(err)].join(' ').trimEnd());
  return `${paint === undefined ? line : colour(paint, line)}\n`;
}

function parse(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function formatError(err: unknown): string[] {
  if (typeof err !== 'object' || err === null) return [];
  const { message, code } = err as { message?: unknown; code?: unknown };
  return [`error=${text(message)}${code === undefined ? '' : ` (${text(code)})`}`];
}

function text(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
