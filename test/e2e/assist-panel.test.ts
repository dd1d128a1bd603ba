/** Rollouts on `assistPanel`: a real Temporal server, workers, a store, the sandbox organisation. */
import { isCovered } from '../../src/domain/split/coverage.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { listAudit } from '../../src/store/audit.ts';
import type { PanelArm } from '../../src/store/panel/splits.ts';
import { cardOf } from '../../src/targets/card.ts';
import { ACT_UPDATES, statusQuery } from '../../src/workflows/messages.ts';
import { startPanelTraffic } from '../helpers/panel-traffic.ts';
import type { PanelTraffic } from '../helpers/panel-traffic.ts';
import { baking, LONG_BAKE, statusWhen, untilHolds } from '../helpers/outside.ts';
import { signIn } from '../helpers/organisation-api.ts';
import type { CallOrganisation } from '../helpers/organisation-api.ts';
import { demoPlan, fault, startStack } from '../helpers/stack.ts';
import { unattendedPlan } from '../helpers/real-cards.ts';
import type { Stack } from '../helpers/stack.ts';

jest.setTimeout(600_000);

const GOOD = { acceptance: 0.4, dismissal: 0.2, latencyMs: 200 };
const BAD = { acceptance: 0.24, dismissal: 0.35, latencyMs: 500 };
const ACTION = 'PanelRefund';

let stack: Stack;
let traffic: PanelTraffic;
let call: CallOrganisation;
/** User ids of two teams. */
let nights: readonly string[];
let days: readonly string[];

/** Every state that the split was ever in, whoever wrote it. */
const WATCH_SPLITS = [
  'create table split_history (epoch bigint, action text, arms jsonb, at timestamptz default clock_timestamp())',
  `create function note_split() returns trigger language plpgsql as $$ begin
     insert into split_history (epoch, action, arms) values (new.epoch, new.action, new.arms); return new; end $$`,
  'create trigger note_split after insert or update on panel_split for each row execute function note_split()',
];

beforeAll(async () => {
  stack = await startStack({ traffic: { running: false } }, 'restore', 'https://panel.example.com');
  for (const statement of WATCH_SPLITS) await stack.db.query(statement);
  call = await signIn(stack.sandbox.url);
  [nights, days] = await Promise.all([membersOf(SEEDED.teams.nights.id), membersOf(SEEDED.teams.days.id)]);
  const target = stack.targets.of('assistPanel');
  traffic = await startPanelTraffic(stack.db, {
    processes: 2,
    cardsPerTick: (action) => (action === ACTION ? 12 : 2),
    modelOf: (version) => (version === '1.6.0' ? BAD : GOOD),
    agents: [...nights.slice(0, 20), ...days.slice(0, 20)],
  });
  for (const action of [ACTION, 'Piloted', 'Drifting']) {
    const first = { ...(await panelPlan('1.5.0', action)), control: 'none' } as const;
    const deployment = await target.deploy({
      target: first.target,
      action: { ...first.action, version: '1.4.0' },
      rolloutId: 'first',
      noCard: 'baseline',
    });
    await target.setSplit(deployment, 100);
    await target.retire(deployment, 'baseline');
  }
});
afterAll(async () => {
  await traffic.stop();
  await stack.close();
});

async function membersOf(teamId: string): Promise<readonly string[]> {
  const { entities } = await call<{ entities: { id: string }[] }>('GET', `teams/${teamId}/members`);
  return entities.map(({ id }) => id);
}

async function panelPlan(version: '1.5.0' | '1.6.0', action: string): Promise<Plan> {
  const demo = await demoPlan(version);
  const card = cardOf(demo.action);
  return {
    ...unattendedPlan(demo),
    target: { kind: 'assistPanel', queues: [SEEDED.queues.billing.id] },
    action: { ...card, name: action, trigger: { ...card.trigger, conditions: [] } },
  };
}

async function historyOf(
  action: string,
): Promise<readonly { readonly arms: readonly PanelArm[]; readonly at: Date }[]> {
  return stack.db.query('select arms, at from split_history where action = $1 order by epoch', [action]);
}

/** Since the first version serves everybody. */
async function expectAlwaysCovered(action: string): Promise<void> {
  const states = (await historyOf(action)).map(({ arms }) => arms);
  const served = states.slice(states.findIndex((arms) => isCovered(arms)));
  expect(served.filter((arms) => !isCovered(arms))).toEqual([]);
}

test('under faults a healthy version is promoted and a harmful one is taken back; nobody was ever unserved, and nobody is shown the candidate after the proof', async () => {
  const healthy = await stack.start(await panelPlan('1.5.0', ACTION));
  for (const [method, status] of [
    ['GET', 503],
    ['GET', 429],
    ['PUT', 500],
  ] as const)
    await fault(stack, {
      match: { method, pathPrefix: '/api/v2/integrations' },
      times: 2,
      status,
      retryAfterSeconds: 1,
    });
  const promoted = await healthy.result();
  expect(`${promoted.outcome}: ${promoted.reason}`).toMatch(/^promoted: /);
  expect(promoted).toMatchObject({ safety: { provenByReadBack: true } });
  const harmful = await stack.start(await panelPlan('1.6.0', ACTION));
  await statusWhen(harmful, ({ phase }) => phase === 'baking');
  traffic.kill(1);
  const result = await harmful.result();
  expect(result).toMatchObject({
    outcome: 'rolledBack',
    report: { verdict: 'harm' },
    safety: { provenByReadBack: true },
  });
  await expectAlwaysCovered(ACTION);
  const audit = await listAudit(stack.db, { rolloutId: harmful.firstExecutionRunId });
  const provenAt = audit.findLast(({ act }) => act === 'splitProven')?.at.getTime() ?? Infinity;
  await untilHolds('cards are shown after the proof', () =>
    Promise.resolve(traffic.shown.some(({ action, at }) => action === ACTION && at > provenAt)),
  );
  expect(traffic.shown.filter(({ version, at }) => version === '1.6.0' && at > provenAt)).toEqual([]);
  expect(await stack.targets.of('assistPanel').survey(ACTION)).toMatchObject([
    { version: '1.4.0', enabled: false },
    { version: '1.5.0', enabled: true, group: 'control', splitPercent: 100 },
    { version: '1.6.0', enabled: false },
  ]);
});

test('a pilot sees the card alone: whoever is not in its team is shown none, and the end says of whom it speaks', async () => {
  const pilot = { name: 'Nights', teams: [SEEDED.teams.nights.id] };
  const plan = await panelPlan('1.5.0', 'Piloted');
  const handle = await stack.start({
    ...plan,
    steps: [{ kind: 'setSplit', percent: 50, of: pilot }, LONG_BAKE],
    policies: { ...plan.policies, settleMs: 1_000 },
  });
  const cards = (version: string, agents: readonly string[]) =>
    traffic.shown.filter(
      (card) => card.action === 'Piloted' && card.version === version && agents.includes(card.agentId),
    ).length;
  await untilHolds('the team sees both, and the others go on', () =>
    Promise.resolve(cards('1.5.0', nights) >= 10 && cards('1.4.0', nights) >= 10 && cards('1.4.0', days) >= 10),
  );
  expect(cards('1.5.0', days)).toBe(0);
  expect(await handle.query(statusQuery)).toMatchObject({ splitPercent: 50, splitOf: pilot });
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'seen enough.' }] });
  const { outcome, reason } = await handle.result();
  expect([outcome, reason]).toEqual([
    'rolledBack',
    'abort by ana: seen enough. It was at split 50 % of Nights (pilot).',
  ]);
  expect(cards('1.5.0', days)).toBe(0);
  await expectAlwaysCovered('Piloted');
});

test('an integration that another hand changes is put right while the rollout goes on; an abort asks nobody in the organisation', async () => {
  const plan = await panelPlan('1.5.0', 'Drifting');
  const handle = await stack.start({
    ...plan,
    steps: [{ kind: 'setSplit', percent: 50 }, LONG_BAKE],
    policies: { ...plan.policies, onNoData: { afterMs: 1_800_000, do: 'pause' } },
  });
  await baking(handle);
  const [integration] = (await call<{ entities: { id: string }[] }>('GET', 'integrations')).entities;
  const path = `integrations/${integration?.id}`;
  await call('PATCH', path, { intendedState: 'DISABLED' });
  await untilHolds('the drift is on record', async () => {
    const audit = await listAudit(stack.db, { rolloutId: handle.firstExecutionRunId });
    return audit.some(({ act, reason }) => act === 'drifted' && reason.includes('was disabled'));
  });
  await untilHolds('it is enabled again', async () => {
    const { intendedState } = await call<{ intendedState: string }>('GET', path);
    return intendedState === 'ENABLED';
  });
  await fault(stack, { match: { pathPrefix: '/api/v2' }, times: 10_000, status: 500 });
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'seen enough' }] });
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', safety: { provenByReadBack: true } });
  expect((await handle.query(statusQuery)).splitPercent).toBe(0);
  await expectAlwaysCovered('Drifting');
});
