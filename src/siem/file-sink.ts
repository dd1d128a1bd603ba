/** A file, one record a line. It is its own cursor, so each record is in it exactly once, whenever the process dies. */
import { open } from 'node:fs/promises';
import { AuditError } from '../audit/errors.ts';
import { linesOf } from '../audit/lines.ts';
import type { Format } from './destination.ts';
import { parseId } from './record.ts';
import type { Reached, Sink } from './sink.ts';
import { STRUCTURED_ID } from './syslog.ts';

export function fileSink(path: string, format: Format, origin: string): Sink {
  return {
    send: ({ texts }) => append(path, texts.map((text) => `${text}\n`).join('')),
    async resume() {
      const { bytes, ...reached } = await scan(path, format, origin);
      await truncate(path, bytes);
      return reached;
    },
  };
}

const ID: Readonly<Record<Format, RegExp>> = {
  ocsf: /"metadata":\{"version":"[^"]*","uid":"(?<id>[^"]+)"/,
  cef: / ?externalId=(?<id>\S+)/,
  syslog: new RegExp(`^[^[]*\\[${STRUCTURED_ID} id="(?<id>[^"]+)"`),
};

/** What people wrote cannot look like it: it is escaped, or comes after. */
const HASH: Readonly<Record<Format, (line: string) => string | null>> = {
  ocsf: (line) => (JSON.parse(line) as { unmapped?: { leaf_hash?: string | null } }).unmapped?.leaf_hash ?? null,
  cef: (line) => / cs6=(?<hash>\S+) cs6Label=leafHash$/.exec(line)?.groups?.['hash']?.replaceAll('\\=', '=') ?? null,
  syslog: (line) => SYSLOG_HASH.exec(line)?.groups?.['hash'] ?? null,
};
const SYSLOG_HASH = /^[^[]*\[\S+ id="[^"]*" log="(?:[^"\\]|\\.)*" leaf="\d+" leafHash="(?<hash>[^"]*)"/;

/**
 * The places after the last records of the file, and where its last whole line ends: what a crash cut short is written
 * again.
 */
async function scan(path: string, format: Format, origin: string): Promise<Reached & { bytes: number }> {
  let [epoch, leaf, bytes] = ['', 0, 0];
  let checkpointSize: number | null = null;
  let last: string | null = null;
  try {
    for await (const line of linesOf(path)) {
      if (!line.ended) break;
      bytes += line.bytes;
      const id = parseId(ID[format].exec(line.text)?.groups?.['id'] ?? '', origin);
      if (id === null) throw foreign(path, format, origin);
      if (id.epoch !== epoch) [epoch, leaf, checkpointSize, last] = [id.epoch, 0, null, null];
      if (id.kind === 'c') checkpointSize = Math.max(checkpointSize ?? 0, id.number);
      else if (id.number >= leaf) [leaf, last] = [id.number + 1, line.text];
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return { epoch, leaf, checkpointSize, lastHash: last === null ? null : HASH[format](last), bytes };
}

async function append(path: string, text: string): Promise<void> {
  const handle = await open(path, 'a', 0o600);
  try {
    await handle.appendFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function truncate(path: string, bytes: number): Promise<void> {
  const handle = await open(path, 'a', 0o600);
  try {
    if ((await handle.stat()).size > bytes) await handle.truncate(bytes);
  } finally {
    await handle.close();
  }
}

function foreign(path: string, format: Format, origin: string): AuditError {
  return new AuditError(
    'ship-file-foreign',
    `${path} holds a line that is no ${format} record of the log ${origin}, so it is not gone on with.`,
    'Ship to another file, or name the format that this one was begun with.',
  );
}
