/** Workers of one process: whoever closes them may close what they work with. */
import { GracefulShutdownPeriodExpiredError } from '@temporalio/worker';
import { runTogether } from '../../src/worker/workers.ts';

interface Played {
  readonly worker: Parameters<typeof runTogether>[0][number];
  readonly stop: () => void;
  readonly fail: (error: Error) => void;
}

function played(): Played {
  let state: ReturnType<Played['worker']['getState']> = 'RUNNING';
  let resolve = (): void => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((...settle) => ([resolve, reject] = settle));
  const end = (settle: () => void) => (): void => {
    state = 'STOPPED';
    settle();
  };
  return {
    worker: {
      run: () => promise,
      getState: () => state,
      shutdown: () => {
        state = 'STOPPING';
      },
    },
    stop: end(() => resolve()),
    fail: (error) => end(() => reject(error))(),
  };
}

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test.each([
  ['was given up after its grace time', new GracefulShutdownPeriodExpiredError('timed out'), null],
  ['failed', new Error('no poller'), 'no poller'],
])('a close waits for all, also where the first %s, and says what failed', async (_, error, failure) => {
  const [first, second] = [played(), played()];
  const workers = runTogether([first.worker, second.worker]);
  const ran = workers.running.catch((reason: unknown) => reason);
  let isClosed = false;
  const closed = workers.close().then(
    () => null,
    (reason: unknown) => (reason as Error).message,
  );
  void closed.then(() => (isClosed = true));
  first.fail(error);
  expect(await ran).toBe(error);
  await turns();
  expect(isClosed).toBe(false);
  second.stop();
  expect(await closed).toBe(failure);
});

test('a failure is told also where another one was given up before', async () => {
  const [first, second] = [played(), played()];
  const workers = runTogether([first.worker, second.worker]);
  const ran = workers.running.catch((reason: unknown) => reason);
  const closed = workers.close().catch((reason: unknown) => reason);
  const givenUp = new GracefulShutdownPeriodExpiredError('timed out');
  first.fail(givenUp);
  expect(await ran).toBe(givenUp);
  const failed = new Error('no poller');
  second.fail(failed);
  expect(await closed).toBe(failed);
});
