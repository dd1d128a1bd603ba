/** `recover` by hand: whose role it takes, whoever starts it and however; and that doubt keeps no baseline away. */
import { ApplicationFailure } from '@temporalio/common';
import { authorise } from '../../src/activities/authorise.ts';
import type { AuthoriseInput } from '../../src/activities/authorise.ts';
import { signed } from '../../src/configurator/sign-act.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import type { RecordInput } from '../../src/guardian/types.ts';
import type { ActorKey } from '../../src/identity/key.ts';
import { newActorKey } from '../../src/identity/key.ts';
import type { Database } from '../../src/store/database.ts';
import { RECOVER_WORKFLOW, recoverWorkflowId, ROLLOUTS_QUEUE } from '../../src/workflows/messages.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import { openStore } from '../helpers/any-store.ts';

const { key: ana } = newActorKey('ana');
const { key: vic } = newActorKey('vic');
const { key: eve } = newActorKey('eve');
const nothing = { kind: 'nothing', rolloutId: null, ended: null, foreign: [], why: 'x' } as const;
let harness: Harness;
let db: Database;
let restored: { readonly action: string; readonly by: string }[];
let records: RecordInput[];
let isAway: boolean;

beforeAll(async () => {
  db = await openStore();
  const parsed = parseOperators({
    operators: [
      // Of one queue: who answers for a part may bring back the whole.
      { name: 'ana', key: ana.publicKey, grants: [{ roles: ['approver'], actions: ['Refund*'], queues: [QUEUE] }] },
      { name: 'vic', key: vic.publicKey, roles: ['viewer'] },
    ],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const operators = { now: () => Promise.resolve(parsed.operators) };
  harness = await startHarness({
    ...activitiesOf(() => new ScriptedOrganisation()),
    authorise: (input: AuthoriseInput) =>
      isAway
        ? Promise.reject(ApplicationFailure.nonRetryable('the list is away'))
        : authorise({ db, operators }, input),
    restoreBaseline: async (input: { action: string; by: string }) => {
      restored.push(input);
      return nothing;
    },
    recordRecovery: async (input: RecordInput) => void records.push(input),
  });
});
afterAll(async () => {
  await harness.close();
  await db.close();
});
beforeEach(() => {
  restored = [];
  records = [];
  isAway = false;
});

const QUEUE = '6f2f0000-0000-4000-8000-000000000001';
const ACTION = 'RefundAssist';

function recover(input: object, workflowId = recoverWorkflowId(ACTION)): Promise<unknown> {
  return harness.client.workflow.execute(RECOVER_WORKFLOW, { workflowId, taskQueue: ROLLOUTS_QUEUE, args: [input] });
}

function signedBy(key: ActorKey, content = { action: ACTION, by: key.name, reason: 'terminated' }): object {
  return signed({ key }, { act: 'recover', by: content.by, workflowId: recoverWorkflowId(ACTION) }, content);
}

test('who may bring the baseline back does, and the record says how it is known who that was', async () => {
  await recover(signedBy(ana));
  expect(restored).toEqual([{ action: ACTION, by: 'ana' }]);
  expect(records).toMatchObject([{ by: 'ana', recovery: { kind: 'nothing' }, proof: { verifiedBy: 'key' } }]);
});

test.each<[string, () => object, string]>([
  ['without a signature', () => ({ action: ACTION, by: 'ana', reason: 'x' }), 'nobody signed it'],
  ['by who may only look', () => signedBy(vic), 'vic has only viewer'],
  ['by who is no operator', () => signedBy(eve), "is no operator's"],
  ['for another reason than was signed', () => ({ ...signedBy(ana), reason: 'y' }), 'not what was signed'],
  ['as the guardian', () => ({ action: ACTION, by: 'guardian', reason: 'x' }), 'guardian'],
])('%s it is refused and touches nothing', async (_how, input, why) => {
  await expect(recover(input())).rejects.toMatchObject({
    cause: { type: 'RecoverRefused', message: expect.stringContaining(why) as string },
  });
  expect(restored).toEqual([]);
  // What is not readable at all leaves no trace.
  for (const { recovery } of records)
    expect(recovery).toEqual({ kind: 'refused', why: expect.stringContaining('Cannot recover: ') as string });
});

test('a signature is good for one recovery', async () => {
  const input = signedBy(ana);
  await recover(input);
  await expect(recover(input)).rejects.toMatchObject({
    cause: { message: expect.stringContaining('used before') as string },
  });
  expect(restored).toHaveLength(1);
});

test('under another workflow id, where two could run beside each other, it is refused', async () => {
  await expect(recover(signedBy(ana), 'recover-beside')).rejects.toMatchObject({
    cause: { type: 'RecoverRefused', message: expect.stringContaining('expected recover/RefundAssist') as string },
  });
  expect(restored).toEqual([]);
});

test('when nobody can say who asks, the baseline comes back all the same, under the name given', async () => {
  isAway = true;
  await recover({ action: ACTION, by: 'ana', reason: 'x' });
  expect(restored).toEqual([{ action: ACTION, by: 'ana' }]);
  expect(records).toMatchObject([{ by: 'ana', proof: { verifiedBy: null } }]);
});
