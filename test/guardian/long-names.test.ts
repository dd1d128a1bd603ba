/** What the guardian puts on record names every queue that another hand gave away; its key has room for that. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { GuardianFinding } from '../../src/domain/guardian/finding.ts';
import { actOn, recordRecovery } from '../../src/guardian/say.ts';
import type { SayDeps } from '../../src/guardian/say.ts';
import { listAudit } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { openStore } from '../helpers/any-store.ts';

let db: Database;
let told: string[];
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(() => {
  told = [];
});

const queues = Array.from({ length: 100 }, () => randomUUID());
const none = {} as Client;

function deps(): SayDeps {
  const quiet = () => undefined;
  return {
    db,
    now: Date.now,
    mode: 'restore',
    logger: { info: quiet, warn: quiet, error: quiet },
    tell: async (_trx: unknown, { headline }: { headline: string }) => void told.push(headline),
  } as unknown as SayDeps;
}

test('a person is called once for a hundred queues that are in nobody’s way back, and again for another reason', async () => {
  const call = (why: string) =>
    recordRecovery(deps(), none, {
      action: 'RefundCopilot',
      by: 'guardian',
      recovery: { kind: 'needsPerson', rolloutId: 'r', why },
      reason: 'The baseline is being brought back',
      key: '',
    });
  const why = `Queues ${queues.join(', ')} were given to another assistant.`;
  await call(why);
  await call(why);
  expect(told).toHaveLength(1);
  await call(`${why} Queue ${randomUUID()} as well.`);
  expect(told).toHaveLength(2);
});

test('a hundred actions that cannot be looked at are said once', async () => {
  const finding: GuardianFinding = {
    kind: 'unseen',
    remedy: 'alarm',
    action: null,
    rolloutId: null,
    version: null,
    target: 'copilotQueues',
    ripe: true,
    key: `unseen/copilotQueues/${queues.join('/')}`,
    sentence: 'What serves on copilotQueues could not be looked at.',
    wayOut: 'Until it can be, nobody finds a version there that no rollout watches.',
  };
  await actOn(deps(), none, finding);
  await actOn(deps(), none, finding);
  expect(told).toHaveLength(1);
  const keys = (await listAudit(db)).map(({ key }) => key.length);
  expect(Math.max(...keys)).toBeLessThanOrEqual(510);
});
