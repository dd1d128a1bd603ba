import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import type { Operators } from '../../src/domain/identity/operators.ts';
import { newActorKey } from '../../src/identity/key.ts';
import { validate } from '../../src/activities/validate.ts';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { parseOrganisationPolicy } from '../../src/domain/minimums/schema.ts';
import { PREFLIGHT_RULES_VERSION } from '../../src/domain/preflight/compliance.ts';
import { COMPAT_DATA_VERSION } from '../../src/domain/preflight/compat/data.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import type { ValidateDeps } from '../../src/activities/validate.ts';
import { contentSha256 } from '../../src/targets/index.ts';
import { journalActivities } from '../../src/activities/journal.ts';
import type { TransitionRecord } from '../../src/activities/types.ts';
import { keptForecast } from '../../src/store/forecasts.ts';
import { listAudit } from '../../src/store/audit.ts';
import { complianceOf } from '../../src/store/compliance.ts';
import type { Database } from '../../src/store/database.ts';
import { transitionRecord } from '../helpers/transition-record.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { planWith } from '../domain/preflight/card.ts';
import { eventOf } from '../helpers/events.ts';
import { openStore } from '../helpers/any-store.ts';

let db: Database;
let clock = Date.UTC(2026, 2, 1);
const targets: ValidateDeps['targets'] = {
  of: () => ({
    conditionIds: () => Promise.resolve({ unknown: [], hidden: [], missing: [] }),
    describe: () => Promise.resolve({ baseline: null, note: null, exists: false }),
  }),
};
const deps = () => ({ db, now: () => clock, targets });

beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());

const of = (html: string): Plan => planWith(html);

test.each([
  ['<p>fine</p>', 'passed'],
  ['<p style="color: red">will look plain</p>', 'passedWithWarnings'],
  ['<p onclick="go()">will not work</p>', 'failed'],
])('%s is on record as %s, under the hash of its content', async (html, expected) => {
  const plan = of(html);
  const { problems, checked } = await validate(deps(), { plan });
  expect(checked).toEqual({
    contentSha256: contentSha256(plan),
    status: expected,
    rulesVersion: PREFLIGHT_RULES_VERSION,
    dataVersion: `browser-compat-data ${COMPAT_DATA_VERSION}; chrome 90, firefox 88, safari 14`,
  });
  expect(problems.length > 0).toBe(expected !== 'passed');
  expect(await complianceOf(db, contentSha256(plan))).toBe(expected);
});

test('what somebody only asks is answered as a start is, and leaves nothing behind', async () => {
  const plan = of('<p onclick="go()">only asked</p>');
  const asked = await validate(deps(), { plan, isDryRun: true });
  expect(await complianceOf(db, contentSha256(plan))).toBe('unknown');
  expect(asked).toEqual(await validate(deps(), { plan }));
});

test('a second check of the same content, by other rules, is what counts from then on', async () => {
  const plan = of('<dialog open>now</dialog>');
  await validate(deps(), { plan });
  expect(await complianceOf(db, contentSha256(plan))).toBe('failed');
  clock += 1_000;
  await validate({ ...deps(), preflight: { ...DEFAULT_SETTINGS, minBrowsers: { chrome: '120' } } }, { plan });
  expect(await complianceOf(db, contentSha256(plan))).toBe('passed');
});

test('the audit log repeats what the preflight said of the version, and says unknown where it said nothing', async () => {
  const plan = of('<p style="color: red">audited</p>');
  clock += 1_000;
  await validate(deps(), { plan });
  await journalActivities(deps()).record([transition('r1/1', plan.action.version)]);
  await journalActivities(deps()).record([transition('r1/2', '9.9.9')]);
  const entries = await listAudit(db, { rolloutId: 'r1' });
  expect(entries.map(({ key, complianceStatus }) => [key, complianceStatus])).toEqual([
    ['r1/1', 'passedWithWarnings'],
    ['r1/2', 'unknown'],
  ]);
});

test('a plan that the traffic of the last days can never bring to a verdict is refused, but not with force, and its content stays compliant', async () => {
  const base = of('<p>quiet</p>');
  const plan: Plan = {
    ...base,
    action: { ...base.action, name: 'QuietAssist' },
    steps: [
      { kind: 'setSplit', percent: 1 },
      { kind: 'bake', forMs: 60_000, atMostMs: 120_000, minCards: 1, require: 'safe' },
    ],
    policies: { ...base.policies, onUndecided: 'hold' },
  };
  const card = (i: number): EngagementEvent => {
    const at = new Date(clock - 7_200_000 + i * 10_000).toISOString();
    return {
      ...eventOf(`quiet-${i}`, 'triggered', 0),
      actionName: 'QuietAssist v1.0.0',
      occurredAt: at,
      triggeredAt: at,
    };
  };
  await storeEvents(
    db,
    Array.from({ length: 600 }, (_, i) => card(i)),
    { source: 'test', receivedAt: new Date(clock) },
  );
  const { problems, checked } = await validate(deps(), { plan });
  expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['plan-pointless', 'error']]);
  expect(problems[0]?.message).toMatch(/300 cards an hour.*never proven safe/);
  expect(checked?.status).toBe('passed');
  expect((await validate(deps(), { plan, force: true })).problems).toEqual([]);
  // What is refused, or only asked, begins nothing; what was expected first stands, whatever is known later.
  await validate(deps(), { plan }, 'refused');
  await validate(deps(), { plan, force: true, isDryRun: true }, 'asked');
  expect([await keptForecast(db, 'refused'), await keptForecast(db, 'asked')]).toEqual([null, null]);
  const madeAt = new Date(clock).toISOString();
  await validate(deps(), { plan, force: true }, 'begun');
  clock += 60_000;
  await validate(deps(), { plan, force: true }, 'begun');
  expect(await keptForecast(db, 'begun')).toMatchObject({
    madeAt,
    basis: { cards: 600 },
    promoted: 0,
    steps: [null, null],
  });
});

const ASKS_NOBODY: ValidateDeps['targets'] = {
  of: () => {
    throw new Error('asked');
  },
};

test.each<[what: string, more: object, expected: string[]]>([
  ['no guardrails', { guardrails: [] }, ['plan-range guardrails']],
  [
    'a guardrail without a margin',
    { guardrails: [{ metric: 'acceptanceRate', worseWhen: 'lower', alpha: 0.01, mode: 'enforce' }] },
    ['plan-missing guardrails.0.margin'],
  ],
  ['a target that nobody knows', { target: { kind: 'copilot' } }, ['plan-value target.kind']],
  ['a step that nobody knows', { steps: [{ kind: 'jump', percent: 100 }] }, ['plan-value steps.0.kind']],
  ['a split of all that is never baked', { steps: [{ kind: 'setSplit', percent: 95 }] }, ['plan-step steps.0']],
  ['no action', { action: null }, ['plan-type action']],
])(
  'a plan with %s is refused with its code, whoever sent it, before the organisation is asked',
  async (_, more, expected) => {
    const plan = { ...of('<p>fine</p>'), ...more };
    const { problems } = await validate({ ...deps(), targets: ASKS_NOBODY }, { plan });
    expect(problems.map(({ code, path, severity }) => `${code} ${path}${severity === 'error' ? '' : ' ?'}`)).toEqual(
      expected,
    );
  },
);

test.each<unknown>([undefined, null, 5, 'plan', [], {}, { plan: null }, { plan: { action: 5 } }])(
  '%j instead of a plan is answered with problems',
  async (input) => {
    const { problems, checked } = await validate({ ...deps(), targets: ASKS_NOBODY }, input);
    expect(problems.length).toBeGreaterThan(0);
    expect(checked).toBeUndefined();
  },
);

test('a rollout of the action under another workflow id is refused, and under its own is not', async () => {
  const plan = of('<p>fine</p>');
  const codesUnder = async (workflowId: unknown) =>
    (await validate(deps(), { plan, workflowId })).problems.map(({ code }) => code);
  expect(await codesUnder(`rollout/${plan.action.name}`)).toEqual([]);
  for (const id of ['rollout/other', plan.action.name, '', 7, null])
    expect(await codesUnder(id)).toEqual(['plan-workflow-id']);
});

test("a plan that undercuts the organisation's minimums is refused by name, and by force only where force may be used", async () => {
  const parsed = parseOrganisationPolicy({
    largestFirstSplit: 1,
    force: 'forbidden',
    guardrails: [{ metric: 'undeliveredRate' }],
  });
  if (!parsed.ok) throw new Error('no policy');
  const held = { ...deps(), targets: ASKS_NOBODY, minimums: parsed.policy };
  const codes = (await validate(held, { plan: of('<p>fine</p>'), force: true })).problems.map(({ code }) => code);
  expect(codes).toEqual(['minimum-guardrail', 'minimum-first-split', 'minimum-force']);
});

function transition(key: string, version: string): TransitionRecord {
  return transitionRecord(key, {
    workflowId: 'rollout/RefundAssist',
    action: 'RefundAssist',
    version,
    startedBy: 'ana',
    startedAtMs: clock,
    atMs: clock,
    reason: 'test',
  });
}

test('a plan whose approvers are of a group is refused where nobody can be told apart, and taken where operators are known', async () => {
  const plan = of('<p>fine</p>');
  const approve = { kind: 'approve', reason: 'leads', by: ['team-leads'], timeoutMs: 1000, onTimeout: 'hold' } as const;
  const given = { plan: { ...plan, steps: [...plan.steps.slice(0, 1), approve, ...plan.steps.slice(1)] } };
  const { problems } = await validate(deps(), given);
  expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual(['plan-approvers steps.1.by']);
  const operators = operatorsOf([{ name: 'ana', roles: ['approver'], groups: ['team-leads'] }]);
  expect((await validate({ ...deps(), operators }, given)).problems.map(({ code }) => code)).not.toContain(
    'plan-approvers',
  );
});

function operatorsOf(people: readonly object[], more: object = {}): { now: () => Promise<Operators> } {
  const operators = people.map((one) => ({ key: newActorKey('x').key.publicKey, ...one }));
  const parsed = parseOperators({ operators, ...more });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { now: () => Promise.resolve(parsed.operators) };
}

const lead = { roles: ['approver'], groups: ['team-leads'] };
const ANA = { name: 'ana', ...lead };
const BEN = { name: 'ben', ...lead };

test.each<[string, object, readonly object[], string | null]>([
  ['a group that nobody is in', {}, [{ name: 'kim', roles: ['approver'] }], 'operators.yaml nobody could:'],
  [
    'a group whose people may not approve',
    {},
    [{ name: 'ana', roles: ['operator'], groups: ['team-leads'] }],
    'nobody could',
  ],
  [
    'a group whose people may approve elsewhere only',
    {},
    [{ name: 'ana', groups: ['team-leads'], grants: [{ roles: ['approver'], actions: ['Other*'] }] }],
    'nobody could',
  ],
  [
    'more people than there are',
    { count: 2 },
    [ANA],
    '2 of team-leads must approve, and by operators.yaml only ana could:',
  ],
  ['the starter alone', { notStarter: true }, [ANA], '"ana" started it, and does not count (notStarter)'],
  ['more than the approvers without a group', { by: undefined, count: 2 }, [ANA], '2 of who may approve must approve'],
  ['so many people as there are', { count: 2 }, [ANA, BEN], null],
  ['somebody else than the starter', { notStarter: true }, [ANA, BEN], null],
  ['one who has the role by the group', {}, [{ name: 'ana', groups: ['team-leads'] }], null],
])('an approval by %s is told at the start, if it could never be given', async (_what, more, people, words) => {
  const approve = { kind: 'approve', reason: 'x', by: ['team-leads'], timeoutMs: 1000, onTimeout: 'hold', ...more };
  const plan = of('<p>fine</p>');
  const steps = [...plan.steps.slice(0, 1), JSON.parse(JSON.stringify(approve)), ...plan.steps.slice(1)];
  const groups = words === null ? { groups: { 'team-leads': { roles: ['approver'] } } } : {};
  const operators = operatorsOf(people, groups);
  const { problems } = await validate({ ...deps(), operators }, { plan: { ...plan, steps }, startedBy: 'ana' });
  const told = problems.filter(({ code }) => code === 'plan-approvers').map(({ message }) => message);
  expect(told).toEqual(words === null ? [] : [expect.stringContaining(words)]);
});
