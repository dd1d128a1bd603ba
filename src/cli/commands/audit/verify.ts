/** `audit verify`: finds what was edited, removed, inserted, reordered or cut off. */
import type { Command } from 'commander';
import { readCheckpointFile } from '../../../audit/checkpoint-file.ts';
import type { LogVerdict } from '../../../audit/findings.ts';
import { findSigner } from '../../../audit/key.ts';
import { parseVerifier } from '../../../audit/note.ts';
import type { Verifier } from '../../../audit/note.ts';
import { readKept } from '../../../audit/sign-and-keep.ts';
import { verifyDatabase, verifyExport } from '../../../audit/verify.ts';
import { keepingOf, keySource } from '../../../compose/audit-keys.ts';
import { demandStore, withStore } from '../../../compose/store.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { formatDuration } from '../../../domain/shared/duration.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT, nonEmpty } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function auditVerify(run: Run): Command {
  const help = {
    description: 'find what was edited, removed, inserted, reordered or cut off',
    examples: ['audit verify', 'audit verify --file audit.jsonl --key audit.example.com+1a2b3c4d+AbCd'],
  };
  return createVerb('verify', help)
    .option('--file <export>', 'an export instead of the database; contacts nobody', nonEmpty)
    .option(
      '--checkpoint <file>',
      'checkpoints that were kept elsewhere, with their .leaves (default, of the database: AUDIT_CHECKPOINT_FILE)',
      nonEmpty,
    )
    .option('--key <public key>', 'whose signature counts (default: that of our own key)', nonEmpty)
    .option(...JSON_OBJECT)
    .action((options: VerifyArgs) => run((deps) => verifyLog(deps, options)));
}

interface VerifyArgs extends JsonOption {
  readonly file?: string;
  readonly checkpoint?: string;
  readonly key?: string;
}

async function verifyLog(deps: Deps, { file, checkpoint, key, json }: VerifyArgs): Promise<number> {
  if (file === undefined) demandStore(deps);
  const verifier = await verifierOf(deps, key);
  const verdict =
    file === undefined
      ? await withStore(deps, async (db) =>
          verifyDatabase(db, { verifier, kept: await readKept(db, verifier, keepingOf(deps, checkpoint)) }),
        )
      : await verifyExport(file, {
          verifier,
          ...(checkpoint === undefined ? {} : { kept: await readCheckpointFile(checkpoint) }),
        });
  if (json) printJson(deps.out, { kind: 'auditVerdict', key: verifier.text, ...verdict });
  else printLines(deps.out, verdictLines(verdict, verifier, deps.now()));
  return verdict.ok ? EXIT.ok : EXIT.tampered;
}

/** Never the key that stands in an export: whoever rewrites that would sign it too. */
async function verifierOf(deps: Deps, key: string | undefined): Promise<Verifier> {
  if (key !== undefined) return parseVerifier(key);
  const signer = await findSigner(keySource(deps));
  if (signer !== null) return signer;
  throw new AssistError(
    'usage',
    'It was not said whose signature counts.',
    'Give the public key with --key; `audit key` prints it where the log is signed.',
  );
}

const MAX_FINDINGS = 50;

function verdictLines(
  { ok, entries, covered, checkpoints, lastSigned, findings }: LogVerdict,
  { name }: Verifier,
  nowMs: number,
): string[] {
  const signed = signedLine(lastSigned, nowMs);
  if (ok) {
    const tail = entries === covered ? '' : ` The last ${entries - covered} are not covered by a checkpoint yet.`;
    return [
      `The log of ${name} is whole: ${entries} entries agree with ${checkpoints} signed checkpoints.${tail}`,
      ...signed,
    ];
  }
  const more = findings.length - MAX_FINDINGS;
  return [
    `The log of ${name} does NOT verify: ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} ` +
      `in ${entries} entries.`,
    ...findings.slice(0, MAX_FINDINGS).map(({ kind, message }) => `  ${kind}: ${message}`),
    ...(more > 0 ? [`  … and ${more} more; --json lists all.`] : []),
    ...signed,
  ];
}

/** An old copy is whole too: only the age of its last signature shows what may have come after. */
function signedLine(lastSigned: LogVerdict['lastSigned'], nowMs: number): string[] {
  if (lastSigned === null) return [];
  const { size, at } = lastSigned;
  const when =
    at === null ? 'at a time that its checkpoint does not tell' : `${at} (${ageText(nowMs - Date.parse(at))})`;
  return [`Last signed ${when}, ${size} entries.`];
}

function ageText(ms: number): string {
  return ms < 0
    ? `${formatDuration(-ms)} ahead of this machine's clock`
    : `${formatDuration(ms)} ago; nothing here tells what was logged since`;
}
