/** An entry or a checkpoint of the audit log on its way out: one shape that every format is made from. */
import { keyOfLine } from '../audit/checkpoint-file.ts';
import { leafHash, toBase64 } from '../audit/hash.ts';
import type { AuditLine, StoredCheckpoint } from '../store/audit-log.ts';

export interface SiemRecord {
  /**
   * Names the record for good: `<origin>:e<leaf>` or `<origin>:c<size>`, with `<epoch>:` between where the log was begun
   * anew. Downstream drops what it has seen.
   */
  readonly id: string;
  readonly atMs: number;
  readonly key: string;
  readonly act: string;
  readonly actor: string;
  readonly reason: string;
  readonly action: string | null;
  readonly version: string | null;
  readonly rolloutId: string | null;
  readonly correlationId: string | null;
  readonly complianceStatus: string | null;
  /** Phase after the act, where the entry tells one. */
  readonly phase: string | null;
  /** Place in the log; for a checkpoint the size that it covers. */
  readonly leaf: number;
  /** The line's value, or the checkpoint's note: what the proofs speak of. */
  readonly content: Readonly<Record<string, unknown>>;
  /** Base64 of the leaf's hash; null for a checkpoint. */
  readonly leafHash: string | null;
}

/** Who sends: stands in every record. */
export interface LogSender {
  /** Which log: the name of its key. */
  readonly origin: string;
  readonly host: string;
  readonly productVersion: string;
}

export function entryRecord({ leaf, line }: AuditLine, { origin }: LogSender, epoch = ''): SiemRecord {
  const content = JSON.parse(line) as Record<string, unknown>;
  const text = (name: string): string | null => (typeof content[name] === 'string' ? content[name] : null);
  const { after } = content;
  const phase =
    typeof after === 'object' && after !== null && 'phase' in after && typeof after.phase === 'string'
      ? after.phase
      : null;
  return {
    id: idOf({ origin, epoch, kind: 'e', number: leaf }),
    atMs: Date.parse(text('at') ?? ''),
    key: keyOfLine(line),
    act: text('act') ?? '',
    actor: text('actor') ?? '',
    reason: text('reason') ?? '',
    action: text('action'),
    version: text('version'),
    rolloutId: text('rolloutId'),
    correlationId: text('correlationId'),
    complianceStatus: text('complianceStatus'),
    phase,
    leaf,
    content,
    leafHash: toBase64(leafHash(line)),
  };
}

export function checkpointRecord({ size, note, at }: StoredCheckpoint, { origin }: LogSender, epoch = ''): SiemRecord {
  return {
    id: idOf({ origin, epoch, kind: 'c', number: size }),
    atMs: at.getTime(),
    key: `checkpoint/${size}`,
    act: 'checkpoint',
    actor: 'engine',
    reason: `the log has ${size} entries`,
    action: null,
    version: null,
    rolloutId: null,
    correlationId: null,
    complianceStatus: null,
    phase: null,
    leaf: size,
    content: { note },
    leafHash: null,
  };
}

export interface RecordId {
  readonly origin: string;
  readonly epoch: string;
  /** Entry or checkpoint. */
  readonly kind: 'e' | 'c';
  readonly number: number;
}

function idOf({ origin, epoch, kind, number }: RecordId): string {
  return `${idPrefix(origin)}${epoch === '' ? '' : `${epoch}:`}${kind}${number}`;
}

/** Null for what is no id of a record of this log. */
export function parseId(id: string, origin: string): RecordId | null {
  const prefix = idPrefix(origin);
  if (!id.startsWith(prefix)) return null;
  const { epoch = '', kind, number } = ID.exec(id.slice(prefix.length))?.groups ?? {};
  return number === undefined ? null : { origin, epoch, kind: kind === 'e' ? 'e' : 'c', number: Number(number) };
}

const EPOCH_LETTERS = 12;
const ID = /^(?:(?<epoch>[0-9a-f]{12}):)?(?<kind>[ec])(?<number>\d+)$/;

/** Names what follows a new beginning by the entry that tells of it, of which there is none like it. */
export function epochOf({ line }: AuditLine): string {
  return Buffer.from(leafHash(line)).toString('hex').slice(0, EPOCH_LETTERS);
}

/** Letters that mean nothing in any format, so that an id never needs escaping. */
function idPrefix(origin: string): string {
  return `${origin.replaceAll(/[^A-Za-z0-9._/-]/g, '_')}:`;
}

/** JSON on one line of ASCII, whatever splits lines elsewhere: U+2028, U+0085, DEL and the like are escaped too. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * What no text format can carry safely, or turns the direction of what is read, becomes U+FFFD; the exact text is in
 * the JSON beside it.
 */
export function withoutControls(text: string): string {
  return text.replaceAll(
    /(?![\n\r\t])\p{Cc}|[\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\p{Surrogate}]/gu,
    '\uFFFD',
  );
}
