/** A real Prometheus of this machine, on loopback, with the configuration that a test writes. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../bench/lib/ports.ts';
import { PATIENCE_MS } from './patience.ts';

/** Null where it is not installed (Debian: the package `prometheus`, which .ci/run installs). */
export function findPrometheus(): { readonly prometheus: string; readonly promtool: string } | null {
  const [prometheus, promtool] = ['prometheus', 'promtool'].map(onPath);
  return prometheus && promtool ? { prometheus, promtool } : null;
}

function onPath(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin'].filter(Boolean);
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** What promtool says; throws with it when it finds something wrong. */
export function promtool(path: string, ...args: readonly string[]): string {
  return execFileSync(path, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Prometheus {
  query(expr: string): Promise<readonly Sample[]>;
  /** The answer as soon as there is one. */
  queryUntilFound(expr: string): Promise<readonly Sample[]>;
  /** What it makes of the answer, as soon as that is something. */
  getUntil<T>(path: string, pick: (answer: unknown) => T | undefined): Promise<T>;
  close(): Promise<void>;
}

export async function startPrometheus(path: string, config: object): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  writeFileSync(join(folder, 'prometheus.yaml'), JSON.stringify(config));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    path,
    [
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${new URL(url).host}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr?.on('data', (data: Buffer) => (log = `${log}${data.toString()}`.slice(-4_000)));
  const get = async (at: string): Promise<unknown> => (await fetch(`${url}${at}`)).json();
  await until(
    child,
    () => log,
    async () => (await fetch(`${url}/-/ready`)).ok || undefined,
  );
  const query = async (expr: string): Promise<readonly Sample[]> => {
    const { data } = (await get(`/api/v1/query?query=${encodeURIComponent(expr)}`)) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  };
  return {
    query,
    getUntil: (at, pick) =>
      until(
        child,
        () => `${at} is not as it should be. ${log}`,
        async () => pick(await get(at)),
      ),
    queryUntilFound: (expr) =>
      until(
        child,
        () => `${expr} found nothing. ${log}`,
        async () => {
          const found = await query(expr);
          return found.length > 0 ? found : undefined;
        },
      ),
    async close() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function until<T>(child: ChildProcess, said: () => string, ask: () => Promise<T | undefined>): Promise<T> {
  for (const giveUpAt = performance.now() + PATIENCE_MS; performance.now() < giveUpAt;) {
    if (child.exitCode !== null) break;
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`Prometheus: ${said()}`);
}
