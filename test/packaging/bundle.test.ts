import { isAbsolute, join, relative } from 'node:path';
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { ROOT } from '../helpers/sources.ts';

/** Packages that do input and output, or are too heavy to be loaded for every workflow. */
const BARRED = [
  'got',
  'pg',
  'parse5',
  'acorn',
  'hono',
  'pino',
  'yaml',
  '@electric-sql/pglite',
  '@temporalio/client',
  '@temporalio/worker',
];

test('the workflow bundle holds our workflow, and nothing that reaches outside', async () => {
  const modules = await bundledModules();
  expect(modules).toContain('src/workflows/rollout.ts');
  expect(modules.filter((module) => BARRED.some((name) => module.includes(`node_modules/${name}/`)))).toEqual([]);
  expect(modules.filter((module) => /^src\/(?!domain\/|workflows\/)/.test(module))).toEqual([]);
});

const MAP = 'sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** Paths from the root, read from the bundle's source map. */
async function bundledModules(): Promise<string[]> {
  const workflowsPath = join(ROOT, 'src/workflows/index.ts');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [join(ROOT, 'src/workflows/interceptors.ts')],
    preloadModules: [join(ROOT, 'src/workflows/shared.ts')],
    logger: new DefaultLogger('ERROR'),
  });
  // Megabytes: a pattern for them may overflow the stack.
  const [map = ''] = code.slice(code.lastIndexOf(MAP) + MAP.length).split('\n');
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as { sources: string[] };
  return sources.map((source) => (isAbsolute(source) ? relative(ROOT, source) : source));
}
