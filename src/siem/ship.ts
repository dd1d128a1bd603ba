/** Ships the log, entry by entry in its order, and its checkpoints, from where the destination has come to. */
import type { Checkpoint } from '../audit/checkpoint.ts';
import { AuditError } from '../audit/errors.ts';
import { listCheckpoints, readAuditLines, readCursor, saveCursor } from '../store/audit-log.ts';
import type { AuditLine, ShippingCursor } from '../store/audit-log.ts';
import type { Database } from '../store/database.ts';
import { formatCef } from './cef.ts';
import type { Format } from './destination.ts';
import { formatOcsf } from './ocsf.ts';
import { checkpointRecord, entryRecord } from './record.ts';
import type { LogSender, SiemRecord } from './record.ts';
import { resumeAt } from './resume.ts';
import type { Batch, Sink } from './sink.ts';
import { formatSyslog } from './syslog.ts';

export interface Shipping {
  readonly sink: Sink;
  readonly format: Format;
  /** Names the destination's cursor. */
  readonly destination: string;
  readonly sender: LogSender;
  readonly now: () => number;
  readonly signal?: AbortSignal;
  /** What this key signed last, as far as that is kept outside the database. */
  readonly kept?: () => Promise<readonly Checkpoint[]>;
}

export interface Shipped {
  readonly entries: number;
  readonly checkpoints: number;
  readonly cursor: ShippingCursor;
}

const BATCH = 500;
const FORMATTERS: Readonly<Record<Format, (record: SiemRecord, sender: LogSender) => string>> = {
  ocsf: formatOcsf,
  cef: formatCef,
  syslog: formatSyslog,
};

/**
 * Until nothing is left. Entries are numbered in the order of their commits and without gaps, so none can appear behind
 * the
 * cursor. A failure leaves the cursor where it was: the batch goes out again, with the same ids.
 */
export async function ship(db: Database, shipping: Shipping): Promise<Shipped> {
  const { sink, destination, now, signal } = shipping;
  const name = `${shipping.format} ${shipping.sender.origin} ${destination}`;
  let cursor = await resumeAt(db, {
    stored: await readCursor(db, name),
    reached: await sink.resume(),
    kept: shipping.kept ?? (() => Promise.resolve([])),
  });
  let [entries, checkpoints] = [0, 0];
  for (;;) {
    const { records, next } = await nextRecords(db, cursor, shipping.sender);
    if (records.length === 0 || signal?.aborted === true) break;
    await sink.send(toBatch(records, shipping));
    cursor = next;
    await saveCursor(db, name, cursor, new Date(now()));
    const fresh = records.filter(({ leafHash }) => leafHash !== null).length;
    entries += fresh;
    checkpoints += records.length - fresh;
  }
  return { entries, checkpoints, cursor };
}

async function nextRecords(
  db: Database,
  cursor: ShippingCursor,
  sender: LogSender,
): Promise<{ records: SiemRecord[]; next: ShippingCursor }> {
  const lines = await readAuditLines(db, cursor.leaf, BATCH);
  assertUnbroken(lines, cursor.leaf);
  const leaf = cursor.leaf + lines.length;
  const fresh = (await listCheckpoints(db, cursor.checkpointSize)).filter(({ size }) => size <= leaf);
  const records = [
    ...lines.map((line) => entryRecord(line, sender, cursor.epoch)),
    ...fresh.map((checkpoint) => checkpointRecord(checkpoint, sender, cursor.epoch)),
  ];
  return { records, next: { ...cursor, leaf, checkpointSize: fresh.at(-1)?.size ?? cursor.checkpointSize } };
}

function assertUnbroken(lines: readonly AuditLine[], from: number): void {
  const gap = lines.findIndex(({ leaf }, index) => leaf !== from + index);
  if (gap < 0) return;
  throw new AuditError(
    'audit-tampered',
    `Entry ${from + gap} of the audit log is missing; nothing behind it is shipped.`,
    'Run `assist-rollouts audit verify` and restore the log.',
  );
}

function toBatch(records: readonly SiemRecord[], { format, sender }: Shipping): Batch {
  const write = FORMATTERS[format];
  return {
    texts: records.map((record) => write(record, sender)),
    firstId: records[0]?.id ?? '',
    lastId: records.at(-1)?.id ?? '',
  };
}
