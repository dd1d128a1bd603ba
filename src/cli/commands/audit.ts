/** `audit checkpoint|verify|export|key|write`. */
import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { readCheckpointFile } from '../../audit/checkpoint-file.ts';
import { writeEngagement } from '../../audit/engagement.ts';
import { exportAudit } from '../../audit/export.ts';
import type { Verdict } from '../../audit/findings.ts';
import { demandSigner, findSigner, writeNewKey } from '../../audit/key.ts';
import { parseVerifier } from '../../audit/note.ts';
import type { Verifier } from '../../audit/note.ts';
import { readKept, signAndKeep } from '../../audit/sign-and-keep.ts';
import { verifyDatabase, verifyExport } from '../../audit/verify.ts';
import { readConfig } from '../../config.ts';
import { AssistError } from '../../configurator/errors.ts';
import { formatDuration } from '../../domain/shared/duration.ts';
import { appendAudit } from '../../store/audit.ts';
import { leavesOfRollout, rolloutsInLog } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { keepingOf, keySource } from '../../compose/audit-keys.ts';
import { demandStore, withStore } from '../../compose/store.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { repeat } from '../repeat.ts';

export interface CheckpointArgs extends JsonOption {
  readonly to?: string;
  readonly every?: number;
  readonly new?: boolean;
}

export async function auditCheckpoint(
  deps: Deps,
  { to, every, new: begin = false, json }: CheckpointArgs,
): Promise<number> {
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
  await appendAudit(db, {
    key: `checkpointsBegun/${randomUUID()}`,
    at,
    actor: user,
    act: 'checkpointsBegun',
    reason: `audit checkpoint --new: what was kept of the log outside, if anything, does not count`,
    details: { file: to ?? null },
  });
}

export interface VerifyArgs extends JsonOption {
  readonly file?: string;
  readonly checkpoint?: string;
  readonly key?: string;
}

export async function auditVerify(deps: Deps, { file, checkpoint, key, json }: VerifyArgs): Promise<number> {
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

const MOST_FINDINGS = 50;

function verdictLines(
  { ok, entries, covered, checkpoints, lastSigned, findings }: Verdict,
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
  const more = findings.length - MOST_FINDINGS;
  return [
    `The log of ${name} does NOT verify: ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} ` +
      `in ${entries} entries.`,
    ...findings.slice(0, MOST_FINDINGS).map(({ kind, message }) => `  ${kind}: ${message}`),
    ...(more > 0 ? [`  … and ${more} more; --json lists all.`] : []),
    ...signed,
  ];
}

/** An old copy is whole too: only the age of its last signature shows what may have come after. */
function signedLine(lastSigned: Verdict['lastSigned'], nowMs: number): string[] {
  if (lastSigned === null) return [];
  const { size, at } = lastSigned;
  return [
    `Last signed ${at === null ? 'at a time that its checkpoint does not tell' : `${at} (${ago(nowMs - Date.parse(at))})`}, ${size} entries.`,
  ];
}

function ago(ms: number): string {
  return ms < 0
    ? `${formatDuration(-ms)} ahead of this machine's clock`
    : `${formatDuration(ms)} ago; nothing here tells what was logged since`;
}

export interface ExportArgs extends JsonOption {
  readonly to: string;
  readonly rollout?: string;
  readonly proofs: boolean;
}

/** Signs first, so that the export is covered to its last entry, and tells when it was made. */
export async function auditExport(deps: Deps, { to, rollout, proofs, json }: ExportArgs): Promise<number> {
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

export interface KeyArgs extends JsonOption {
  readonly new?: string;
  readonly to?: string;
}

export async function auditKey(deps: Deps, { new: name, to, json }: KeyArgs): Promise<number> {
  if ((name === undefined) !== (to === undefined))
    throw new AssistError(
      'usage',
      '--new and --to go together.',
      'Give both to make a key, neither to print the one in use.',
    );
  const signer =
    name !== undefined && to !== undefined ? await writeNewKey(to, name) : await demandSigner(keySource(deps));
  if (json)
    printJson(deps.out, {
      kind: 'auditKey',
      name: signer.name,
      key: signer.text,
      ...(to === undefined ? {} : { privateKeyFile: to }),
    });
  else printLines(deps.out, [signer.text]);
  return EXIT.ok;
}

export interface WriteArgs extends JsonOption {
  readonly actionId: string;
  readonly agent: string;
  readonly metrics: Record<string, unknown>;
  readonly contentSha256?: string;
}

export async function auditWrite(deps: Deps, { actionId, agent, metrics, contentSha256 }: WriteArgs): Promise<number> {
  const { agentIdHashKey } = readConfig(deps.env).events;
  const { record } = await withStore(deps, (db) =>
    writeEngagement(db, {
      actionId,
      agentId: agent,
      metrics,
      contentSha256: contentSha256 ?? null,
      at: new Date(deps.now()),
      agentIdHashKey,
    }),
  );
  printJson(deps.out, record);
  return EXIT.ok;
}
