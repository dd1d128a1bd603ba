/** A file, one record a line. It is its own cursor, so each record is in it exactly once, whenever the process dies. */
import { open } from 'node:fs/promises';
import { AuditError } from '../audit/errors.ts';
import { linesOf } from '../audit/lines.ts';
import type { Format } from './destination.ts';
import { idPrefix } from './record.ts';
import type { Sink } from './sink.ts';
import { STRUCTURED_ID } from './syslog.ts';

export function fileSink(path: string, format: Format, origin: string): Sink {
  return {
    send: ({ texts }) => append(path, texts.map((text) => `${text}\n`).join('')),
    async resume() {
      const { leaf, checkpointSize, bytes } = await scan(path, format, origin);
      await truncate(path, bytes);
      return { leaf, checkpointSize };
    },
  };
}

const ID: Readonly<Record<Format, RegExp>> = {
  ocsf: /"metadata":\{"version":"[^"]*","uid":"(?<id>[^"]+)"/,
  cef: / ?externalId=(?<id>\S+)/,
  syslog: new RegExp(`^[^[]*\\[${STRUCTURED_ID} id="(?<id>[^"]+)"`),
};

/**
 * The places after the last records of the file, and where its last whole line ends: what a crash cut short is written
 * again.
 */
async function scan(
  path: string,
  format: Format,
  origin: string,
): Promise<{ leaf: number; checkpointSize: number; bytes: number }> {
  const prefix = idPrefix(origin);
  let [leaf, checkpointSize, bytes] = [0, 0, 0];
  try {
    for await (const line of linesOf(path)) {
      if (!line.ended) break;
      bytes += line.bytes;
      const id = ID[format].exec(line.text)?.groups?.['id'] ?? '';
      const { kind, number } = /(?<kind>[ec])(?<number>\d+)$/.exec(id)?.groups ?? {};
      if (number === undefined || id !== `${prefix}${kind}${number}`) throw foreign(path, format, origin);
      if (kind === 'e') leaf = Math.max(leaf, Number(number) + 1);
      else checkpointSize = Math.max(checkpointSize, Number(number));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return { leaf, checkpointSize, bytes };
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
