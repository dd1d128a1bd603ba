/** Two things that come together are done in another order than when they come one after the other. */
import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  proxyActivities,
  setHandler,
  sleep,
  upsertMemo,
} from '@temporalio/workflow';

export const first = defineSignal('first');
export const second = defineSignal('second');
export const last = defineSignal('last');
export const heard = defineQuery<string[], [over?: string]>('heard');

const { never } = proxyActivities<{ never(): Promise<void> }>({ startToCloseTimeout: '1m' });

/** Called off before it is sent: the SDK answers that within the same task. */
async function callOff(): Promise<void> {
  const scope = new CancellationScope();
  const called = scope.run(never).catch(() => undefined);
  scope.cancel();
  await called;
}

export async function asked({ callsOff }: { readonly callsOff: boolean }): Promise<void> {
  const all = new Set<string>();
  setHandler(heard, () => [...all]);
  for (const signal of [first, second, last]) setHandler(signal, () => void all.add(signal.name));
  const long = async (): Promise<void> => {
    await condition(() => all.has('first'));
    const calledOff = callsOff ? callOff() : undefined;
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    upsertMemo({ first: true });
    await Promise.all([calledOff, sleep('1 day')]);
  };
  const short = async (): Promise<void> => {
    await condition(() => all.has('second'));
    upsertMemo({ second: true });
  };
  await Promise.race([Promise.all([long(), short()]), condition(() => all.has('last'))]);
}
