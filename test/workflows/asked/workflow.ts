/** Two things that come together are done in another order than when they come one after the other. */
import { condition, defineQuery, defineSignal, setHandler, sleep, upsertMemo } from '@temporalio/workflow';

export const first = defineSignal('first');
export const second = defineSignal('second');
export const last = defineSignal('last');
export const heard = defineQuery<string[]>('heard');

export async function asked(): Promise<void> {
  const all = new Set<string>();
  setHandler(heard, () => [...all]);
  for (const signal of [first, second, last]) setHandler(signal, () => void all.add(signal.name));
  const long = async (): Promise<void> => {
    await condition(() => all.has('first'));
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    await sleep('1 day');
  };
  const short = async (): Promise<void> => {
    await condition(() => all.has('second'));
    upsertMemo({ second: true });
  };
  await Promise.race([Promise.all([long(), short()]), condition(() => all.has('last'))]);
}
