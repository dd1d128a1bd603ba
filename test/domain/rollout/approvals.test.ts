import { withdrawalRefusal, withoutApproval } from '../../../src/domain/rollout/approvals.ts';
import type { AskedApproval, Person } from '../../../src/domain/rollout/approvals.ts';

const ana: Person = { by: 'sso:ana.il', verifiedBy: 'oidc', subject: 'https://login.example.com#ana.il' };
const asked: AskedApproval = { step: 0, reason: 'why', by: [], count: 2, notStarter: false, given: [ana] };

test('nobody who was told apart takes back the approval of somebody whose name looks like theirs', () => {
  const other: Person = { by: 'sso:ana.li', verifiedBy: 'oidc', subject: 'https://login.example.com#ana.li' };
  expect(withdrawalRefusal(asked, other)).toContain('each takes back their own');
  expect(withoutApproval([asked], 0, other)).toEqual([asked]);
});

test.each<Person>([
  ana,
  { by: 'sso:ana.il', verifiedBy: 'key', subject: 'ed25519:x' },
  { by: 'SSO:ana.il', verifiedBy: null, subject: null },
])('%j takes back their own', (person) => {
  expect(withdrawalRefusal(asked, person)).toBeNull();
  expect(withoutApproval([asked], 0, person)[0]?.given).toEqual([]);
});
