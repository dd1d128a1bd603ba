/**
 * Every test file runs its modules anew. What V8 has made of a module's text for one file, down to what it has learnt
 * of each function in it, serves the next in the same process.
 */
import vm from 'node:vm';

type Compiled = ReturnType<typeof vm.compileFunction>;

/** Packages that are large, and after use the same as before it: loaded once for all files, and by Node itself. */
const SHARED = new RegExp(
  `/node_modules/(?:${[
    '@temporalio/proto',
    'protobufjs',
    'rxjs',
    'zod',
    'css-tree',
    'mdn-data',
    'yaml',
    'acorn',
    'acorn-walk',
    'caniuse-lite',
    'playwright-core',
    'axe-core',
    'typescript',
    'webpack',
    '@swc',
    '@jsonjoy\\.com',
    'memfs',
    'unionfs',
  ].join('|')})/`,
);

/** From here on for all that Jest loads. */
export function keepCompiled(): void {
  const made = new Map<string, { readonly source: string; readonly compiled: Compiled }>();
  const compileAnew = vm.compileFunction;
  vm.compileFunction = (source, parameters, options = {}) => {
    const { filename = '', parsingContext } = options;
    // Not of Jest's.
    if (parsingContext === undefined) return compileAnew(source, parameters, options);
    const known = made.get(filename);
    if (known?.source === source) return known.compiled;
    const compiled = SHARED.test(filename) ? takeFromNode(filename) : compileAnew(source, parameters, { filename });
    made.set(filename, { source, compiled });
    return compiled;
  };
}

/** In the place of the module's own code; `module` is the first that Jest hands to that. */
function takeFromNode(filename: string): Compiled {
  return (module: { exports: unknown }): void => {
    module.exports = require(filename);
  };
}
