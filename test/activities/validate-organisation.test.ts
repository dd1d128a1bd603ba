/** The part of the preflight that looks at the organisation, over real HTTP: before anything is written. */
import { validate } from '../../src/activities/validate.ts';
import { openOrganisation } from '../../src/configurator/genesys.ts';
import type { Plan, Trigger } from '../../src/domain/plan/plan.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import type { SandboxClient } from '../../src/sandbox/oauth.ts';
import { SEEDED, SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import type { Database } from '../../src/store/database.ts';
import { planWith } from '../domain/preflight/card.ts';
import { openStore } from '../helpers/any-store.ts';

const NOWHERE = '00000000-0000-4000-8000-000000000000';
const BILLING = { type: 'queue', id: SEEDED.queues.billing.id } as const;
const REFUNDS = { type: 'skill', id: SEEDED.skills.refunds.id } as const;
const { minConfidence, keywords, conditions } = SEEDED_BASELINE.trigger;

let db: Database;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Given {
  readonly sandbox: SandboxHandle;
  readonly problemsOf: (trigger?: Partial<Trigger>, action?: Partial<Plan['action']>) => Promise<string[][]>;
}

async function given(more: Partial<SandboxClient> = {}): Promise<Given> {
  const client = { ...DEFAULT_CLIENT, ...more };
  const sandbox = await startSandbox({ clients: [client] });
  const config = {
    clientId: client.id,
    clientSecret: client.secret,
    loginUrl: sandbox.url,
    apiUrl: sandbox.url,
    callsPerMinute: 3000,
  };
  const organisation = openOrganisation(config, { now: Date.now });
  const { targets } = organisation;
  closers.push(
    () => organisation.close(),
    () => sandbox.close(),
  );
  return {
    sandbox,
    problemsOf: async (trigger = {}, action = {}) => {
      const base = planWith('<p>Check the order first.</p>');
      const plan: Plan = {
        ...base,
        action: {
          ...base.action,
          name: 'RefundAssist',
          version: '2.0.0',
          ...action,
          trigger: { minConfidence, keywords, conditions, ...trigger },
        },
      };
      const { problems, checked } = await validate({ db, now: Date.now, targets }, { plan });
      expect(checked?.status).toBe('passed');
      return problems.map(({ code, severity, path }) => [code, severity, path]);
    },
  };
}

test('the trigger of the version that serves, on queues and skills that there are, raises nothing; and nothing is written', async () => {
  const { sandbox, problemsOf } = await given();
  const before = JSON.stringify(sandbox.org.actions.all());
  expect(await problemsOf()).toEqual([]);
  expect(await problemsOf({ conditions: [{ type: 'queue', id: NOWHERE }] })).toContainEqual([
    'trigger-id-unknown',
    'error',
    'action.trigger.conditions.0.id',
  ]);
  expect(JSON.stringify(sandbox.org.actions.all())).toBe(before);
});

test('an unknown queue beside a known one is refused too, before anything is written', async () => {
  const { problemsOf } = await given();
  expect(
    await problemsOf({ conditions: [BILLING, { type: 'queue', id: NOWHERE }, REFUNDS] }, { name: 'NewAssist' }),
  ).toEqual([['trigger-id-unknown', 'error', 'action.trigger.conditions.1.id']]);
});

test('without the permission it is a warning, and the plan goes on', async () => {
  const { problemsOf } = await given({ permissions: ['agentassist:action:view'] });
  expect(await problemsOf()).toEqual([['trigger-id-unchecked', 'warning', 'action.trigger.conditions']]);
});

test('another trigger than that of the version that serves is warned of; that of an action without one is not', async () => {
  const { problemsOf } = await given();
  expect(await problemsOf({ keywords: [...keywords, 'chargeback'] })).toEqual([
    ['trigger-differs', 'warning', 'action.trigger'],
  ]);
  expect(await problemsOf({ keywords: ['chargeback'] }, { name: 'NewAssist' })).toEqual([]);
});

test('an organisation that is away is waited for, not taken for one without queues', async () => {
  const { sandbox, problemsOf } = await given();
  sandbox.org.faults.add({ match: { pathPrefix: '/api/v2/routing' }, times: 5, status: 503 });
  await expect(problemsOf()).rejects.toMatchObject({ kind: 'unavailable' });
});
