/** The largest rollout that a plan may ask for is written, and brought back with its proof, within one attempt. */
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { WRITE_LIMIT_MS } from '../../../src/domain/rollout/limits.ts';
import { isRestored } from '../../../src/domain/rollout/proofs.ts';
import { sharesOf } from '../../../src/domain/split/movable.ts';
import { createAssistants } from '../../../src/genesys/assistants.ts';
import type { GenesysClient } from '../../../src/genesys/client.ts';
import type { Api } from '../../../src/genesys/http.ts';
import { createRouting } from '../../../src/genesys/routing.ts';
import { createTokenBucket } from '../../../src/genesys/token-bucket.ts';
import type { Database } from '../../../src/store/database.ts';
import { copilotQueues } from '../../../src/targets/copilot-queues/target.ts';
import { openStore } from '../../helpers/any-store.ts';
import { virtualTime } from '../../helpers/virtual-time.ts';

const ASSISTANT = '9b6e4c12-0f83-4d7a-b5c9-17e2a8d03f22';
const CALL_MS = 150;
const [QUEUES, MEMBERS] = [100, 150];

let db: Database;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());

const idOf = (kind: string, n: number): string => `${kind.repeat(8)}-0000-4000-8000-${String(n).padStart(12, '0')}`;
const queueIds = Array.from({ length: QUEUES }, (_, at) => idOf('a', at));
const agents = queueIds.flatMap((queue, at) =>
  Array.from({ length: MEMBERS }, (_, of) => ({ id: idOf('b', at * MEMBERS + of), queues: [queue], volume: 1 })),
);
const DEPLOYMENT: Deployment = {
  target: 'copilotQueues',
  actionName: 'RefundCopilot',
  unit: 'agent',
  baseline: null,
  candidate: { id: 'candidate', version: '1.0.0', fingerprint: {} },
  shares: sharesOf(agents),
  handle: {
    unit: 'agent',
    assistants: Object.fromEntries(queueIds.map((queue) => [queue, ASSISTANT])),
    agents,
    volumeFrom: '',
    volumeTo: '',
  },
};

const time = virtualTime();

function idsIn(body: unknown): string[] {
  const { entities = [] } = (body ?? {}) as { entities?: readonly { id: string }[] };
  return entities.map(({ id }) => id);
}

/** Who has the assistant, behind the rate that the engine keeps to, on a clock of its own. */
function organisation(): Api {
  const bucket = createTokenBucket({ callsPerMinute: 300, now: time.now, sleep: time.sleep });
  const has = new Set<string>();
  return async ({ path, body, schema, urgency = 'normal' }) => {
    await bucket.take(path, urgency);
    await time.sleep(CALL_MS);
    const ids = idsIn(body);
    if (path.endsWith('bulk/add')) for (const id of ids) has.add(id);
    if (path.endsWith('bulk/remove')) for (const id of ids) has.delete(id);
    const answer = path.endsWith('users/query') ? { users: ids.filter((id) => has.has(id)).map((id) => ({ id })) } : {};
    const said = path === `assistants/${ASSISTANT}` ? { id: ASSISTANT } : answer;
    return { value: schema.parse(path.includes('/bulk/') ? undefined : said), correlationId: null } as never;
  };
}

test(`${QUEUES} queues of ${MEMBERS} agents each`, async () => {
  const api = organisation();
  const client = { assistants: createAssistants(api), routing: createRouting(api) } as unknown as GenesysClient;
  const target = copilotQueues.open({ client, db, panelUrl: null, now: time.now });
  const { fingerprint } = (await time.pass(target.readBack(DEPLOYMENT))).candidate ?? {};
  const deployment = {
    ...DEPLOYMENT,
    candidate: { id: 'candidate', version: '1.0.0', fingerprint: fingerprint ?? {} },
  };
  const took = async (work: () => Promise<void>): Promise<number> => {
    const beganMs = time.now();
    await time.pass(work());
    return time.now() - beganMs;
  };
  const raised = await took(async () => {
    await target.setSplit(deployment, 100);
    expect((await target.readBack(deployment)).effectiveSplitPercent).toBe(100);
  });
  const back = await took(async () => {
    await target.retire(deployment, 'candidate', 'safety');
    expect(isRestored(await target.readBack(deployment, 'safety'), deployment)).toBe(true);
  });
  // With room for others who use the same rate.
  for (const ms of [raised, back]) expect(ms).toBeLessThan(WRITE_LIMIT_MS / 2);
  expect(back).toBeGreaterThan(30_000);
});
