/** `audit ship`: the log to a SIEM. */
import { hostname } from 'node:os';
import { Option } from 'commander';
import type { Command } from 'commander';
import { demandSigner } from '../../../audit/key.ts';
import { FORMATS, parseDestination } from '../../../siem/destination.ts';
import type { SiemDestination, Format } from '../../../siem/destination.ts';
import { fileSink } from '../../../siem/file-sink.ts';
import { httpSink } from '../../../siem/http-sink.ts';
import { ship } from '../../../siem/ship.ts';
import type { Sink } from '../../../siem/sink.ts';
import { socketSink } from '../../../siem/socket-sink.ts';
import { keySource } from '../../../compose/audit-keys.ts';
import { readNamedFile, readSecretOf } from '../../../compose/secrets.ts';
import { withStore } from '../../../compose/store.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { duration, nonEmpty } from '../../options.ts';
import { repeat } from '../../repeat.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function auditShip(run: Run): Command {
  const help = {
    description: 'send the log to a SIEM, from where it stopped',
    examples: ['audit ship --to https://siem.example.com/services/collector --every 1m'],
  };
  return createVerb('ship', help)
    .requiredOption(
      '--to <destination>',
      'file:<path>, https://…, tls://host:port or, on this machine, tcp://host:port',
      nonEmpty,
    )
    .addOption(new Option('--format <format>', 'of the records').choices(FORMATS).default('ocsf'))
    .option('--every <duration>', 'go on shipping, until Ctrl-C', duration)
    .option('--json', 'one JSON object a round')
    .action((options: ShipArgs) => run((deps) => shipLog(deps, options)));
}

interface ShipArgs extends JsonOption {
  readonly to: string;
  readonly format: Format;
  readonly every?: number;
}

async function shipLog(deps: Deps, { to, format, every, json }: ShipArgs): Promise<number> {
  const destination = parseDestination(to);
  const { name: origin } = await demandSigner(keySource(deps));
  const sender = { origin, host: hostname(), productVersion: deps.version };
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

async function sinkOf(deps: Deps, destination: SiemDestination, format: Format, origin: string): Promise<Sink> {
  if (destination.kind === 'file') return fileSink(destination.path, format, origin);
  const caFile = deps.env['SIEM_CA_FILE'];
  const ca = caFile ? await readNamedFile('SIEM_CA_FILE', caFile) : undefined;
  if (destination.kind === 'http')
    return httpSink({ url: destination.url, format, ca, token: readSecretOf(deps, 'SIEM_TOKEN') });
  return socketSink({ kind: destination.kind, host: destination.host, port: destination.port, format, ca });
}
