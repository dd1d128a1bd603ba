/** Which rollouts a list has, and that it says what was not looked at. */
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { createConfigurator } from '../../src/configurator.ts';
import type { Configurator } from '../../src/configurator.ts';
import type { TemporalLink } from '../../src/configurator/connection.ts';
import type { ListFilter } from '../../src/configurator/list-rows.ts';
import { listRollouts } from '../../src/configurator/list.ts';
import { ROLLOUT_WORKFLOW, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import { cli } from '../cli/fixtures.ts';
import { until } from '../guardian/by-hand.ts';
import { patientClient, patientConnection } from '../helpers/patient-client.ts';
import { testTemporal } from '../helpers/temporal.ts';

describe('on a real server, those that wait for a person are', () => {
  let client: Client;
  let configurator: Configurator;

  beforeAll(async () => {
    const { address, namespace } = await testTemporal();
    client = patientClient({ connection: await patientConnection(address), namespace, codecKeys: [] });
    configurator = createConfigurator({
      temporal: { connectionOptions: { address }, address, namespace, uiUrl: null },
    });
  });
  afterAll(async () => {
    await configurator?.close();
    await client?.connection.close();
  });

  const begin = async (action: string, phase: string) =>
    client.workflow.start(ROLLOUT_WORKFLOW, {
      taskQueue: 'nowhere',
      workflowId: rolloutWorkflowId(action),
      typedSearchAttributes: [
        { key: defineSearchAttributeKey('AssistAction', SearchAttributeType.KEYWORD), value: action },
        { key: defineSearchAttributeKey('AssistPhase', SearchAttributeType.KEYWORD), value: phase },
      ],
    });
  const listed = async (limit: number, filter: ListFilter) =>
    (await configurator.list(limit, filter)).rollouts.map(({ action, phase }) => `${action} ${phase}`);

  test('also one that was lost longer ago than many that somebody has looked after', async () => {
    await (await begin('Left', 'baking')).terminate();
    for (let at = 0; at < 3; at += 1) await (await begin('Again', 'baking')).terminate();
    await begin('Again', 'baking');
    await until('the list to have all', async () => (await configurator.list(9)).rollouts.length === 5);
    expect(await listed(1, { waiting: true })).toEqual(['Left terminated']);
    expect((await cli(['list', '--waiting', '--limit', '1'], { configurator })).stdout).toMatch(/^Left .*terminated/m);
  });

  test('those first that nobody watches, however many others wait', async () => {
    await begin('Held', 'held');
    await until('the list to have it', async () => (await listed(9, { waiting: true })).length === 2);
    expect(await listed(9, { waiting: true })).toEqual(['Left terminated', 'Held held']);
    expect(await listed(1, { waiting: true })).toEqual(['Left terminated']);
    expect(await listed(9, { waiting: true, outcome: 'ended' })).toEqual(['Left terminated']);
  });
});

describe('a list', () => {
  interface Run {
    readonly workflowId: string;
    readonly state: 'RUNNING' | 'TERMINATED';
    readonly startedBy?: string;
  }
  let runs: readonly Run[];
  let pages: number;
  /** Of these the server tells nothing. */
  let silent: readonly string[];
  beforeEach(() => {
    [runs, pages, silent] = [[], 0, []];
  });

  const infoOf = ({ workflowId, state, startedBy }: Run, at: number) => ({
    workflowId,
    runId: `r${at}`,
    type: ROLLOUT_WORKFLOW,
    status: { name: state },
    startTime: new Date(0),
    typedSearchAttributes: { get: ({ name }: { name: string }) => (name === 'AssistAction' ? workflowId : undefined) },
    memo: { startedBy },
    raw: {},
  });
  const client = {
    withDeadline: (_atMs: number, work: () => Promise<unknown>) => work(),
    workflow: {
      async *list({ query, pageSize }: { readonly query: string; readonly pageSize: number }) {
        const wanted = query.includes('Terminated') ? 'TERMINATED' : query.includes('AssistPhase IN') ? '' : 'RUNNING';
        const isAny = !query.includes('ExecutionStatus');
        let at = 0;
        for (const [index, run] of runs.entries()) {
          if (!isAny && run.state !== wanted) continue;
          if (at % pageSize === 0) pages += 1;
          at += 1;
          yield await Promise.resolve(infoOf(run, index));
        }
      },
      getHandle: (workflowId: string) => ({
        describe: async () => {
          if (silent.includes(workflowId)) throw new Error('too late');
          return { ...infoOf({ workflowId, state: 'RUNNING' }, -1), searchAttributes: {} };
        },
      }),
    },
  } as unknown as Client;
  const link = {
    config: { uiUrl: null, namespace: 'default' },
    call: (_ms: number, work: (given: Client) => Promise<unknown>) => work(client),
  } as unknown as TemporalLink;
  const many = (count: number, run: Omit<Run, 'workflowId'>): Run[] =>
    Array.from({ length: count }, (_, at) => ({ workflowId: `rollout/${run.state}${at}`, ...run }));

  test('of who started them reads many at a time, however few are wanted', async () => {
    runs = [
      ...many(1_200, { state: 'RUNNING', startedBy: 'bea' }),
      { ...many(1, { state: 'RUNNING' })[0]!, startedBy: 'ana' },
    ];
    const { rollouts, unseen } = await listRollouts(link, 1, { who: 'ana', asPublished: true });
    expect([rollouts.map(({ runId }) => runId), unseen]).toEqual([['r1200'], null]);
    expect(pages).toBeLessThan(10);
  });

  test('that found fewer than were wanted among those it looked through says that there are more', async () => {
    runs = many(2_001, { state: 'RUNNING', startedBy: 'bea' });
    expect(await listRollouts(link, 1, { who: 'ana', asPublished: true })).toEqual({
      rollouts: [],
      unseen: 'Who started a rollout was looked for among the newest 2000 alone; there are more.',
    });
    expect((await listRollouts(link, 20, { who: 'bea', asPublished: true })).unseen).toBeNull();
  });

  test('of all that run has as many as are wanted', async () => {
    runs = many(2_500, { state: 'RUNNING' });
    expect((await listRollouts(link, 5_000, { asPublished: true })).rollouts).toHaveLength(2_500);
  });

  test('of those that wait says how many it could not look at, and beyond which it did not look', async () => {
    runs = [...many(2_001, { state: 'TERMINATED' }), ...many(2_001, { state: 'RUNNING' })];
    silent = ['rollout/TERMINATED7', 'rollout/RUNNING0', 'rollout/RUNNING1'];
    const found = await listRollouts(link, 20, { waiting: true });
    expect(found).toEqual({
      rollouts: [],
      unseen:
        'More may wait for a person; not looked at: 3 of which Temporal told nothing in time, lost ones beyond the ' +
        'newest 2000, whether any is frozen that runs beyond the newest 2000.',
    });
    const { stdout } = await cli(['list', '--waiting'], { configurator: { list: async () => found } });
    expect(stdout).toMatch(/^None was found\.\nMore may wait for a person; not looked at: 3 .* --action or --since/);
  });

  test('of those that wait was looked at whole where it says nothing else', async () => {
    runs = [...many(300, { state: 'TERMINATED' }), ...many(300, { state: 'RUNNING' })];
    expect(await listRollouts(link, 20, { waiting: true })).toEqual({ rollouts: [], unseen: null });
  });
});
