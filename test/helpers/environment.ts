/**
 * Node's environment, in a process that keeps PostgreSQL's WebAssembly from file to file: as long as somebody holds the
 * module V8 gives its compiled code to whoever compiles the same bytes, so only the first store of a process pays for
 * that.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';

/** Node has it; its types know it only beside those of a browser. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

let held: Promise<object> | undefined;

class Environment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    await (held ??= compile());
  }
}

async function compile(): Promise<object> {
  const folder = dirname(require.resolve('@electric-sql/pglite'));
  return WebAssembly.compile(await readFile(join(folder, 'pglite.wasm')));
}

export = Environment;
