/**
 * Node's environment with the globals of the process, as the program has them: those of a context of its own answer a
 * hundred times slower, and nothing that V8 has learnt of a function in one context is of use in the next. What a test
 * file leaves behind in the process is taken away, and what was compiled is kept for the next: see compiled.ts, and
 * PostgreSQL's WebAssembly (as long as somebody holds the module V8 gives its compiled code to whoever compiles the same
 * bytes, so only the first store of a process pays for that).
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TestEnvironment } from 'jest-environment-node';
import { keepCompiled } from './compiled.ts';
import { rememberProcess } from './remember-process.ts';

/** Node has it; its types know it only beside those of a browser. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

/** Of more calls than Node shows by itself, as Jest has it. */
const STACK_TRACE_LIMIT = 100;

let held: Promise<object> | undefined;

keepCompiled();

class Environment extends TestEnvironment {
  private readonly restore = rememberProcess();

  constructor(...[config, context]: ConstructorParameters<typeof TestEnvironment>) {
    super(config, context);
    const global = globalThis as unknown as typeof this.global;
    this.global = global;
    // Jest's mocks and clocks were made for the context that is not used.
    this.moduleMocker = like(this.moduleMocker, global);
    this.fakeTimersModern = like(this.fakeTimersModern, { config: config.projectConfig, global });
    Error.stackTraceLimit = STACK_TRACE_LIMIT;
  }

  override async setup(): Promise<void> {
    await super.setup();
    await (held ??= compile());
  }

  override async teardown(): Promise<void> {
    await super.teardown();
    this.restore();
  }
}

/** Another of the same class. */
function like<Made extends object>(one: Made | null, options: unknown): Made {
  if (one === null) throw new Error('This Jest makes its environments in another way.');
  return new (one.constructor as new (options: unknown) => Made)(options);
}

async function compile(): Promise<object> {
  const folder = dirname(require.resolve('@electric-sql/pglite'));
  return WebAssembly.compile(await readFile(join(folder, 'pglite.wasm')));
}

export = Environment;
