/** `audit ship`: the log to a SIEM. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { demandSigner } from '../../../audit/key.ts';
import { FORMATS } from '../../../siem/destination.ts';
import type { Format } from '../../../siem/destination.ts';
import { ship } from '../../../siem/ship.ts';
import { keySource } from '../../../compose/audit-keys.ts';
import { composeShipping } from '../../../compose/siem.ts';
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
  const verifier = await demandSigner(keySource(deps));
  const way = await composeShipping({ ...deps, verifier, to, format });
  await withStore(deps, (db) =>
    repeat(deps, every, async () => {
      const shipped = await ship(db, { ...way, signal: deps.signal });
      if (json) printJson(deps.out, { kind: 'shipped', destination: way.destination, ...shipped });
      else if (every === undefined || shipped.entries + shipped.checkpoints > 0) {
        printLines(deps.out, [
          `${shipped.entries} entries and ${shipped.checkpoints} checkpoints to ${way.destination}; the next ` +
            `entry is ${shipped.cursor.leaf}.`,
        ]);
      }
    }),
  );
  return EXIT.ok;
}
