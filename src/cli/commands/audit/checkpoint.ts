/** `audit checkpoint`: signs what the log is now. */
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { demandSigner } from '../../../audit/key.ts';
import { signAndKeep } from '../../../audit/sign-and-keep.ts';
import { keepingOf, keySource } from '../../../compose/audit-keys.ts';
import { withStore } from '../../../compose/store.ts';
import { appendAudit } from '../../../store/audit.ts';
import type { Database } from '../../../store/database.ts';
import { printJson } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { duration, nonEmpty } from '../../options.ts';
import { repeat } from '../../repeat.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function auditCheckpoint(run: Run): Command {
  const help = {
    description: 'sign what the log is now',
    examples: ['audit checkpoint --to /mnt/elsewhere/checkpoints --every 1h'],
  };
  return createVerb('checkpoint', help)
    .option('--to <file>', 'append the checkpoint, and the hashes of the entries to <file>.leaves', nonEmpty)
    .option('--new', 'begin the file anew: what was kept before is gone, or may be forgotten')
    .option('--every <duration>', 'go on signing, until Ctrl-C', duration)
    .option('--json', 'one JSON object a checkpoint')
    .action((options: CheckpointArgs) => run((deps) => signCheckpoints(deps, options)));
}

interface CheckpointArgs extends JsonOption {
  readonly to?: string;
  readonly every?: number;
  readonly new?: boolean;
}

async function signCheckpoints(deps: Deps, { to, every, new: begin = false, json }: CheckpointArgs): Promise<number> {
  const signer = await demandSigner(keySource(deps));
  const keeping = { ...keepingOf(deps), file: to };
  await withStore(deps, async (db) => {
    if (begin) await tellOfNewFile(db, deps, to);
    let first = begin;
    await repeat(deps, every, async () => {
      const checkpoint = await signAndKeep(db, signer, { now: deps.now, ...keeping, begin: first });
      first = false;
      if (json)
        printJson(deps.out, {
          kind: 'checkpoint',
          size: checkpoint.size,
          note: checkpoint.note,
          at: checkpoint.at,
          key: signer.text,
        });
      else deps.out.stdout(checkpoint.note);
    });
  });
  return EXIT.ok;
}

/** That what was kept may be forgotten is a person's word, so it stands in the log. */
async function tellOfNewFile(db: Database, { now, user }: Deps, to: string | undefined): Promise<void> {
  const at = new Date(now());
  const entry = {
    key: `checkpointsBegun/${randomUUID()}`,
    at,
    actor: user,
    act: 'checkpointsBegun',
    reason: `audit checkpoint --new: what was kept of the log outside, if anything, does not count`,
    details: { file: to ?? null },
  };
  await db.tx((trx) => appendAudit(trx, entry));
}
