/** What a signature is good for, and everything that it is not. */
import { createHmac, sign } from 'node:crypto';
import { authorise } from '../../src/activities/authorise.ts';
import type { AuthoriseInput, AuthoriseResult } from '../../src/activities/authorise.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import type { Operators } from '../../src/domain/identity/operators.ts';
import { sha256Of } from '../../src/domain/shared/content-hash.ts';
import { signDelegation } from '../../src/identity/delegate.ts';
import { newActorKey } from '../../src/identity/key.ts';
import type { ActorKey } from '../../src/identity/key.ts';
import { signAct } from '../../src/identity/sign.ts';
import type { ActToSign } from '../../src/identity/sign.ts';
import { describeEachStore } from '../helpers/database.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const [ana, ben, eve, api] = ['ana', 'ben', 'eve', 'api'].map((name) => newActorKey(name).key) as [
  ActorKey,
  ActorKey,
  ActorKey,
  ActorKey,
];

function operatorsOf(given: object): Operators {
  const parsed = parseOperators(given);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.operators;
}

const LIST = {
  operators: [
    { name: 'ana', key: ana.publicKey, roles: ['operator'] },
    { name: 'ben', key: ben.publicKey, roles: ['viewer'] },
  ],
  groups: { leads: { roles: ['approver'] } },
  issuers: [{ issuer: 'https://login.example.com', audience: 'assist' }],
  attestors: [{ name: 'api', key: api.publicKey }],
};
let current = operatorsOf(LIST);

const ACT = {
  act: 'abort',
  by: 'ana',
  workflowId: 'rollout/Card',
  runId: 'run-1',
  content: { by: 'ana', reason: 'wrong amount' },
  issuedAtMs: NOW,
  expiresAtMs: NOW + 300_000,
} satisfies ActToSign;

/** The act as it arrives: signed as `signedAs` says, and given as `given` says. */
function actOf(key: ActorKey, signedAs: Partial<ActToSign> = {}, given: Partial<AuthoriseInput> = {}): AuthoriseInput {
  const { runId, content, act, by, workflowId } = { ...ACT, ...signedAs };
  return {
    act,
    action: 'Card',
    queues: [],
    workflowId,
    runId,
    by,
    reason: 'wrong amount',
    signature: signAct(key, { ...ACT, ...signedAs }),
    contentSha256: sha256Of(content),
    atMs: NOW,
    ...given,
  };
}

const CONSOLE = 'https://console.example.com';
const delegated = (by: ActorKey, to: ActorKey = api, nowMs = NOW): string =>
  signDelegation(by, { console: CONSOLE, to: to.publicKey, nowMs });

describeEachStore('authorise', (db) => {
  const ask = (input: AuthoriseInput): Promise<AuthoriseResult> =>
    authorise({ db: db(), operators: { now: () => Promise.resolve(current) } }, input);
  const refusal = async (input: AuthoriseInput): Promise<string> => {
    const answer = await ask(input);
    return answer.ok ? 'it was allowed' : answer.refusal;
  };
  afterEach(() => {
    current = operatorsOf(LIST);
  });

  test('without a list of operators every name is but claimed', async () => {
    expect(await authorise({ db: db() }, { ...actOf(ana), signature: '' })).toEqual({
      ok: true,
      actor: {
        by: 'ana',
        verifiedBy: null,
        subject: null,
        groups: [],
        roles: ['viewer', 'operator', 'approver', 'admin'],
      },
      signatureId: null,
    });
  });

  test('an act signed by who may is allowed, and says by which key', async () => {
    expect(await ask(actOf(ana))).toMatchObject({
      ok: true,
      actor: { by: 'ana', verifiedBy: 'key', subject: `ed25519:${ana.publicKey}`, roles: ['operator'] },
    });
  });

  test('an attestor to which an operator has delegated acts for them, as with their own key', async () => {
    expect(await ask(actOf(api, { delegation: delegated(ana) }))).toMatchObject({
      ok: true,
      actor: { by: 'ana', verifiedBy: 'key', subject: `ed25519:${ana.publicKey}`, roles: ['operator'] },
    });
  });

  test.each<[string, () => AuthoriseInput, string]>([
    ['by a key that nobody has', () => actOf(api, { delegation: delegated(eve), by: 'eve' }), 'is no operator'],
    ['of somebody who may not', () => actOf(api, { delegation: delegated(ben), by: 'ben' }), 'ben'],
    ['in the name of another', () => actOf(api, { delegation: delegated(ben), by: 'ana' }), '"ben" delegated'],
    ['to another process', () => actOf(api, { delegation: delegated(ana, eve) }), 'to another process'],
    ['used by who is no attestor', () => actOf(eve, { delegation: delegated(ana, eve) }), 'may not speak for others'],
    ['that is over', () => actOf(api, { delegation: delegated(ana, api, NOW - 9 * 3_600_000) }), 'was good until'],
    ['of the future', () => actOf(api, { delegation: delegated(ana, api, NOW + 120_000) }), 'put the clock'],
    ['that is none', () => actOf(api, { delegation: actOf(ana).signature ?? '' }), 'none that assist-rollouts makes'],
    [
      'beside a token',
      () =>
        actOf(api, { delegation: delegated(ana), oidc: { iss: 'https://login.example.com', sub: 'x', groups: [] } }),
      'both a token and a delegation',
    ],
  ])('a delegation %s lets nobody act', async (_what, input, why) => {
    expect(await refusal(input())).toContain(why);
  });

  const flipped = (text: string): string => `${text.slice(0, -10)}${text.at(-10) === 'A' ? 'B' : 'A'}${text.slice(-9)}`;
  const withHead = (head: object, proof: (text: string) => string): string => {
    const [, body = ''] = actOf(ana).signature?.split('.') ?? [];
    const text = `${Buffer.from(JSON.stringify(head)).toString('base64url')}.${body}`;
    return `${text}.${proof(text)}`;
  };
  const typ = 'assist-act+jwt';

  test.each<[string, () => AuthoriseInput, string]>([
    ['no signature', () => ({ ...actOf(ana), signature: '' }), 'nobody signed it'],
    ['rubbish', () => ({ ...actOf(ana), signature: 'x.y.z' }), 'none that assist-rollouts makes'],
    ['a giant one', () => ({ ...actOf(ana), signature: 'a.'.repeat(5_000_000) }), 'none that assist-rollouts makes'],
    ['a changed one', () => ({ ...actOf(ana), signature: flipped(actOf(ana).signature ?? '') }), 'forged'],
    [
      'alg none',
      () => ({ ...actOf(ana), signature: withHead({ alg: 'none', typ, kid: ana.publicKey }, () => '') }),
      'none that assist-rollouts makes',
    ],
    [
      'the public key as a shared secret',
      () => ({
        ...actOf(ana),
        signature: withHead({ alg: 'HS256', typ, kid: ana.publicKey }, (text) =>
          createHmac('sha256', ana.publicKey).update(text).digest('base64url'),
        ),
      }),
      'none that assist-rollouts makes',
    ],
    [
      "another's key under the operator's",
      () => ({
        ...actOf(ana),
        signature: withHead({ alg: 'EdDSA', typ, kid: ana.publicKey }, (text) =>
          sign(null, Buffer.from(text), eve.privateKey).toString('base64url'),
        ),
      }),
      'forged',
    ],
    [
      'a token of another kind by the same key',
      () => ({
        ...actOf(ana),
        signature: withHead({ alg: 'EdDSA', typ: 'JWT', kid: ana.publicKey }, (text) =>
          sign(null, Buffer.from(text), ana.privateKey).toString('base64url'),
        ),
      }),
      'none that assist-rollouts makes',
    ],
    ['a key of nobody', () => actOf(eve), "is no operator's"],
    ["another operator's key", () => actOf(ben), 'the signature is "ben"\'s'],
    ['a role that is not enough', () => actOf(ben, { by: 'ben' }), 'ben has only viewer'],
    ['another act', () => actOf(ana, {}, { act: 'promote' }), 'signed for abort'],
    ['another rollout', () => actOf(ana, {}, { workflowId: 'rollout/Other' }), 'signed for rollout/Card'],
    ['another run', () => actOf(ana, {}, { runId: 'run-2' }), 'another run'],
    ['another name', () => actOf(ana, {}, { by: 'ben' }), 'signed by "ana"'],
    [
      'another reason',
      () => actOf(ana, {}, { contentSha256: sha256Of({ by: 'ana', reason: 'x' }) }),
      'not what was signed',
    ],
    ['too late', () => actOf(ana, {}, { atMs: NOW + 300_000 }), 'it was good until'],
    [
      'a later expiry beside it',
      () => actOf(ana, {}, { expiresAt: '2027-01-01T00:00:00Z' }),
      'not the one that was signed',
    ],
    ['a clock far ahead', () => actOf(ana, { issuedAtMs: NOW + 61_000 }), 'put the clock'],
    ['good for ever', () => actOf(ana, { expiresAtMs: NOW + 90_000_000 }), 'more than'],
    [
      'an operator who speaks for others',
      () => actOf(ana, { by: 'kim', oidc: { iss: 'https://login.example.com', sub: 'kim', groups: ['leads'] } }),
      'may not speak for others',
    ],
    ['a process that acts by itself', () => actOf(api, { by: 'api' }), 'acts for others only'],
    [
      'an issuer that is not taken',
      () => actOf(api, { by: 'kim', oidc: { iss: 'https://evil.example.com', sub: 'kim', groups: ['leads'] } }),
      'are not taken here',
    ],
  ])('%s is refused in one sentence', async (_what, input, word) => {
    const said = await refusal(input());
    expect(said).toContain(word);
    expect(said).toMatch(/^Cannot \w+: [^\n]+\.$/);
  });

  test('a clock that is a little off is no reason to refuse', async () => {
    expect(await ask(actOf(ana, { issuedAtMs: NOW + 59_000 }))).toMatchObject({ ok: true });
  });

  test('a brake may lie there for a day, a promotion may not', async () => {
    const life = { issuedAtMs: NOW - 80_000_000, expiresAtMs: NOW + 6_000_000 };
    expect(await ask(actOf(ana, life))).toMatchObject({ ok: true });
    expect(await refusal(actOf(ana, { ...life, act: 'promote' }))).toContain('more than 15 minutes');
  });

  test('the holder of a token acts through the attestor, with the roles of their groups', async () => {
    const oidc = { iss: 'https://login.example.com', sub: 'kim', groups: ['leads'] };
    expect(await ask(actOf(api, { by: 'kim', oidc }))).toMatchObject({
      ok: true,
      actor: { by: 'kim', verifiedBy: 'oidc', subject: 'https://login.example.com#kim', groups: ['leads'] },
    });
  });

  test('who was taken out is out at once', async () => {
    const input = actOf(ana);
    expect(await ask(input)).toMatchObject({ ok: true });
    current = operatorsOf({ ...LIST, operators: [] });
    expect(await refusal(input)).toContain("is no operator's");
  });

  test('what began one run begins no other, however often and at once it is tried', async () => {
    const { runId: _, ...start } = ACT;
    const signature = signAct(ana, { ...start, act: 'start' });
    const of = (runId: string): AuthoriseInput => ({ ...actOf(ana), act: 'start', signature, runId });
    const runs = ['run-1', 'run-2', 'run-3', 'run-1'];
    const answers = await Promise.all(runs.map((run) => ask(of(run))));
    const [winner] = runs.filter((_run, index) => answers[index]?.ok);
    expect(answers.map(({ ok }) => ok)).toEqual(runs.map((run) => run === winner));
    expect(await ask(of(winner ?? ''))).toMatchObject({ ok: true });
    expect(await refusal(of('run-4'))).toContain('used before');
  });
});
