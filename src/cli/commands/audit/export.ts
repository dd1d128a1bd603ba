/** `audit export`: the log with its proofs, in a file. */
import { open } from 'node:fs/promises';
import type { Command } from 'commander';
import { exportAudit } from '../../../audit/export.ts';
import { demandSigner } from '../../../audit/key.ts';
import { signAndKeep } from '../../../audit/sign-and-keep.ts';
import { keepingOf, keySource } from '../../../compose/audit-keys.ts';
import { withStore } from '../../../compose/store.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { leavesOfRollout, rolloutsInLog } from '../../../store/audit-log.ts';
import type { Database } from '../../../store/database.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT, nonEmpty } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function auditExport(run: Run): Command {
  const help = {
    description: 'the log with its proofs, as JSON lines',
    examples: ['audit export --to audit.jsonl'],
  };
  return createVerb('export', help)
    .requiredOption('--to <file>', 'file to write', nonEmpty)
    .option('--rollout <id>', 'only the entries of one rollout, each proven by itself', nonEmpty)
    .option('--no-proofs', 'leave the proofs of single entries out')
    .option(...JSON_OBJECT)
    .action((options: ExportArgs) => run((deps) => writeExport(deps, options)));
}

interface ExportArgs extends JsonOption {
  readonly to: string;
  readonly rollout?: string;
  readonly proofs: boolean;
}

/** Signs first, so that the export is covered to its last entry, and tells when it was made. */
async function writeExport(deps: Deps, { to, rollout, proofs, json }: ExportArgs): Promise<number> {
  const signer = await demandSigner(keySource(deps));
  const exported = await withStore(deps, async (db) => {
    if (rollout !== undefined) await assertInLog(db, rollout);
    await signAndKeep(db, signer, { now: deps.now, anewAfterMs: 0, record: keepingOf(deps).record });
    const handle = await open(to, 'w', 0o600);
    const stream = handle.createWriteStream();
    try {
      return await exportAudit(db, {
        verifier: signer,
        withoutProofs: !proofs,
        ...(rollout === undefined ? {} : { rolloutId: rollout }),
        write: (text) =>
          new Promise((resolve, reject) => void stream.write(text, (error) => (error ? reject(error) : resolve()))),
      });
    } finally {
      await new Promise<void>((resolve) => void stream.end(resolve));
    }
  });
  if (json) printJson(deps.out, { kind: 'auditExport', file: to, key: signer.text, ...exported });
  else
    printLines(deps.out, [
      `${exported.entries} entries and ${exported.checkpoints} checkpoints in ${to}. Verify it anywhere with:`,
      `  assist-rollouts audit verify --file ${to} --key ${signer.text}`,
    ]);
  return EXIT.ok;
}

/** A selection that is empty would pass for a rollout that did nothing. */
async function assertInLog(db: Database, rollout: string): Promise<void> {
  if ((await leavesOfRollout(db, rollout)).length > 0) return;
  const known = await rolloutsInLog(db, rollout);
  throw new AssistError(
    'rollout-not-found',
    `The audit log knows no rollout "${rollout}".`,
    known.length > 0
      ? `It is the name of an action; the rollouts of it are, newest first: ${known.join(', ')}.`
      : 'Give the id of a rollout; `assist-rollouts audit list --json` shows them.',
  );
}
