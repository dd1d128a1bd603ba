import { decideAct } from '../../../src/domain/identity/decide.ts';
import { parseOperators } from '../../../src/domain/identity/operators-schema.ts';
import type { Operators } from '../../../src/domain/identity/operators.ts';
import { matchesPattern } from '../../../src/domain/identity/pattern.ts';

const [A, B, C] = ['A', 'B', 'C'].map((letter) => letter.repeat(43)) as [string, string, string];
const [Q1, Q2, Q3] = [1, 2, 3].map((n) => `6f2f0000-0000-4000-8000-00000000000${n}`) as [string, string, string];
const ISSUER = 'https://login.example.com';

function operatorsOf(given: object): Operators {
  const parsed = parseOperators(given);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.operators;
}

const OPERATORS = operatorsOf({
  operators: [
    { name: 'ana', key: A, roles: ['admin'], oidc: [{ issuer: ISSUER, subject: '00u1' }] },
    { name: 'ben', key: B, grants: [{ roles: ['operator'], actions: ['Refund*'], queues: [Q1, Q2] }] },
    { name: 'cleo', key: C, groups: ['leads'], grants: [{ roles: ['operator'], divisions: ['north'] }] },
  ],
  groups: { leads: { roles: ['approver'] } },
  divisions: { north: [Q3] },
  issuers: [
    { issuer: ISSUER, audience: 'assist', subjectClaim: 'email', prefix: 'sso:', roles: ['viewer'] },
    {
      issuer: 'https://ci.example.com',
      audience: 'assist',
      prefix: 'ci:',
      grants: [{ roles: ['operator'], actions: ['Card'] }],
    },
  ],
});

type Ask = readonly [who: string, key: string, act: string, action: string, queues: readonly string[], may: boolean];
const ASKED: readonly Ask[] = [
  ['ana', A, 'promote', 'Any', [], true],
  ['ana', A, 'somethingNew', 'Any', [], true],
  ['ben', B, 'start', 'RefundAssist', [Q1], true],
  ['ben', B, 'start', 'RefundAssist', [Q1, Q2], true],
  ['ben', B, 'start', 'RefundAssist', [Q1, Q3], false],
  ['ben', B, 'start', 'RefundAssist', [], false],
  ['ben', B, 'start', 'Other', [Q1], false],
  ['ben', B, 'abort', 'RefundAssist', [Q1, Q3], true],
  ['ben', B, 'abort', 'RefundAssist', [], true],
  ['ben', B, 'abort', 'RefundAssist', [Q3], false],
  ['ben', B, 'resume', 'RefundAssist', [Q1, Q3], false],
  ['ben', B, 'approve', 'RefundAssist', [Q1], false],
  ['ben', B, 'somethingNew', 'RefundAssist', [Q1], false],
  ['ben', B, 'constructor', 'RefundAssist', [Q1], false],
  ['cleo', C, 'approve', 'Any', [Q1], true],
  ['cleo', C, 'start', 'Any', [Q1], false],
  ['cleo', C, 'start', 'Any', [Q3], true],
  ['ana', B, 'start', 'RefundAssist', [Q1], false],
  ['zoe', 'Z'.repeat(43), 'start', 'RefundAssist', [Q1], false],
];

test.each(ASKED)('%s with %s: %s of %s on %j: %j', (by, key, act, action, queues, may) => {
  const decided = decideAct(OPERATORS, { kind: 'key', key }, { act, action, queues, by });
  expect(decided.ok).toBe(may);
  if (!decided.ok) expect(decided.refusal).toMatch(new RegExp(`^Cannot ${act}: [^\\n]+\\.$`));
});

const ANY = { act: 'view', action: 'Card', queues: [] };

test('who has an account and a key is one person, so nobody is two of four eyes', () => {
  const proven = { kind: 'oidc', issuer: ISSUER, subject: '00u1', groups: ['leads'] } as const;
  expect(decideAct(OPERATORS, proven, { ...ANY, by: 'ana' })).toMatchObject({
    ok: true,
    actor: { by: 'ana', verifiedBy: 'oidc', subject: `${ISSUER}#00u1`, roles: ['viewer', 'approver', 'admin'] },
  });
  expect(decideAct(OPERATORS, proven, { ...ANY, by: 'sso:00u1' }).ok).toBe(false);
});

test('roles come by the groups of a token and by its issuer; the name is prefixed', () => {
  const proven = { kind: 'oidc', issuer: ISSUER, subject: 'kim@example.com', groups: ['leads', '__proto__'] } as const;
  expect(decideAct(OPERATORS, proven, { ...ANY, act: 'approve', by: 'sso:kim@example.com' })).toMatchObject({
    ok: true,
    actor: { roles: ['viewer', 'approver'], groups: ['leads', '__proto__'] },
  });
  const ci = { kind: 'oidc', issuer: 'https://ci.example.com', subject: 'repo', groups: [] } as const;
  expect(decideAct(OPERATORS, ci, { ...ANY, act: 'start', by: 'ci:repo' }).ok).toBe(true);
  expect(decideAct(OPERATORS, ci, { ...ANY, act: 'start', action: 'Card2', by: 'ci:repo' }).ok).toBe(false);
  expect(decideAct(OPERATORS, { ...ci, issuer: 'https://evil.example.com' }, { ...ANY, by: 'ci:repo' }).ok).toBe(false);
});

test("an account that happens to bear an operator's name is not that operator", () => {
  const operators = operatorsOf({
    operators: [{ name: 'ana', key: A, roles: ['admin'] }],
    issuers: [{ issuer: ISSUER, audience: 'x' }],
  });
  const proven = { kind: 'oidc', issuer: ISSUER, subject: 'ana', groups: [] } as const;
  expect(decideAct(operators, proven, { ...ANY, by: 'ana' })).toMatchObject({ ok: false });
});

test.each(['ci:repo', 'CI:repo', 'сі:repo'])(
  '%s of an issuer without that prefix is not of the issuer that has it',
  (subject) => {
    const operators = operatorsOf({
      issuers: [
        { issuer: ISSUER, audience: 'x', subjectClaim: 'preferred_username', roles: ['operator'] },
        { issuer: 'https://ci.example.com', audience: 'x', prefix: 'ci:', roles: ['operator'] },
      ],
    });
    const proven = { kind: 'oidc', issuer: ISSUER, subject, groups: [] } as const;
    expect(decideAct(operators, proven, { ...ANY, by: subject })).toMatchObject({
      ok: false,
      refusal: expect.stringContaining('https://ci.example.com') as string,
    });
    const own = { ...proven, issuer: 'https://ci.example.com', subject: 'repo' };
    expect(decideAct(operators, own, { ...ANY, by: 'ci:repo' }).ok).toBe(true);
  },
);

test.each<[object, string]>([
  [
    {
      operators: [
        { name: 'ana', key: A },
        { name: 'Ana', key: B },
      ],
    },
    'look alike',
  ],
  [
    {
      operators: [
        { name: 'ana', key: A },
        { name: 'ben', key: A },
      ],
    },
    'keys are the same',
  ],
  [{ operators: [{ name: 'engine', key: A }] }, 'part of the engine'],
  [{ operators: [{ name: 'ana', key: 'short' }] }, '43 characters'],
  [{ operators: [{ name: 'ana', rolls: ['admin'] }] }, 'rolls'],
  [{ operators: [{ name: 'ana', roles: ['root'] }] }, 'root'],
  [{ operators: [{ name: 'ana', grants: [{ roles: ['admin'], divisions: ['south'] }] }] }, 'south'],
  [{ issuers: [{ issuer: 'http://login.example.com', audience: 'x' }] }, 'https'],
  [
    {
      issuers: [
        { issuer: 'https://a.example', audience: 'x' },
        { issuer: 'https://b.example', audience: 'x' },
      ],
    },
    'prefixes',
  ],
])('%j is refused whole', (given, word) => {
  const parsed = parseOperators(given);
  expect(parsed.ok ? '' : parsed.problems.map(({ message }) => message).join(' ')).toContain(word);
});

test.each<[string, string, boolean]>([
  ['RefundAssist', 'Refund*', true],
  ['RefundAssist', '*', true],
  ['RefundAssist', '*Assist', true],
  ['RefundAssist', 'R*d*t', true],
  ['Refund', 'Refund*', true],
  ['Assist', 'Refund*', false],
  ['ab', 'ab*b', false],
  ['repo:acme/cards:ref:refs/heads/main', 'repo:acme/*:ref:refs/heads/main', true],
  ['repo:evil/x:ref:refs/heads/main', 'repo:acme/*', false],
  ['a.c', 'abc', false],
])('%j against %j: %j', (text, pattern, expected) => {
  expect(matchesPattern(text, pattern)).toBe(expected);
});

test('a pattern of many stars takes no time', () => {
  expect(matchesPattern('a'.repeat(5000), `${'*a'.repeat(2000)}b`)).toBe(false);
});
