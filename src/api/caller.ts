/** Who calls: the holder of the token, for whom this process speaks under its own key. */
import { attestedPerson } from '../configurator/attested.ts';
import type { AttestedPerson } from '../configurator/attested.ts';
import type { ActorKey } from '../identity/key.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import type { TokenVerifier } from '../identity/tokens.ts';
import { refusal } from './problem.ts';

export interface Caller extends AttestedPerson {
  readonly tokenExpiresAtMs: number;
}

export interface CallersDeps {
  readonly operators: OperatorsSource;
  readonly verifier: TokenVerifier;
  readonly attestor: ActorKey;
}

/** By the header Authorization; throws what to answer. */
export async function callerOf(deps: CallersDeps, authorization: string | undefined): Promise<Caller> {
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined)
    throw refusal(
      'api-token-missing',
      authorization === undefined ? 'No token came with the request.' : 'What stands in Authorization is no JWT.',
      'Send Authorization: Bearer <token>; `assist-rollouts login` gets one.',
    );
  const operators = await deps.operators.now();
  const read = await deps.verifier.verify(token, operators.issuers);
  if (!read.ok)
    throw read.kind === 'unavailable'
      ? refusal('api-issuer-unavailable', read.why, 'Try again in a moment.')
      : refusal('api-token-refused', `The token is refused: ${read.why}`, 'Sign in again: `assist-rollouts login`.');
  const { expiresAtMs, ...holder } = read.holder;
  const person = attestedPerson(operators, deps.attestor, { kind: 'oidc', ...holder });
  if (typeof person === 'string')
    throw refusal('api-not-allowed', `You cannot act here: ${person}`, 'An admin puts that right in operators.yaml.');
  return { ...person, tokenExpiresAtMs: expiresAtMs };
}
