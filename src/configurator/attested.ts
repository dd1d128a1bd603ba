/** For whom a process of ours acts under its own key: whose token it verified, or who delegated to it. */
import { decideAct, personOf } from '../domain/identity/decide.ts';
import type { Person, Proven } from '../domain/identity/decide.ts';
import type { Operators } from '../domain/identity/operators.ts';
import { actorProblem } from '../domain/rollout/actor.ts';
import type { ActorKey } from '../identity/key.ts';
import type { ActSigner } from './sign-act.ts';

export type Attestable =
  | Extract<Proven, { readonly kind: 'oidc' }>
  | (Extract<Proven, { readonly kind: 'key' }> & { readonly delegation: string });

export interface AttestedPerson extends Person {
  readonly signer: ActSigner;
  /** May they do this to this action, as far as it is known here? The worker judges again, with the queues. */
  refusalOf(act: string, action: string): string | null;
}

/** So that a signature stays within its bound, whoever is in a thousand groups. */
const MAX_GROUPS = 100;
const MAX_GROUPS_BYTES = 3_000;

/** The person by the list as it is now; or why nobody acts, in words that go on a sentence. */
export function attestedPerson(operators: Operators, attestor: ActorKey, given: Attestable): AttestedPerson | string {
  const proven = given.kind === 'oidc' ? { ...given, groups: fittingGroups(operators, given.groups) } : given;
  const person = personOf(operators, proven);
  const unfit = typeof person === 'string' ? person : actorProblem(person.name);
  if (typeof person === 'string' || unfit !== null) return unfit ?? '';
  return {
    ...person,
    signer: { key: attestor, ...wordFor(proven) },
    refusalOf(act, action) {
      const decided = decideAct(operators, proven, { act, action, queues: [], by: person.name });
      return decided.ok ? null : decided.refusal;
    },
  };
}

function wordFor(proven: Attestable): Pick<ActSigner, 'oidc' | 'delegation'> {
  return proven.kind === 'oidc'
    ? { oidc: { iss: proven.issuer, sub: proven.subject, groups: [...proven.groups] } }
    : { delegation: proven.delegation };
}

const COMMA_BYTES = 1;

/** Those first that mean something here. In bytes, for both a signature and a cookie hold them as UTF-8. */
export function fittingGroups(
  operators: Operators,
  groups: readonly string[],
  maxBytes = MAX_GROUPS_BYTES,
): readonly string[] {
  const known = groups.filter((group) => Object.hasOwn(operators.groups, group));
  const fitting: string[] = [];
  let bytes = 0;
  for (const group of new Set([...known, ...groups])) {
    const more = Buffer.byteLength(JSON.stringify(group)) + COMMA_BYTES;
    // One that is too long keeps no shorter one out.
    if (fitting.length >= MAX_GROUPS || bytes + more > maxBytes) continue;
    bytes += more;
    fitting.push(group);
  }
  return fitting;
}
