/** An act on waves reaches each of their rollouts by itself, whichever of them, or the waves, cannot be asked. */
import { Metadata } from '@grpc/grpc-js';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { createTemporalLink } from '../../src/configurator/connection.ts';
import type { TemporalLink } from '../../src/configurator/connection.ts';
import { actOnWaves } from '../../src/configurator/waves-acts.ts';
import { viewWaves } from '../../src/configurator/waves.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { membersOf } from '../../src/domain/waves/state.ts';
import type { WavesActName } from '../../src/domain/waves/state.ts';
import { rolloutWorkflowId, wavesWorkflowId } from '../../src/workflows/messages.ts';
import { quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { testTemporal } from '../helpers/temporal.ts';
import type { WavesHandle, WrittenWaves } from '../helpers/waves.ts';
import { beginWaves, wavesActivities, wavesOf, wavesStatusWhen } from '../helpers/waves.ts';

const organisations = new Map<string, ScriptedOrganisation>();
const who = { by: 'ana', reason: 'wrong text' };
let harness: Harness;
let link: TemporalLink;

function organisationOf(action: string): ScriptedOrganisation {
  const known = organisations.get(action) ?? new ScriptedOrganisation();
  organisations.set(action, known);
  return known;
}

beforeAll(async () => {
  harness = await startHarness({ ...wavesActivities(organisationOf), recordWaves: () => Promise.resolve() });
  const { address, namespace } = await testTemporal();
  link = createTemporalLink({ connectionOptions: { address }, address, namespace, uiUrl: null });
});
afterAll(async () => {
  await link?.close();
  await harness?.close();
});

interface Begun {
  readonly handle: WavesHandle;
  readonly name: string;
  readonly nameOf: WrittenWaves['nameOf'];
}

/** `p` is promoted, and watched on; `a` and `b` bake until somebody ends it. */
async function begin(plan: Partial<Plan> = {}): Promise<Begun> {
  const { given, nameOf } = wavesOf([['p'], ['a', 'b']], {}, plan);
  for (const member of ['a', 'b']) organisationOf(nameOf(member)).verdict = 'undecided';
  const handle = await beginWaves(harness, given);
  await wavesStatusWhen(handle, (status) => membersOf(status).every(({ state }) => state !== 'waiting'));
  for (const member of ['a', 'b'])
    await harness.statusWhen(
      harness.client.workflow.getHandle(rolloutWorkflowId(nameOf(member))) as never,
      ({ phase }) => phase === 'baking' || phase === 'held',
    );
  return { handle, name: given.name, nameOf };
}

type Call = 'executeUpdate' | 'describe' | 'query';

/** Nobody takes these calls to that workflow: they fail with this code of gRPC. */
function deafTo(workflowId: string, calls: readonly Call[], code = 9): TemporalLink {
  const unheard = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('nobody'), { code, details: 'nobody', metadata: new Metadata() }));
  return through((handle) => {
    if (handle.workflowId === workflowId) for (const name of calls) Object.assign(handle, { [name]: unheard });
  });
}

function through(change: (handle: WorkflowHandle) => void): TemporalLink {
  const changed = (client: Client): Client => {
    const getHandle = (...of: Parameters<Client['workflow']['getHandle']>) => {
      const handle = client.workflow.getHandle(...of);
      change(handle);
      return handle;
    };
    const workflow = Object.create(client.workflow, { getHandle: { value: getHandle } }) as Client['workflow'];
    return Object.create(client, { workflow: { value: workflow } }) as Client;
  };
  return { ...link, call: (timeoutMs, call) => link.call(timeoutMs, (client) => call(changed(client))) };
}

async function endOf(handle: WavesHandle): Promise<string[]> {
  const status = await handle.result();
  return [status.phase, ...membersOf(status).map(({ action, state }) => `${action.split(' ')[0]} ${state}`)];
}

test('an abort of waves reaches every rollout but the one that nobody can ask, and is stored for that', async () => {
  const { handle, name, nameOf } = await begin();
  const deaf = deafTo(rolloutWorkflowId(nameOf('a')), ['query', 'executeUpdate']);
  const { members } = await actOnWaves(deaf, 'abort', name, who);
  expect(members).toEqual([
    { action: nameOf('a'), taken: true, why: 'stored until a worker runs' },
    { action: nameOf('b'), taken: true, why: '' },
  ]);
  expect(await endOf(handle)).toEqual(['aborted', 'p promoted', 'a rolledBack', 'b rolledBack']);
});

test('waves that are over are told by their run, whichever of that name run since', async () => {
  const { given } = wavesOf([['c']]);
  const begun = async (): Promise<string> => {
    const handle = await beginWaves(harness, given);
    const { runId } = await handle.describe();
    await actOnWaves(link, 'abort', given.name, who);
    await handle.result();
    return runId;
  };
  const [first, second] = [await begun(), await begun()];
  expect(await viewWaves(link, given.name, first)).toMatchObject({ runId: first, waves: { phase: 'aborted' } });
  expect(await viewWaves(link, given.name)).toMatchObject({ runId: second });
});

test('one that Temporal does not let anybody find is named with why; the waves and the others are told', async () => {
  const { handle, name, nameOf } = await begin();
  const { members } = await actOnWaves(deafTo(rolloutWorkflowId(nameOf('a')), ['describe'], 8), 'abort', name, who);
  expect(members).toEqual([
    { action: nameOf('a'), taken: false, why: expect.stringContaining('nobody') },
    { action: nameOf('b'), taken: true, why: '' },
  ]);
  // The waves call it off.
  expect(await endOf(handle)).toEqual(['aborted', 'p promoted', 'a rolledBack', 'b rolledBack']);
});

test.each<WavesActName>(['abort', 'pause'])(
  'where the waves do not answer, %s reaches what runs of them, and what is promoted is left',
  async (act) => {
    const policies = { ...quickPlan().policies, longWatch: { forMs: 3_600_000, alpha: 0.01 } };
    const { handle, name, nameOf } = await begin({ policies });
    const deaf = deafTo(wavesWorkflowId(name), ['query', 'executeUpdate']);
    const told = actOnWaves(deaf, act, name, who);
    const accepted = [nameOf('a'), nameOf('b')].map((action) => `${action}: ${act} accepted`);
    await expect(told).rejects.toMatchObject({
      code: 'no-worker',
      message: expect.stringMatching(new RegExp(`Your ${act} may have been taken.*told, each by itself: [^.]*\\.$`)),
      remedy: expect.stringContaining(`\`${act} <action>\` ${act}s each rollout by itself, and \`list\` shows them`),
    });
    await told.catch(({ message }: Error) => {
      for (const text of accepted) expect(message).toContain(text);
      expect(message).not.toContain(nameOf('p'));
    });
    const rollout = harness.client.workflow.getHandle(rolloutWorkflowId(nameOf('a'))) as never;
    await harness.statusWhen(rollout, ({ paused, phase }) => paused || phase === 'rolledBack');
    await handle.terminate();
    for (const member of ['p', 'a', 'b'])
      await harness.client.workflow
        .getHandle(rolloutWorkflowId(nameOf(member)))
        .terminate()
        .catch(() => undefined);
  },
);

test('waves that are paused in Temporal run', async () => {
  const { handle, name } = await begin();
  const paused = through((one) => {
    if (one.workflowId !== wavesWorkflowId(name)) return;
    const describe = one.describe.bind(one);
    Object.assign(one, { describe: async () => ({ ...(await describe()), status: { code: 8, name: 'PAUSED' } }) });
  });
  expect(await viewWaves(paused, name)).toMatchObject({ running: true, lost: null });
  await actOnWaves(paused, 'abort', name, who);
  expect((await endOf(handle))[0]).toBe('aborted');
});

test('a rollout that cannot be read hides none of the others from the status', async () => {
  const { handle, name, nameOf } = await begin();
  const view = await viewWaves(deafTo(rolloutWorkflowId(nameOf('a')), ['query']), name);
  expect(Object.keys(view.members)).toEqual([nameOf('b')]);
  expect(view.unread).toEqual({ [nameOf('a')]: expect.stringContaining('no worker answered') });
  await handle.cancel();
  await handle.result();
});
