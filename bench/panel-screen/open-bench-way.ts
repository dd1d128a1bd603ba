/** The way with the verb `panel` in a process of its own, where there is a PostgreSQL that both can use. */
import { DEFAULT_CLIENT, PANEL_CLIENT } from '../../src/sandbox/options.ts';
import { CLI_MAIN } from '../lib/cli-main.ts';
import { freePort } from '../lib/ports.ts';
import { findPostgres, startPostgres } from '../lib/postgres.ts';
import { startChild } from '../scale/child.ts';
import { openSurroundings, openWay } from './way.ts';
import type { WayParts } from './way.ts';

export interface BenchWay {
  readonly parts: WayParts;
  readonly store: string;
  close(): Promise<void>;
}

export async function openBenchWay(): Promise<BenchWay> {
  const bin = findPostgres();
  if (bin === null) {
    const parts = await openWay();
    return { parts, store: 'embedded store, one process', close: () => parts.close() };
  }
  const postgres = await startPostgres(bin, { fsync: true });
  const url = await postgres.createDatabase();
  const surroundings = await openSurroundings({ kind: 'pg', url });
  const { sandbox, db } = surroundings;
  const port = await freePort();
  const panelUrl = `http://127.0.0.1:${port}`;
  const child = await startChild({
    name: 'panel',
    args: [CLI_MAIN, 'panel', '--json'],
    env: {
      DATABASE_URL: url,
      GENESYS_LOGIN_URL: sandbox.url,
      GENESYS_API_URL: sandbox.url,
      GENESYS_CLIENT_ID: DEFAULT_CLIENT.id,
      GENESYS_CLIENT_SECRET: DEFAULT_CLIENT.secret,
      PANEL_PORT: String(port),
      PANEL_PUBLIC_URL: panelUrl,
      PANEL_OAUTH_CLIENT_ID: PANEL_CLIENT.id,
      PANEL_SESSION_SECRET: 'panel-session-secret-of-this-benchmark',
    },
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  const close = async (): Promise<void> => {
    await child.close();
    await surroundings.close();
    await postgres.stop();
  };
  return { parts: { sandbox, db, panelUrl, target: surroundings.targetAt(panelUrl) }, store: 'PostgreSQL', close };
}
