/**
 * Lives in jest's parent process, and has what all test files share: a Temporal server and a PostgreSQL, which end
 * with the run, the bundles of the workflows, and a store that has its schema. Each is made at the first question for it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { CodecKey } from '../../src/codec/keys.ts';
import { obtainTemporal, startTemporalDevServer } from '../../src/local/temporal/server.ts';
import { openDatabase } from '../../src/store/open.ts';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import { kept } from './kept.ts';
import { serveTemplate } from './shared-postgres.ts';

export interface Broker {
  readonly url: string;
  close(): Promise<void>;
}

interface RunningServer {
  readonly address: string;
  close(): Promise<void>;
}

export async function startBroker(): Promise<Broker> {
  let server: Promise<RunningServer> | undefined;
  let bundle: Promise<string> | undefined;
  let inCipher: Promise<string> | undefined;
  let image: Promise<string> | undefined;
  let postgres: ReturnType<typeof serveTemplate> | undefined;
  const answers: Record<string, () => Promise<string>> = {
    '/temporal': async () => (await (server ??= startServer())).address,
    '/workflow-bundle': () => (bundle ??= bundleWorkflows('workflows', [])),
    '/workflow-bundle-cipher': () => (inCipher ??= bundleWorkflows('workflows-cipher', [ANY_KEY])),
    '/store-image': () => (image ??= makeStoreImage()),
    '/postgres': async () => (await (postgres ??= serveTemplate())).template,
  };
  const http = createServer((request, response) => {
    const answer = answers[request.url ?? ''] ?? (() => Promise.reject(new Error(`Nothing is at ${request.url}.`)));
    answer().then(
      (text) => response.end(text),
      (error: Error) => response.writeHead(503).end(error.message),
    );
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => closeAll() };

  async function closeAll(): Promise<void> {
    await new Promise((resolve) => {
      http.close(resolve);
    });
    for (const started of [server, postgres]) await (await started?.catch(() => undefined))?.close();
  }
}

async function startServer(): Promise<RunningServer> {
  const log = (line: string): void => {
    process.stderr.write(`temporal: ${line}\n`);
  };
  const source = await obtainTemporal({ env: process.env, log });
  if (source.kind === 'external') return { address: source.address, close: () => Promise.resolve() };
  return startTemporalDevServer({ path: source.path, searchAttributes: {}, log });
}

/** Which one it is makes no difference to the bundle. */
const ANY_KEY: CodecKey = { id: 'any', bytes: new Uint8Array(32) };

function bundleWorkflows(name: string, codecKeys: readonly CodecKey[]): Promise<string> {
  return kept(name, ['src', 'package-lock.json'], async (path) => {
    const made = await workflowCode({ codecKeys });
    if ('code' in made) writeFileSync(path, made.code);
    else copyFileSync(made.codePath, path);
  });
}

function makeStoreImage(): Promise<string> {
  return kept('store', ['src/store', 'package-lock.json'], async (path) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'assist-store-image-'));
    await (await openDatabase({ kind: 'pglite', dataDir })).close();
    const pglite = await PGlite.create(dataDir);
    const dump = await pglite.dumpDataDir('none');
    await pglite.close();
    writeFileSync(path, Buffer.from(await dump.arrayBuffer()));
    rmSync(dataDir, { recursive: true });
  });
}
