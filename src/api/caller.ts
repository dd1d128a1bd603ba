/** Who calls: the holder of the token, for whom this process speaks under its own key. */
import type { ActSigner } from '../configurator/sign-act.ts';
import { decideAct, personOf } from '../domain/identity/decide.ts';
import type { Person, Proven } from '../domain/identity/decide.ts';
import type { Operators } from '../domain/identity/operators.ts';
import { actorProblem } from '../domain/rollout/actor.ts';
import type { ActorKey } from '../identity/key.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import type { TokenHolder, TokenVerifier } from '../identity/tokens.ts';
import { refusal } from './problem.ts';

export interface Caller extends Person {
  readonly signer: ActSigner;
  readonly tokenExpiresAtMs: number;
  /** May they do this to this action, as far as it is known here? The worker judges again, with the queues. */
  refusalOf(act: string, action: string): string | null;
}

export interface CallersDeps {
  readonly operators: OperatorsSource;
  readonly verifier: TokenVerifier;
  readonly attestor: ActorKey;
}

/** So that a signature stays within its bound, whoever is in a thousand groups. */
const MAX_GROUPS = 100;
const MAX_GROUPS_LENGTH = 3_000;

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
  return personBehind(operators, read.holder, deps.attestor);
}

function personBehind(operators: Operators, holder: TokenHolder, attestor: ActorKey): Caller {
  const { issuer, subject } = holder;
  const groups = fittingGroups(operators, holder.groups);
  const proven: Proven = { kind: 'oidc', issuer, subject, groups };
  const person = personOf(operators, proven);
  const unfit = typeof person === 'string' ? person : actorProblem(person.name);
  if (typeof person === 'string' || unfit !== null)
    throw refusal('api-not-allowed', `You cannot act here: ${unfit}`, 'An admin puts that right in operators.yaml.');
  return {
    ...person,
    signer: { key: attestor, oidc: { iss: issuer, sub: subject, groups: [...groups] } },
    tokenExpiresAtMs: holder.expiresAtMs,
    refusalOf(act, action) {
      const decided = decideAct(operators, proven, { act, action, queues: [], by: person.name });
      return decided.ok ? null : decided.refusal;
    },
  };
}

/** Those first that mean something here. */
function fittingGroups(operators: Operators, groups: readonly string[]): readonly string[] {
  const known = groups.filter((group) => Object.hasOwn(operators.groups, group));
  const fitting: string[] = [];
  let length = 0;
  for (const group of new Set([...known, ...groups])) {
    length += JSON.stringify(group).length;
    if (fitting.length >= MAX_GROUPS || length > MAX_GROUPS_LENGTH) break;
    fitting.push(group);
  }
  return fitting;
}
