/** The key under which a process of ours acts for those it has verified. */
import type { Env } from '../config/secrets.ts';
import { IdentityError } from '../identity/errors.ts';
import { parseActorKey } from '../identity/key.ts';
import type { ActorKey } from '../identity/key.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import { readSecretOf } from './secrets.ts';

export function findAttestorKey(env: Env): ActorKey | null {
  return readSecretOf({ env }, 'ASSIST_ATTESTOR_KEY') === undefined ? null : attestorKey(env);
}

/** Throws where there is none. */
export function attestorKey(env: Env): ActorKey {
  const given = readSecretOf({ env }, 'ASSIST_ATTESTOR_KEY') ?? '';
  return parseActorKey(given, env['ASSIST_ATTESTOR_KEY_FILE'] || 'ASSIST_ATTESTOR_KEY');
}

/** Else every act would be refused by the worker, each with a riddle. */
export async function assertListed(operators: OperatorsSource, { name, publicKey }: ActorKey): Promise<void> {
  const { attestors } = await operators.now();
  if (attestors.some(({ keys }) => keys.includes(publicKey))) return;
  throw new IdentityError(
    'operators-invalid',
    `The key of this process (${publicKey}) is not listed under attestors, so no worker would take its word.`,
    `Add to operators.yaml: attestors: [{ name: ${name}, key: ${publicKey} }].`,
  );
}
