/** May this person do this to this rollout? Pure. */
import { show } from '../plan/problem.ts';
import type { ActRequest, Actor, Authorisation, Role } from './actor.ts';
import { ROLES } from './actor.ts';
import type { Grant, Operator, Operators } from './operators.ts';
import { skeleton } from './names.ts';
import { matchesPattern } from './pattern.ts';
import { isBrakeAct, rolesThatMay } from './roles.ts';

/** Whom a signature or a token was proven to belong to. */
export type Proven =
  | { readonly kind: 'key'; readonly key: string }
  | {
      readonly kind: 'oidc';
      readonly issuer: string;
      readonly subject: string;
      readonly groups: readonly string[];
    };

/** Where nobody can be told apart, everybody may all, and every name is but claimed. */
export function claimed(by: string): Actor {
  return { by, verifiedBy: null, subject: null, groups: [], roles: ROLES };
}

/** Whether the person who was proven may; never by the name that they give, which must be theirs. */
export function decideAct(operators: Operators, proven: Proven, request: ActRequest): Authorisation {
  const person = personOf(operators, proven);
  if (typeof person === 'string') return refused(request, person);
  const { name, subject, groups, grants } = person;
  if (name !== request.by)
    return refused(request, `it names ${show(request.by)}, and the signature is ${show(name)}'s.`);
  const roles = rolesOn(operators, grants, request);
  const needed = rolesThatMay(request.act);
  const actor: Actor = { by: name, verifiedBy: proven.kind, subject, groups, roles };
  return roles.some((role) => needed.includes(role))
    ? { ok: true, actor }
    : { ...refused(request, lacking(name, needed, roles, request)), actor };
}

/** The names of those who may, of a list that is whole; null: whoever has a token may be anybody, in any group. */
export function namesOfWhoMay(
  operators: Operators,
  request: Omit<ActRequest, 'by'>,
  groups: readonly string[],
): readonly string[] | null {
  if (operators.issuers.length > 0) return null;
  const needed = rolesThatMay(request.act);
  return operators.operators
    .map((operator) => asPerson(operators, operator, '', []))
    .filter((person) => groups.length === 0 || groups.some((group) => person.groups.includes(group)))
    .filter(({ name, grants }) =>
      rolesOn(operators, grants, { ...request, by: name }).some((role) => needed.includes(role)),
    )
    .map(({ name }) => name);
}

/** Whom the list knows by that key or token; or why nobody, in words that go on a sentence. */
export function personOf(operators: Operators, proven: Proven): Person | string {
  return proven.kind === 'key' ? ownerOf(operators, proven.key) : holderOf(operators, proven);
}

export interface Person {
  readonly name: string;
  readonly subject: string;
  readonly groups: readonly string[];
  readonly grants: readonly Grant[];
}

function ownerOf(operators: Operators, key: string): Person | string {
  const operator = operators.operators.find(({ keys }) => keys.includes(key));
  return operator === undefined
    ? `its key ${key.slice(0, 12)}… is no operator's; an admin adds it to operators.yaml.`
    : asPerson(operators, operator, `ed25519:${key}`, []);
}

/** One who is an operator too goes by that name, with the rights of both. */
function holderOf(operators: Operators, proven: Extract<Proven, { kind: 'oidc' }>): Person | string {
  const issuer = operators.issuers.find((one) => one.issuer === proven.issuer);
  if (issuer === undefined) return `tokens of ${proven.issuer} are not taken here; an admin adds it to operators.yaml.`;
  const subject = `${proven.issuer}#${proven.subject}`;
  const more = issuer.subjects.filter((one) => matchesPattern(proven.subject, one.subject));
  const groups = [...new Set([...proven.groups, ...more.flatMap((one) => one.groups)])];
  const same = operators.operators.find(({ oidc }) =>
    oidc.some((one) => one.issuer === proven.issuer && one.subject === proven.subject),
  );
  if (same !== undefined) {
    const person = asPerson(operators, same, subject, groups);
    return { ...person, grants: [...person.grants, ...issuer.grants] };
  }
  const name = `${issuer.prefix}${proven.subject}`;
  if (operators.operators.some((operator) => skeleton(operator.name) === skeleton(name)))
    return `${show(name)} is the name of an operator whose entry does not name this account (oidc: issuer and subject).`;
  const other = operators.issuers.find((one) => isTakenFor(name, one.prefix) && !isTakenFor(issuer.prefix, one.prefix));
  if (other !== undefined)
    return `${show(name)} begins with ${show(other.prefix)}, the prefix of whoever has a token of ${other.issuer}.`;
  return { name, subject, groups, grants: [...issuer.grants, ...grantsOfGroups(operators, groups)] };
}

/** Where no prefix is, nobody is told by one. */
function isTakenFor(name: string, prefix: string): boolean {
  return prefix !== '' && skeleton(name).startsWith(skeleton(prefix));
}

function asPerson(operators: Operators, operator: Operator, subject: string, more: readonly string[]): Person {
  const groups = [...new Set([...operator.groups, ...more])];
  return {
    name: operator.name,
    subject,
    groups,
    grants: [...operator.grants, ...grantsOfGroups(operators, groups)],
  };
}

function grantsOfGroups({ groups }: Operators, names: readonly string[]): Grant[] {
  return names.flatMap((name) => (Object.hasOwn(groups, name) ? (groups[name] ?? []) : []));
}

function rolesOn(operators: Operators, grants: readonly Grant[], request: ActRequest): Role[] {
  const roles = grants.filter((grant) => covers(operators, grant, request)).flatMap((grant) => grant.roles);
  return ROLES.filter((role) => roles.includes(role));
}

/**
 * A grant for some queues covers a rollout that is confined to them. To stop one it is enough that it touches any of
 * them: who answers for a part of it must be able to end it.
 */
function covers({ divisions }: Operators, grant: Grant, { act, action, queues }: ActRequest): boolean {
  if (grant.actions !== undefined && !grant.actions.some((pattern) => matchesPattern(action, pattern))) return false;
  if (grant.queues === undefined && grant.divisions === undefined) return true;
  const granted = new Set([
    ...(grant.queues ?? []),
    ...(grant.divisions ?? []).flatMap((name) => (Object.hasOwn(divisions, name) ? (divisions[name] ?? []) : [])),
  ]);
  const isGranted = (queue: string): boolean => granted.has(queue.toLowerCase());
  if (isBrakeAct(act) || act === 'view') return queues.length === 0 || queues.some(isGranted);
  return queues.length > 0 && queues.every(isGranted);
}

function lacking(name: string, needed: readonly Role[], roles: readonly Role[], { action }: ActRequest): string {
  const has = roles.length === 0 ? 'no role' : `only ${roles.join(', ')}`;
  return `${name} has ${has} on ${show(action)} and its queues; it takes ${needed.join(' or ')}, granted in operators.yaml.`;
}

function refused({ act }: ActRequest, why: string): Extract<Authorisation, { readonly ok: false }> {
  return { ok: false, refusal: `Cannot ${act}: ${why}` };
}
