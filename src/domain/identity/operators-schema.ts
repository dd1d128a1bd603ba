/** `operators.yaml` as people write it, turned into who may act. */
import { z } from 'zod';
import { addFault, readField } from '../plan/fields.ts';
import { problemsOf } from '../plan/issues.ts';
import type { JsonSchema } from '../plan/json-schema.ts';
import { knownFieldsAt } from '../plan/json-schema.ts';
import type { Fault, Problem } from '../plan/problem.ts';
import { show } from '../plan/problem.ts';
import { ROLES } from './actor.ts';
import { isTrustworthy } from './issuer-url.ts';
import { nameProblem, skeleton } from './names.ts';
import type { Grant, Issuer, Operator, Operators } from './operators.ts';

const key = readField({ type: 'string', description: 'A public Ed25519 key: 43 characters of base64url.' }, parseKey);
const keys = { key: key.optional(), keys: z.array(key).max(4).optional() };
const name = readField({ type: 'string', description: 'Who it is; stands beside every act.' }, parsePerson);
const word = z.string().trim().min(1).max(256);
const roles = z.array(z.enum(ROLES)).max(ROLES.length);
const queue = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
  .toLowerCase();
const grant = z.strictObject({
  roles: roles.min(1),
  actions: z.array(word).min(1).max(200).optional(),
  queues: z.array(queue).min(1).max(500).optional(),
  divisions: z.array(word).min(1).max(200).optional(),
});
const rights = { roles: roles.optional(), grants: z.array(grant).max(100).optional() };
const issuerUrl = readField({ type: 'string', description: 'Of an identity provider, as in its tokens.' }, parseIssuer);

const operator = z.strictObject({
  name,
  ...keys,
  ...rights,
  groups: z.array(word).max(100).prefault([]),
  oidc: z
    .array(z.strictObject({ issuer: issuerUrl, subject: word }))
    .max(10)
    .prefault([]),
});

const issuer = z.strictObject({
  issuer: issuerUrl,
  audience: z.union([word.transform((one) => [one]), z.array(word).min(1).max(10)]),
  subjectClaim: word.prefault('sub'),
  groupsClaim: word.prefault('groups'),
  prefix: z.string().max(32).prefault(''),
  claims: z.record(word, word).prefault({}),
  subjects: z
    .array(z.strictObject({ subject: word, groups: z.array(word).min(1).max(100) }))
    .max(500)
    .prefault([]),
  login: z
    .strictObject({
      clientId: word,
      scopes: z.array(word).min(1).max(20).prefault(['openid', 'offline_access']),
      token: z.enum(['id', 'access']).prefault('id'),
    })
    .optional(),
  ...rights,
});

const schema = z
  .strictObject({
    operators: z.array(operator).max(2000).prefault([]),
    groups: z.record(word, z.strictObject(rights)).prefault({}),
    divisions: z.record(word, z.array(queue).max(2000)).prefault({}),
    issuers: z.array(issuer).max(20).prefault([]),
    attestors: z
      .array(z.strictObject({ name: word, ...keys }))
      .max(20)
      .prefault([]),
  })
  .transform((raw, ctx): Operators => {
    const read: Operators = {
      operators: raw.operators.map((one): Operator => ({
        name: one.name,
        keys: keysOf(one),
        groups: one.groups,
        grants: grantsOf(one),
        oidc: one.oidc,
      })),
      groups: Object.fromEntries(Object.entries(raw.groups).map(([group, given]) => [group, grantsOf(given)])),
      divisions: raw.divisions,
      issuers: raw.issuers.map((one): Issuer => {
        const { roles: _roles, grants: _grants, login, ...rest } = one;
        return { ...rest, ...(login !== undefined && { login }), grants: grantsOf(one) };
      }),
      attestors: raw.attestors.map((one) => ({ name: one.name, keys: keysOf(one) })),
    };
    for (const [path, fault] of faultsIn(read)) addFault(ctx, fault, path);
    return read;
  });

export type ParsedOperators =
  | { readonly ok: true; readonly operators: Operators }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What the file holds, or all that is wrong with it. Never throws. */
export function parseOperators(given: unknown): ParsedOperators {
  const raw = given ?? {};
  const parsed = schema.safeParse(raw);
  return parsed.success
    ? { ok: true, operators: parsed.data }
    : { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, raw, fieldsAt)) };
}

function keysOf(given: { readonly key?: string | undefined; readonly keys?: readonly string[] | undefined }): string[] {
  return [...(given.key === undefined ? [] : [given.key]), ...(given.keys ?? [])];
}

interface WrittenRights {
  readonly roles?: Grant['roles'] | undefined;
  readonly grants?: readonly z.output<typeof grant>[] | undefined;
}

function grantsOf({ roles: everywhere = [], grants = [] }: WrittenRights): Grant[] {
  return [
    ...(everywhere.length === 0 ? [] : [{ roles: everywhere }]),
    ...grants.map(({ actions, queues, divisions, ...one }): Grant => ({
      ...one,
      ...(actions !== undefined && { actions }),
      ...(queues !== undefined && { queues }),
      ...(divisions !== undefined && { divisions }),
    })),
  ];
}

type PlacedFault = readonly [(string | number)[], Fault];

function faultsIn(read: Operators): PlacedFault[] {
  return [
    ...twice(
      read.operators.map((one) => [['operators'], skeleton(one.name), one.name] as const),
      'names',
    ),
    ...twice(
      [...read.operators, ...read.attestors].flatMap((one) =>
        one.keys.map((own) => [['operators'], own, own] as const),
      ),
      'keys',
    ),
    ...twice(
      read.issuers.map((one) => [['issuers'], one.issuer, one.issuer] as const),
      'issuers',
    ),
    ...twice(
      read.issuers.map((one) => [['issuers'], skeleton(one.prefix), one.prefix] as const),
      'prefixes of issuers',
    ),
    ...unknownDivisions(read),
  ];
}

function twice(given: readonly (readonly [(string | number)[], string, string])[], what: string): PlacedFault[] {
  const seen = new Map<string, string>();
  return given.flatMap(([path, same, shown]): PlacedFault[] => {
    const first = seen.get(same);
    seen.set(same, shown);
    if (first === undefined) return [];
    return [
      [
        path,
        {
          code: 'plan-type',
          message: `Two ${what} are the same or look alike: ${show(first)} and ${show(shown)}.`,
          remedy: 'Give each its own.',
        },
      ],
    ];
  });
}

function unknownDivisions({ operators, groups, issuers, divisions }: Operators): PlacedFault[] {
  const grants = [...operators, ...issuers].flatMap((one) => one.grants).concat(Object.values(groups).flat());
  const missing = new Set(
    grants.flatMap((one) => one.divisions ?? []).filter((division) => !Object.hasOwn(divisions, division)),
  );
  return [...missing].map((division): PlacedFault => [
    ['divisions'],
    {
      code: 'plan-missing',
      message: `A grant names the division ${show(division)}, which is not listed.`,
      remedy: 'List the ids of its queues under divisions.',
    },
  ]);
}

function parseKey(value: unknown): string | Fault {
  if (typeof value === 'string' && /^[\w-]{43}$/.test(value)) return value;
  return {
    code: 'plan-type',
    message: `${show(value)} is no public Ed25519 key; expected 43 characters of base64url.`,
    remedy: 'Let `assist-rollouts operator add <name>` write it, or `assist-rollouts operator key` show it.',
  };
}

const MAX_NAME_LENGTH = 64;

/** Narrower than what may be claimed: no sign that means something in a key, a path or a table. */
export function parsePerson(value: unknown): string | Fault {
  const fits =
    typeof value === 'string' &&
    value.length <= MAX_NAME_LENGTH &&
    value === value.normalize('NFC').trim() &&
    /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@'-]*$/u.test(value);
  const remedy = 'Write the name of one person, such as ana or ana@example.com.';
  if (!fits)
    return {
      code: 'plan-type',
      message: `${show(value)} is no operator's name; expected 1 to ${MAX_NAME_LENGTH} letters, digits, spaces and . _ @ ' -`,
      remedy,
    };
  const problem = nameProblem(value, 'The name');
  return problem === null ? value : { code: 'plan-type', message: problem, remedy };
}

function parseIssuer(value: unknown): string | Fault {
  if (typeof value === 'string' && isTrustworthy(value)) return value;
  return {
    code: 'plan-type',
    message: `${show(value)} is no issuer; expected an https URL, as the tokens have it in "iss".`,
    remedy: 'Write for example https://login.example.com.',
  };
}

function fieldsAt(path: readonly PropertyKey[]): string[] {
  return knownFieldsAt(path, (known ??= z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }) as JsonSchema));
}

let known: JsonSchema | undefined;
