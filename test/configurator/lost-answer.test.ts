/** An act whose answer is lost on the way: what is said of it is true, and it is done once. */
import { Metadata } from '@grpc/grpc-js';
import type { Client } from '@temporalio/client';
import { actOnRollout } from '../../src/configurator/acts.ts';
import { createTemporalLink } from '../../src/configurator/connection.ts';
import type { TemporalLink } from '../../src/configurator/connection.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { hang } from '../helpers/gate.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { testTemporal } from '../helpers/temporal.ts';

let org: ScriptedOrganisation;
let harness: Harness;
let link: TemporalLink;
const hour = 3_600_000;
const steps: Plan['steps'] = [
  { kind: 'setSplit', percent: 10 },
  { kind: 'bake', forMs: hour, atMostMs: hour, minCards: 0, require: 'noHarm' },
];
const who = { by: 'ana', reason: 'a1' };

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
  const { address, namespace } = await testTemporal();
  link = createTemporalLink({ connectionOptions: { address }, address, namespace, uiUrl: null });
});
afterAll(async () => {
  await link?.close();
  await harness?.close();
});
beforeEach(() => {
  org = new ScriptedOrganisation();
});

async function baking(): Promise<{ readonly handle: RolloutHandle; readonly action: string }> {
  const plan = quickPlan({ steps });
  const handle = await harness.start(plan);
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
  return { handle, action: plan.action.name };
}

type Call = 'executeUpdate' | 'signal' | 'describe';

/** What these calls ask for is done, and their answers are cut off with this code of gRPC. */
function losing(calls: readonly Call[], code: number): TemporalLink {
  const lost = (): never => {
    throw Object.assign(new Error('cut off'), { code, details: 'cut off', metadata: new Metadata() });
  };
  const deaf = (client: Client): Client => {
    const getHandle = (...of: Parameters<Client['workflow']['getHandle']>) => {
      const handle = client.workflow.getHandle(...of);
      for (const name of calls) {
        const call = handle[name].bind(handle) as (...given: unknown[]) => Promise<unknown>;
        Object.assign(handle, { [name]: (...given: unknown[]) => call(...given).then(lost) });
      }
      return handle;
    };
    const workflow = Object.create(client.workflow, { getHandle: { value: getHandle } }) as Client['workflow'];
    return Object.create(client, { workflow: { value: workflow } }) as Client;
  };
  return { ...link, call: (timeoutMs, call) => link.call(timeoutMs, (client) => call(deaf(client))) };
}

const CODES: readonly [string, number][] = [
  ['cancelled', 1],
  ['late', 4],
  ['exhausted', 8],
  ['unavailable', 14],
];

test.each(CODES)('a brake whose answer is %s is stored as well, and on record once', async (_what, code) => {
  const release = hang(org, 'rollBack');
  const { handle, action } = await baking();
  expect(await actOnRollout(losing(['executeUpdate'], code), 'abort', action, who)).toMatchObject({
    delivered: 'stored',
  });
  release();
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by ana: a1' });
  expect(org.records.filter(({ actor }) => actor === 'ana').map(({ act, reason }) => `${act}: ${reason}`)).toEqual([
    'abort: a1',
  ]);
});

test.each(CODES)('where storing it is %s too, nobody says that it was not taken', async (_what, code) => {
  const { handle, action } = await baking();
  await expect(actOnRollout(losing(['executeUpdate', 'signal'], code), 'abort', action, who)).rejects.toMatchObject({
    code: 'temporal-unreachable',
    message: `Temporal gave no answer to the abort of the rollout of ${action}: it may have been taken, or not.`,
    remedy: expect.stringContaining(`status "${action}"`) as string,
  });
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by ana: a1' });
});

test('nor of another act, which is not stored; and of what was never sent it is said that it was not taken', async () => {
  const { handle, action } = await baking();
  await expect(actOnRollout(losing(['executeUpdate'], 14), 'advance', action, who)).rejects.toMatchObject({
    code: 'temporal-unreachable',
    message: expect.stringMatching(/no answer to the advance .* may have been taken, or not\.$/) as string,
  });
  await expect(actOnRollout(losing(['describe'], 14), 'abort', action, who)).rejects.toMatchObject({
    code: 'temporal-unreachable',
    message: expect.stringMatching(/^Cannot reach Temporal at .* Your abort was NOT taken\.$/) as string,
  });
  await handle.cancel();
  await handle.result();
});
