/** A `dev` of its own as a child: real Temporal, store, sandbox, workers and console, on ports that are free. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../bench/lib/ports.ts';
import { startChild } from '../../bench/scale/child.ts';
import type { ReadyChild } from '../../bench/scale/child.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';

const MAIN = join(__dirname, '../../dist/src/cli/main.js');
const PORTS = ['temporal', 'ui', 'sandbox', 'events', 'panel', 'console', 'admin'];

export interface Dev {
  readonly home: string;
  /** Its own console, which takes whoever reaches it for the person who started it. */
  readonly consoleUrl: string;
  /** A verb as typed beside it; rejects with what is said where it does not end well. */
  type(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Record<string, unknown>>;
  /** Another process beside it. */
  start(args: readonly string[], env: Readonly<Record<string, string>>): Promise<ReadyChild>;
  close(): Promise<void>;
}

/** `prepare` fills the home before anything is started, and says with which environment. */
export async function startDev(
  args: readonly string[],
  prepare: (home: string) => Promise<Readonly<Record<string, string>>>,
): Promise<Dev> {
  const closers: (() => Promise<unknown>)[] = [];
  const said: string[] = [];
  const home = await mkdtemp(join(tmpdir(), 'assist-dev-'));
  closers.push(() => rm(home, { recursive: true, force: true }));
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).toReversed()) await one();
  };
  const start = async (words: readonly string[], env: Readonly<Record<string, string>>): Promise<ReadyChild> => {
    const say = (line: string): void => void said.push(line);
    const child = await startChild({ name: words[0] ?? '', args: [MAIN, ...words, '--json'], env, say }).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}\n${said.join('\n')}`);
      },
    );
    closers.push(() => child.close());
    return child;
  };
  try {
    const env = { ASSIST_ROLLOUTS_HOME: home, ...(await prepare(home)) };
    const options: string[] = [];
    for (const name of PORTS) options.push(`--${name}-port`, String(await freePort()));
    const { said: ready } = await start(['dev', ...options, ...args], env);
    const beside = { ...env, TEMPORAL_ADDRESS: String(ready['temporal']) };
    return {
      home,
      consoleUrl: String(ready['console']),
      start: (words, more) => start(words, { ...beside, ...more }),
      async type(words, more = {}) {
        const { code, stdout, stderr } = await cli([...words, '--json'], { env: { ...beside, ...more } });
        if (code !== 0) throw new Error(`${words.join(' ')}: ${code} ${stdout}${stderr}`);
        return jsonLines(stdout).at(-1) ?? {};
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
