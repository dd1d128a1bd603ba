/**
 * Node's environment, in a process that keeps what was compiled from file to file: PostgreSQL's WebAssembly (as long as
 * somebody holds the module V8 gives its compiled code to whoever compiles the same bytes, so only the first store of a
 * process pays for that), and what V8 made of each module.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/** Node has it; its types know it only beside those of a browser. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

let held: Promise<object> | undefined;

keepCompiled();

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

/**
 * Every test file loads its modules anew, in a context of its own: most of them were compiled for the file before, and
 * V8 takes what it made then in an eighth of the time.
 */
function keepCompiled(): void {
  const compileAnew = vm.compileFunction;
  const made = new Map<string, { readonly source: string; readonly cachedData: Buffer | undefined }>();
  vm.compileFunction = (source, parameters, options = {}) => {
    const before = made.get(options.filename ?? '');
    if (before?.source === source) {
      return compileAnew(source, parameters, { ...options, cachedData: before.cachedData });
    }
    const compiled = compileAnew(source, parameters, { ...options, produceCachedData: true });
    made.set(options.filename ?? '', { source, cachedData: compiled.cachedData });
    return compiled;
  };
}

export = Environment;
