/** A rollout is started by who may, and by nobody else, whatever the client. */
import { WorkflowFailedError } from '@temporalio/client';
import { authorise } from '../../src/activities/authorise.ts';
import type { AuthoriseInput } from '../../src/activities/authorise.ts';
import type { TransitionRecord } from '../../src/activities/types.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { newActorKey } from '../../src/identity/key.ts';
import { signed } from '../../src/configurator/sign-act.ts';
import type { Database } from '../../src/store/database.ts';
import type { DryRunAnswer } from '../../src/domain/rollout/dry-run.ts';
import type { dryRun } from '../../src/workflows/dry-run.ts';
import { DRY_RUN_WORKFLOW, ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import type { RolloutInput, RolloutResult, RolloutStatus } from '../../src/workflows/messages.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import { openStore } from '../helpers/any-store.ts';

const { key: ana } = newActorKey('ana');
const { key: eve } = newActorKey('eve');
const { key: vi } = newActorKey('vi');
const { key: cleo } = newActorKey('cleo');
let org: ScriptedOrganisation;
let records: TransitionRecord[];
let db: Database;
let harness: Harness;

beforeAll(async () => {
  db = await openStore();
  const parsed = parseOperators({
    operators: [
      { name: 'ana', key: ana.publicKey, roles: ['operator'] },
      { name: 'vi', key: vi.publicKey, roles: ['viewer'] },
      { name: 'cleo', key: cleo.publicKey, roles: ['admin'] },
    ],
  });
  if (!parsed.ok) throw new Error('the list is wrong');
  const operators = { now: () => Promise.resolve(parsed.operators) };
  harness = await startHarness({
    ...activitiesOf(() => org),
    authorise: (input: AuthoriseInput) => authorise({ db, operators }, input),
    record: async (entries: readonly TransitionRecord[]) => void records.push(...entries),
  });
});
afterAll(async () => {
  await harness.close();
  await db.close();
});
beforeEach(() => {
  org = new ScriptedOrganisation();
  records = [];
});

async function start(plan: Plan, input: object): Promise<RolloutResult> {
  const handle = await harness.client.workflow.start(ROLLOUT_WORKFLOW, {
    workflowId: rolloutWorkflowId(plan.action.name),
    taskQueue: ROLLOUTS_QUEUE,
    args: [input],
  });
  return (await handle.result()) as RolloutResult;
}

function signedBy(key: typeof ana, plan: Plan, more: Partial<RolloutInput> = {}): RolloutInput {
  const workflowId = rolloutWorkflowId(plan.action.name);
  return signed({ key }, { act: 'start', by: key.name, workflowId }, { plan, startedBy: key.name, ...more });
}

test('a signed start runs to its end, and its first entry says how it is known who started it', async () => {
  const plan = quickPlan();
  const input = signedBy(ana, plan);
  expect(await start(plan, input)).toMatchObject({ outcome: 'promoted' });
  expect(records[0]).toMatchObject({
    actor: 'ana',
    proof: { verifiedBy: 'key', subject: `ed25519:${ana.publicKey}`, signature: input.signature },
  });
  const again = await start(plan, input);
  expect(again).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('used before') as string });
});

test.each<[string, (plan: Plan) => object, string]>([
  ['without a signature', (plan) => ({ plan, startedBy: 'ana' }), 'nobody signed it'],
  ['by who is no operator', (plan) => signedBy(eve, plan), "is no operator's"],
  [
    'of another plan than was signed',
    (plan) => ({ ...signedBy(ana, plan), plan: { ...plan, steps: plan.steps.slice(0, 2) } }),
    'not what was signed',
  ],
  ['with what was not signed', (plan) => ({ ...signedBy(ana, plan), force: true }), 'not what was signed'],
  ["in another's name", (plan) => ({ ...signedBy(eve, plan), startedBy: 'ana' }), 'signed by "eve"'],
])('a start %s is rejected, on record, and touches nothing', async (_what, inputOf, word) => {
  const plan = quickPlan();
  expect(await start(plan, inputOf(plan))).toMatchObject({
    outcome: 'rejected',
    reason: expect.stringContaining(word) as string,
  });
  expect(org.writes).toEqual([]);
  expect(records).toMatchObject([
    { act: 'ended', outcome: 'rejected', reason: expect.stringContaining(word) as string },
  ]);
});

test('whoever may not start it, and is known, is not called claimed', async () => {
  const plan = quickPlan();
  expect(await start(plan, signedBy(vi, plan))).toMatchObject({ outcome: 'rejected' });
  expect(records).toMatchObject([{ registered: { verifiedBy: 'key' } }]);
});

test('whoever may not act, and is known, stands in the record of the refusal with their key', async () => {
  const plan = quickPlan();
  const workflowId = rolloutWorkflowId(plan.action.name);
  const handle = await harness.client.workflow.start(ROLLOUT_WORKFLOW, {
    workflowId,
    taskQueue: ROLLOUTS_QUEUE,
    args: [signedBy(ana, plan)],
  });
  const runId = handle.firstExecutionRunId;
  const pause = signed({ key: vi }, { act: 'pause', by: 'vi', workflowId, runId }, { by: 'vi', reason: 'wait' });
  await expect(handle.executeUpdate('pause', { args: [pause] })).rejects.toThrow('Workflow Update failed');
  await handle.result();
  expect(records.find(({ act }) => act === 'refused')).toMatchObject({
    actor: 'vi',
    reason: expect.stringContaining('vi has only viewer') as string,
    proof: { verifiedBy: 'key', subject: `ed25519:${vi.publicKey}`, signature: pause.signature },
  });
});

test('override and promote are taken as they were signed: no field is another, added, gone, or heard twice', async () => {
  org.verdict = 'undecided';
  const hour = 3_600_000;
  const { steps } = quickPlan();
  const plan = quickPlan({
    steps: [
      ...steps.slice(0, 1),
      { kind: 'bake', forMs: hour, atMostMs: 2 * hour, minCards: 0, require: 'noHarm' },
      { kind: 'approve', reason: 'leads agree', timeoutMs: hour, onTimeout: 'hold' },
      ...steps.slice(2),
    ],
  });
  const workflowId = rolloutWorkflowId(plan.action.name);
  const handle = await harness.client.workflow.start(ROLLOUT_WORKFLOW, {
    workflowId,
    taskQueue: ROLLOUTS_QUEUE,
    args: [signedBy(ana, plan)],
  });
  const runId = handle.firstExecutionRunId;
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  const sign = <More extends object>(act: 'override' | 'promote', more: More) =>
    signed(
      { key: cleo },
      { act, by: 'cleo', workflowId, runId },
      { by: 'cleo', reason: 'both leads are ill', ...more },
    );
  const until = new Date(Date.now() + hour).toISOString();
  const override = sign('override', { until, approvals: true });
  const { approvals: _approvals, ...bare } = override;
  const promote = sign('promote', {});
  const tampered: [string, object][] = [
    ['override', { ...override, until: new Date(Date.now() + 2 * hour).toISOString() }],
    ['override', { ...bare, guardrail: 'acceptanceRate' }],
    ['override', { ...override, reason: 'because I say so' }],
    ['promote', { ...promote, step: 2 }],
    ['promote', { ...promote, expiresAt: new Date(Date.now() + hour).toISOString() }],
    ['promote', override],
  ];
  for (const [act, given] of tampered)
    await expect(handle.executeUpdate(act, { args: [given] })).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/not what was signed|was signed for|more than 15 minutes/) as string },
    });
  expect(await handle.query<RolloutStatus>('status')).not.toHaveProperty('overrides');

  await handle.executeUpdate('override', { args: [override] });
  await expect(handle.executeUpdate('override', { args: [override] })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('used before') as string },
  });
  await handle.executeUpdate('promote', { args: [promote] });
  await handle.result();
  expect(records.filter(({ act }) => act === 'refused')).toHaveLength(tampered.length + 1);
  for (const act of ['override', 'promote'])
    expect(records.find((one) => one.act === act)).toMatchObject({ actor: 'cleo', proof: { verifiedBy: 'key' } });
});

test.each([{ expiresAt: 'tomorrow' }, { signature: 7 }, { signature: 'x'.repeat(9000) }])(
  'what is no expiry or no signature is refused as input: %j',
  async (more) => {
    const plan = quickPlan();
    const ended = await start(plan, { plan, startedBy: 'ana', ...more }).catch((error: unknown) => error);
    expect(ended).not.toBeInstanceOf(WorkflowFailedError);
    expect(ended).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('The plan was refused') as string,
    });
  },
);

test('who only asks what a start would do is told whether they may; nothing is kept, and the start is still theirs', async () => {
  const plan = quickPlan();
  const used = (): Promise<unknown> => db.query('select id from used_signatures order by id');
  const before = await used();
  const ask = async (key: typeof ana, workflowId: string): Promise<DryRunAnswer> =>
    harness.client.workflow.execute<typeof dryRun>(DRY_RUN_WORKFLOW, {
      workflowId,
      taskQueue: ROLLOUTS_QUEUE,
      args: [signed({ key }, { act: 'start', by: key.name, workflowId }, { plan, startedBy: key.name })],
    });
  expect(await ask(ana, 'dryRun/ana')).toMatchObject({ refusal: null, verifiedBy: 'key', problems: [] });
  expect(await ask(vi, 'dryRun/vi')).toMatchObject({
    refusal: expect.stringContaining('vi has only viewer'),
    around: null,
  });
  const elsewhere = await harness.client.workflow.execute<typeof dryRun>(DRY_RUN_WORKFLOW, {
    workflowId: 'dryRun/other',
    taskQueue: ROLLOUTS_QUEUE,
    args: [signedBy(ana, plan)],
  });
  expect(elsewhere.refusal).toContain('it was signed for rollout/');
  expect([org.writes, records]).toEqual([[], []]);
  expect(await used()).toEqual(before);
  expect(await start(plan, signedBy(ana, plan))).toMatchObject({ outcome: 'promoted' });
});
