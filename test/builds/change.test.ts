/** Which change an act on builds comes to, where the server takes its time to know. */
import type { Client } from '@temporalio/client';
import { status } from '@grpc/grpc-js';
import { makeChange, planChange } from '../../src/builds/change.ts';
import { buildPollers } from '../../src/builds/pollers.ts';

const PROMOTE = { do: 'promote', deployment: 'engine', build: '2', by: 'ana', reason: 'a release' } as const;
const KNOWN = {
  workerDeploymentInfo: {
    versionSummaries: [{ deploymentVersion: { buildId: '1' } }, { deploymentVersion: { buildId: '2' } }],
  },
};

function serverSaying(answers: readonly object[]): Client {
  let asked = 0;
  const describeWorkerDeployment = (): Promise<object> => {
    const answer = answers[Math.min(asked++, answers.length - 1)] as object;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { options: { namespace: 'default' }, workflowService: { describeWorkerDeployment } } as unknown as Client;
}

/** Answers whatever it is asked with that. */
function recording(asked: string[], answer: object): Client {
  const workflowService = new Proxy(
    {},
    {
      get: (_service, name) => () => {
        asked.push(String(name));
        return Promise.resolve(answer);
      },
    },
  );
  return { options: { namespace: 'default' }, workflowService } as unknown as Client;
}

function poller(buildId: string, atMs: number): object {
  return {
    identity: `${buildId}@host`,
    lastAccessTime: { seconds: Math.floor(atMs / 1000), nanos: 0 },
    deploymentOptions: { deploymentName: 'engine', buildId, workerVersioningMode: 2 },
  };
}

function notFound(): Error {
  return Object.assign(new Error('no Worker Deployment found'), {
    code: status.NOT_FOUND,
    details: 'no Worker Deployment found',
    metadata: {},
  });
}

test('what a busy server does not tell for a moment is asked for again', async () => {
  const lacking = { workerDeploymentInfo: { versionSummaries: [{ deploymentVersion: { buildId: '1' } }] } };
  for (const first of [notFound(), lacking])
    expect(await planChange(serverSaying([first, KNOWN]), PROMOTE)).toMatchObject({
      kind: 'change',
      change: { kind: 'current', build: '2' },
    });
});

test('what nobody ever said stays unknown', async () => {
  expect(await planChange(serverSaying([notFound()]), PROMOTE)).toMatchObject({
    kind: 'refused',
    code: 'build-unknown',
    why: expect.stringContaining('"engine"'),
  });
  expect(await planChange(serverSaying([KNOWN]), { ...PROMOTE, build: '3' })).toMatchObject({
    kind: 'refused',
    why: expect.stringContaining('"3"'),
  });
});

test.each([
  ['ahead', 3_600_000],
  ['behind', -3_600_000],
])('a clock of this machine that is an hour %s hides no worker, and shows none that is gone', async (_, offMs) => {
  const serverMs = Date.now() - offMs;
  const asked: string[] = [];
  const pollers = [poller('1', serverMs - 150_000), poller('2', serverMs)];
  const options = { taskQueue: 'rollouts', now: () => serverMs, heardMs: 20 };
  const plan = (build: string) =>
    ({
      kind: 'change',
      before: { current: '2', ramping: null, rampPercent: 0 },
      change: { kind: 'ramp', build, percent: 10 },
    }) as const;
  expect(await makeChange(recording(asked, { pollers }), PROMOTE, plan('1'), options)).toMatchObject({
    why: expect.stringContaining('Nobody runs 1') as string,
  });
  expect(await makeChange(recording(asked, { pollers }), PROMOTE, plan('2'), options)).toBeNull();
  // Who has no clock to go by goes by whoever polled last.
  const known = await buildPollers(recording(asked, { pollers }), 'rollouts', null);
  expect(known.map(({ build }) => build?.buildId)).toEqual(['2']);
});

test.each([
  ['current', { kind: 'current', build: '1', isBack: true }],
  ['ramp', { kind: 'ramp', build: '1', percent: 10 }],
  ['move', { kind: 'move', build: '1', workflowId: 'rollout/Card', runId: 'r-1' }],
  ['unversioned', { kind: 'current', build: null, isBack: true }],
] as const)(
  'nothing is sent to a build that nobody runs, also while the server still lists its workers: %s',
  async (_, change) => {
    const asked: string[] = [];
    const pollers = [poller('1', Date.now() - 150_000), poller('2', Date.now())];
    const client = recording(asked, { pollers });
    const plan = { kind: 'change', before: { current: '2', ramping: null, rampPercent: 0 }, change } as const;
    expect(
      await makeChange(client, PROMOTE, plan, { taskQueue: 'rollouts', now: Date.now, heardMs: 20 }),
    ).toMatchObject({
      code: 'build-refused',
      why: expect.stringContaining(`Nobody runs ${change.build ?? 'unversioned'}`) as string,
    });
    expect(new Set(asked)).toEqual(new Set(['describeTaskQueue']));
  },
);
