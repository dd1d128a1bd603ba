/** Which change an act on builds comes to, where the server takes its time to know. */
import type { Client } from '@temporalio/client';
import { status } from '@grpc/grpc-js';
import { planChange } from '../../src/builds/change.ts';

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
