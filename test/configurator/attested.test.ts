/** For whom a process acts: what it signs is taken, whatever the groups of the person are called. */
import { attestedPerson, fittingGroups } from '../../src/configurator/attested.ts';
import { signed } from '../../src/configurator/sign-act.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import type { Operators } from '../../src/domain/identity/operators.ts';
import { proofProblem } from '../../src/domain/identity/signed-act.ts';
import { newActorKey } from '../../src/identity/key.ts';
import { readSignature } from '../../src/identity/sign.ts';

const { key: attestor } = newActorKey('api');
const ISSUER = 'https://login.example.com';

function listOf(group: string): Operators {
  const parsed = parseOperators({
    operators: [{ name: 'root', roles: ['admin'], key: newActorKey('root').key.publicKey }],
    groups: { [group]: { roles: ['operator'] } },
    issuers: [{ issuer: ISSUER, audience: 'assist' }],
    attestors: [{ name: 'api', key: attestor.publicKey }],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.operators;
}

test.each([
  ['Latin', 'team of the night shift'],
  ['Russian', 'Отдел возвратов и претензий'],
  ['Japanese', '返金対応チーム・東京第一・夜間担当者'],
  ['emoji', '👩‍💻'.repeat(8)],
  ['of quotes', '"'.repeat(120)],
  ['of control characters', '\u0001'.repeat(40)],
])('an act of somebody in a thousand groups whose names are %s is taken, and has those that count', (_what, name) => {
  const ours = `${name} ours`.replaceAll('\u0001', 'c');
  const groups = [...Array.from({ length: 999 }, (_, at) => `${name} ${at}`), ours];
  const person = attestedPerson(listOf(ours), attestor, {
    kind: 'oidc',
    issuer: ISSUER,
    subject: '返'.repeat(100),
    groups,
  });
  if (typeof person === 'string') throw new Error(person);
  const act = signed(
    person.signer,
    { act: 'abort', by: person.name, workflowId: `rollout/${'返金'.repeat(60)}`, runId: 'r' },
    { by: person.name, reason: 'harm' },
  );
  expect(proofProblem(act)).toBeNull();
  const read = readSignature(act.signature);
  expect(read.ok && read.claims.oidc?.groups).toContain(ours);
});

test('a group that has no room keeps no shorter one out', () => {
  const groups = ['a', 'x'.repeat(200), 'b'];
  expect(fittingGroups(listOf('c'), groups, 20)).toEqual(['a', 'b']);
});
