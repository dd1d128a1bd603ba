/** Every error becomes one message (or one JSON object) and one exit code, here and nowhere else. */
import { isNativeError } from 'node:util/types';
import { isGenesysError } from '../genesys/errors.ts';
import { storeTrouble } from '../store/trouble.ts';
import type { Output } from './deps.ts';
import { broken, printJson } from './deps.ts';
import { exitCodeOfError } from './exit-codes.ts';
import { fileTrouble } from './files.ts';
import { createPaint } from './view/paint.ts';

export interface ErrorReport {
  readonly kind: 'error';
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly [key: string]: unknown;
}

export function reportError(out: Output, error: unknown, json: boolean): number {
  const report = describeError(error);
  const remedy = report.remedy === null ? '' : `\n${report.remedy}`;
  if (json) printJson(out, report);
  else out.stderr(`${broken(out, `${createPaint(out.color)('bad', 'error')} ${report.message}${remedy}`)}\n`);
  return exitCodeOfError(report.code);
}

/** A line of this many characters holds what nobody wrote to be read. */
const MAX_LINE = 2000;
const SHOWN = 400;

/** What was typed, or stands in a file, may be of any length, and is told in every error: its beginning and its end. */
export function clipLines(text: string): string {
  return text.replaceAll(/[^\n]+/g, (line) =>
    line.length <= MAX_LINE
      ? line
      : `${line.slice(0, SHOWN)} … (${line.length - 2 * SHOWN} characters left out) … ${line.slice(-SHOWN)}`,
  );
}

export function describeError(error: unknown): ErrorReport {
  const report = reportOf(error);
  const { message, remedy, problems } = report;
  return {
    ...report,
    message: clipLines(message),
    remedy: remedy === null ? null : clipLines(remedy),
    ...(Array.isArray(problems) && { problems: problems.map(clipProblem) }),
  };
}

function clipProblem(problem: unknown): unknown {
  if (typeof problem !== 'object' || problem === null) return problem;
  return Object.fromEntries(
    Object.entries(problem).map(([name, value]) => [name, typeof value === 'string' ? clipLines(value) : value]),
  );
}

function reportOf(error: unknown): ErrorReport {
  if (!(error instanceof Error || isNativeError(error)))
    return { kind: 'error', code: 'unexpected', message: String(error), remedy: null };
  const { code, remedy, details, problems } = error as Error &
    Partial<Record<'code' | 'remedy' | 'details' | 'problems', unknown>>;
  if (code === 'EADDRINUSE') return portInUse(error);
  const store = storeReport(error);
  if (store !== null) return store;
  const organisation = organisationCode(error);
  if (organisation !== null) return { kind: 'error', code: organisation, message: error.message, remedy: null };
  const trouble = fileTrouble(error);
  if (trouble !== null)
    return {
      kind: 'error',
      code: 'file-unusable',
      message: trouble,
      remedy: 'Name another file, or give yourself the right to use this one.',
    };
  return {
    kind: 'error',
    code: typeof code === 'string' ? code : 'unexpected',
    message: error.message,
    remedy: typeof remedy === 'string' ? remedy : null,
    ...(typeof details === 'object' && details !== null ? details : {}),
    ...(Array.isArray(problems) ? { problems } : {}),
  };
}

function portInUse(error: Error): ErrorReport {
  const { port } = error as Error & { port?: number };
  return {
    kind: 'error',
    code: 'port-in-use',
    message: `Port ${port ?? '?'} is already in use.`,
    remedy: 'Choose another with --port.',
  };
}

/** What PostgreSQL itself says, wherever a verb asked it. */
function storeReport(error: Error): ErrorReport | null {
  const trouble = storeTrouble(error);
  if (trouble === null) return null;
  const { code, what, remedy } = trouble;
  return { kind: 'error', code, message: `${what}: ${error.message}.`, remedy };
}

/** By the way to react: put the credentials right, name another target, or come again. Null for what is wrong with the request itself. */
function organisationCode(error: Error): string | null {
  if (isGenesysError(error, 'badClient', 'unauthorized', 'forbidden')) return 'organisation-refused';
  if (isGenesysError(error, 'noResource')) return 'NoSuchResource';
  return isGenesysError(error, 'network', 'proxy', 'timeout', 'unavailable', 'rateLimited', 'badAnswer')
    ? 'organisation-unavailable'
    : null;
}
