/** The key that signs the audit log here, and what is kept of the log outside the database. */
import type { KeySource } from '../audit/key.ts';
import type { Keeping } from '../audit/sign-and-keep.ts';
import { signedRecordFile } from '../audit/signed-record.ts';
import { readConfig } from '../config.ts';
import type { Env } from '../config/secrets.ts';
import { readSecretOf } from './secrets.ts';

/** Only the embedded default makes a key of its own: several machines on one database must share theirs. */
export function keySource({ env }: { readonly env: Env }): KeySource {
  const { databaseUrl, home } = readConfig(env);
  return {
    key: readSecretOf({ env }, 'AUDIT_SIGNING_KEY'),
    keyFile: env['AUDIT_SIGNING_KEY_FILE'] || undefined,
    home: databaseUrl === null ? home : null,
  };
}

/** What is kept outside the database by the environment's word, or at the file that a verb names. */
export function keepingOf({ env }: { readonly env: Env }, file = env['AUDIT_CHECKPOINT_FILE'] || undefined): Keeping {
  return { file, record: signedRecordFile(keySource({ env })) };
}
