/** Starts and kills victims. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { VictimMessage, VictimOrder } from './victim.ts';

export interface Victim {
  /** Of its events service; null when it has none. */
  readonly url: string | null;
  kill(): Promise<void>;
}

const START_MS = 150_000;

/** Resolves when it is ready. Throws when it ends before. */
export async function startVictim(order: VictimOrder, onAudited: (key: string) => void): Promise<Victim> {
  const child = fork(join(__dirname, 'victim.js'), { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const url = await new Promise<string | null>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`A victim was not ready within ${START_MS / 1000} s.`));
    }, START_MS);
    child.on('message', (message: VictimMessage) => {
      if (message.kind === 'audited') return onAudited(message.key);
      clearTimeout(timer);
      resolve(message.url);
    });
    child.send(order);
    void ended.then(() => {
      clearTimeout(timer);
      reject(new Error('A victim ended before it was ready.'));
    });
  });
  return { url, kill: () => kill(child, ended) };
}

async function kill(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}
