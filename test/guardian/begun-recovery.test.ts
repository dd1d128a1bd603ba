/** A recovery whose attempt dies after it has written: the next one finds nothing shown, and does not forget what it did. */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Begun } from '../../src/domain/guardian/restore-plan.ts';
import { begunIn } from '../../src/domain/guardian/restore-plan.ts';
import type { Recovery } from '../../src/domain/guardian/recovery.ts';
import { restoreBaseline } from '../../src/guardian/restore.ts';
import { SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import type { Targets } from '../../src/targets/index.ts';
import type { OpenTarget } from '../../src/targets/target.ts';
import { openStore } from '../helpers/any-store.ts';
import { openSandboxOrganisation } from '../helpers/sandbox-organisation.ts';
import type { Database } from '../../src/store/database.ts';
import { handsOn } from './by-hand.ts';

jest.setTimeout(120_000);

const ACTION = 'RefundAssist';
const CANDIDATE = {
  ...SEEDED_BASELINE,
  name: `${ACTION} v1.5.0`,
  version: '1.5.0',
  metadata: { traffic_split: 20, ab_test_group: 'candidate', version: '1.5.0', rollout_id: 'gone' },
};

let db: Database;
let sandbox: SandboxHandle;
let organisation: ReturnType<typeof openSandboxOrganisation>;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  sandbox = await startSandbox();
  organisation = openSandboxOrganisation(sandbox.url);
});
afterEach(async () => {
  organisation.close();
  await sandbox.close();
});

/** Temporal knows no run of anything. */
const client = {
  workflow: {
    getHandle: (workflowId: string) => ({
      describe: () => Promise.reject(new WorkflowNotFoundError('not found', workflowId, undefined)),
    }),
  },
} as unknown as Client;

type Dying = 'retire' | 'readBack';

/** Its process dies when it is about to do so. */
function dyingBefore(method: Dying): Targets {
  const { targets } = organisation;
  const dying = (target: OpenTarget): OpenTarget => ({
    ...target,
    [method]: () => Promise.reject(new Error('the process dies')),
  });
  return { ...targets, all: () => targets.all(), of: (kind) => dying(targets.of(kind)) };
}

function attempt(targets: Targets, left: unknown): { readonly kept: Begun[]; readonly recovery: Promise<Recovery> } {
  const kept: Begun[] = [];
  const recovery = restoreBaseline(
    {
      targets,
      db,
      now: Date.now,
      onStoreAway: (error) => {
        throw error;
      },
      announce: () => Promise.resolve(),
      attempt: {
        begun: begunIn(left),
        begin: (begun) => void kept.push(begun),
        askPerson: () => Promise.resolve(),
      },
    },
    client,
    { action: ACTION, by: 'guardian' },
  );
  return { kept, recovery };
}

test.each<Dying>(['retire', 'readBack'])('one that died before its %s: the next does it to its end', async (method) => {
  const hands = await handsOn(sandbox.url);
  const { id } = await hands.create(CANDIDATE);
  const first = attempt(dyingBefore(method), undefined);
  await expect(first.recovery).rejects.toThrow('the process dies');
  // As the server keeps it.
  const next = attempt(organisation.targets, JSON.parse(JSON.stringify(first.kept[0])));
  expect(await next.recovery).toMatchObject({
    kind: 'restored',
    candidates: [`v1.5.0 (${id})`],
    baseline: expect.stringMatching(/^v1\.4\.0 /) as string,
    splitPercent: 20,
  });
  expect(next.kept).toEqual(first.kept);
  const shown = Object.fromEntries(
    (await hands.list()).map(({ version, enabled, metadata }) => [version, [enabled, metadata.traffic_split]]),
  );
  expect(shown).toEqual({ '1.4.0': [true, 100], '1.5.0': [false, 0] });
});

test('what an attempt of another release left is not understood, and nothing is shown', async () => {
  expect(await attempt(organisation.targets, { candidates: 'all' }).recovery).toMatchObject({ kind: 'nothing' });
});
