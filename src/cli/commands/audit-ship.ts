/** `audit ship`: the log to a SIEM. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { demandSigner } from '../../audit/key.ts';
import { parseDestination } from '../../siem/destination.ts';
import type { Destination, Format } from '../../siem/destination.ts';
import { fileSink } from '../../siem/file-sink.ts';
import { httpSink } from '../../siem/http-sink.ts';
import { ship } from '../../siem/ship.ts';
import type { Sink } from '../../siem/sink.ts';
import { socketSink } from '../../siem/socket-sink.ts';
import { keySource } from '../../compose/audit-keys.ts';
import { readNamedFile, readSecretOf } from '../../compose/secrets.ts';
import { withStore } from '../../compose/store.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { repeat } from '../repeat.ts';
import { packageRoot } from '../../compose/package-root.ts';

export interface ShipArgs extends JsonOption {
  readonly to: string;
  readonly format: Format;
  readonly every?: number;
}

export async function auditShip(deps: Deps, { to, format, every, json }: ShipArgs): Promise<number> {
  const destination = parseDestination(to);
  const { name: origin } = await demandSigner(keySource(deps));
  const sender = { origin, host: hostname(), productVersion: packageVersion() };
  const sink = await sinkOf(deps, destination, format, origin);
  await withStore(deps, (db) =>
    repeat(deps, every, async () => {
      const shipped = await ship(db, {
        sink,
        format,
        destination: destination.name,
        sender,
        now: deps.now,
        signal: deps.signal,
      });
      if (json) printJson(deps.out, { kind: 'shipped', destination: destination.name, ...shipped });
      else if (every === undefined || shipped.entries + shipped.checkpoints > 0) {
        printLines(deps.out, [
          `${shipped.entries} entries and ${shipped.checkpoints} checkpoints to ${destination.name}; the next ` +
            `entry is ${shipped.cursor.leaf}.`,
        ]);
      }
    }),
  );
  return EXIT.ok;
}

async function sinkOf(deps: Deps, destination: Destination, format: Format, origin: string): Promise<Sink> {
  if (destination.kind === 'file') return fileSink(destination.path, format, origin);
  const caFile = deps.env['SIEM_CA_FILE'];
  const ca = caFile ? await readNamedFile('SIEM_CA_FILE', caFile) : undefined;
  if (destination.kind === 'http')
    return httpSink({ url: destination.url, format, ca, token: readSecretOf(deps, 'SIEM_TOKEN') });
  return socketSink({ kind: destination.kind, host: destination.host, port: destination.port, format, ca });
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}
