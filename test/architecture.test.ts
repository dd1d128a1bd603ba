/** Imports only ever point down. Every failure shows the offending line. */
import { circleIn } from './helpers/circles.ts';
import { importsOf, linesMatching, readSources } from './helpers/sources.ts';
import type { Import, Source } from './helpers/sources.ts';

/**
 * For each part of src/: the parts whose values it may import, besides itself; `typesOf` adds parts it may import types
 * of.
 */
const LAYERS: Readonly<Record<string, { readonly valuesOf: readonly string[]; readonly typesOf?: readonly string[] }>> =
  {
    domain: { valuesOf: [] },
    webhooks: { valuesOf: [] },
    identity: { valuesOf: ['domain', 'files', 'http', 'locks'] },
    locks: { valuesOf: [] },
    files: { valuesOf: [] },
    subprocesses: { valuesOf: ['domain'] },
    codec: { valuesOf: ['domain'] },
    builds: { valuesOf: ['domain'] },
    http: { valuesOf: [] },
    git: { valuesOf: ['files'] },
    forge: { valuesOf: ['http'] },

    genesys: { valuesOf: ['domain', 'http', 'telemetry'] },
    targets: { valuesOf: ['domain', 'genesys', 'store'] },
    doctor: {
      valuesOf: ['domain', 'files', 'codec', 'builds', 'genesys', 'store', 'messages', 'schedules'],
      typesOf: ['http'],
    },
    terraform: { valuesOf: [], typesOf: [] },
    store: { valuesOf: ['domain', 'files', 'locks', 'telemetry'] },
    telemetry: { valuesOf: ['domain', 'http'] },
    audit: { valuesOf: ['domain', 'files', 'store'] },
    siem: { valuesOf: ['domain', 'http', 'store', 'audit'] },
    schedules: { valuesOf: ['messages'], typesOf: ['telemetry'] },
    lint: { valuesOf: ['domain', 'files'] },
    preview: { valuesOf: ['domain', 'files'] },
    story: { valuesOf: ['domain', 'preview'] },

    hooks: { valuesOf: ['domain', 'http', 'webhooks', 'telemetry'], typesOf: ['config'] },
    activities: {
      valuesOf: ['domain', 'identity', 'builds', 'genesys', 'targets', 'store', 'telemetry', 'subprocesses'],
      typesOf: ['hooks', 'messages'],
    },
    guardian: {
      valuesOf: ['domain', 'codec', 'builds', 'targets', 'store', 'activities', 'messages', 'telemetry'],
      typesOf: ['genesys', 'schedules'],
    },
    waves: { valuesOf: ['domain', 'store', 'activities', 'messages'] },
    messages: { valuesOf: ['domain'], typesOf: ['targets'] },
    workflows: {
      valuesOf: ['domain', 'messages'],
      typesOf: ['activities', 'audit', 'guardian', 'forward', 'targets', 'store', 'waves'],
    },

    sandbox: { valuesOf: ['domain', 'files', 'webhooks'] },
    transcripts: { valuesOf: ['domain', 'genesys'] },
    responder: { valuesOf: ['domain', 'genesys', 'store', 'transcripts'] },
    config: { valuesOf: ['domain', 'files', 'codec', 'genesys', 'webhooks'] },
    configurator: {
      valuesOf: [
        'domain',
        'codec',
        'builds',
        'identity',
        'genesys',
        'targets',
        'store',
        'telemetry',
        'audit',
        'lint',
        'guardian',
        'messages',
      ],
      typesOf: ['config', 'http', 'subprocesses', 'workflows', 'waves'],
    },
    index: {
      valuesOf: ['domain', 'config', 'configurator', 'lint', 'messages'],
      typesOf: ['targets', 'audit', 'store'],
    },
    ingest: { valuesOf: ['domain', 'http', 'webhooks', 'store', 'telemetry'] },
    api: { valuesOf: ['domain', 'http', 'identity', 'configurator', 'story', 'telemetry'] },
    console: {
      valuesOf: [
        'domain',
        'http',
        'identity',
        'codec',
        'configurator',
        'doctor',
        'lint',
        'preview',
        'story',
        'telemetry',
        'subprocesses',
      ],
    },
    panel: { valuesOf: ['domain', 'http', 'genesys', 'store', 'preview', 'transcripts', 'telemetry'] },
    forward: { valuesOf: ['domain', 'webhooks', 'store', 'activities', 'telemetry'], typesOf: ['config'] },
    notify: { valuesOf: ['domain', 'files', 'webhooks', 'config', 'store', 'forward'] },
    worker: {
      valuesOf: [
        'domain',
        'codec',
        'store',
        'telemetry',
        'schedules',
        'activities',
        'guardian',
        'forward',
        'notify',
        'messages',
        'waves',
      ],
      typesOf: ['audit', 'builds', 'config'],
    },
    compose: {
      valuesOf: [
        'domain',
        'codec',
        'identity',
        'http',
        'doctor',
        'genesys',
        'api',
        'story',
        'console',
        'panel',
        'store',
        'audit',
        'siem',
        'subprocesses',
        'telemetry',
        'schedules',
        'lint',
        'activities',
        'guardian',
        'messages',
        'config',
        'configurator',
        'ingest',
        'forward',
        'hooks',
        'notify',
        'worker',
        'genesys',
        'responder',
        'forge',
      ],
      typesOf: ['builds', 'targets'],
    },
    local: {
      valuesOf: [
        'domain',
        'files',
        'locks',
        'webhooks',
        'genesys',
        'targets',
        'store',
        'telemetry',
        'lint',
        'messages',
        'sandbox',
        'config',
        'configurator',
        'ingest',
        'forward',
        'notify',
        'compose',
      ],
    },
    cli: {
      valuesOf: [
        'domain',
        'builds',
        'identity',
        'http',
        'webhooks',
        'genesys',
        'doctor',
        'terraform',
        'targets',
        'store',
        'audit',
        'siem',
        'telemetry',
        'lint',
        'preview',
        'story',
        'activities',
        'guardian',
        'messages',
        'sandbox',
        'transcripts',
        'config',
        'configurator',
        'index',
        'ingest',
        'forward',
        'notify',
        'worker',
        'compose',
        'local',
        'files',
        'git',
        'forge',
      ],
      typesOf: ['console', 'workflows'],
    },
  };

/** Packages that these parts may import; the others may import any dependency. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  domain: [
    'zod',
    'stemmer',
    'parse5',
    'acorn',
    'acorn-walk',
    'css-tree',
    'csp_evaluator',
    'csp_evaluator/dist/parser.js',
    'diff',
    'rrule-temporal',
    'temporal-polyfill',
  ],
  messages: ['@temporalio/workflow', '@temporalio/common', 'zod'],
  workflows: [
    '@temporalio/workflow',
    '@temporalio/common',
    '@temporalio/interceptors-opentelemetry/lib/workflow',
    'zod',
  ],
};

/** Files that stand directly in src/, and what everybody may import of workflows/. */
const PARTS_OF_FILES: Readonly<Record<string, string>> = {
  'src/config.ts': 'config',
  'src/index.ts': 'index',
  'src/configurator.ts': 'configurator',
  'src/workflows/messages.ts': 'messages',
  'src/workflows/search-attributes.ts': 'messages',
};

/**
 * For each wing of the judge: the wings it may import, types too. A folder is a wing; `types.ts` (what the judge says)
 * and `state.ts` (what it keeps) are one each, and the other files of `src/domain/judge/` are the wing `judge`.
 */
const WINGS: Readonly<Record<string, readonly string[]>> = {
  types: [],
  maths: [],
  gathering: ['types', 'maths'],
  clusters: ['maths', 'gathering'],
  bets: ['types', 'maths', 'gathering', 'clusters'],
  trust: ['types', 'maths', 'gathering'],
  state: ['types', 'maths', 'gathering', 'clusters', 'bets', 'trust'],
  decision: ['types', 'maths', 'gathering', 'clusters', 'bets', 'trust', 'state'],
  report: ['types', 'maths', 'gathering', 'clusters', 'bets', 'trust', 'state', 'decision'],
  judge: ['types', 'gathering', 'clusters', 'bets', 'trust', 'state', 'decision', 'report'],
};
const JUDGE = 'src/domain/judge/';

const READS_ENVIRONMENT: readonly string[] = ['src/cli/main.ts'];
const MAX_FILE_LINES = 350;

const sources = readSources('src');
const imports = sources.flatMap(importsOf);

function partOf(path: string): string {
  return PARTS_OF_FILES[path] ?? path.split('/')[1] ?? '';
}

function pointsUp({ from, to, ours, typeOnly }: Import): boolean {
  if (!ours) return false;
  const [part, target] = [partOf(from), partOf(to)];
  if (part === target) return false;
  const layer = LAYERS[part];
  if (layer === undefined || !to.startsWith('src/')) return true;
  return !layer.valuesOf.includes(target) && !(typeOnly && layer.typesOf?.includes(target));
}

function wingOf(path: string): string {
  const [first = '', inside] = path.slice(JUDGE.length).split('/');
  const file = first.replace(/\.ts$/, '');
  return inside !== undefined || file in WINGS ? file : 'judge';
}

function crossesWings({ from, to }: Import): boolean {
  if (!from.startsWith(JUDGE) || !to.startsWith(JUDGE)) return false;
  const [wing, target] = [wingOf(from), wingOf(to)];
  return wing !== target && WINGS[wing]?.includes(target) !== true;
}

function forbiddenPackage({ from, to, ours, typeOnly }: Import): boolean {
  const allowed = PACKAGES[partOf(from)];
  return !ours && !typeOnly && allowed !== undefined && !allowed.includes(to);
}

/** What an adapter is made of is its own: everybody else goes by the line of its kind in the index. */
function readsPastThePort({ from, to }: Import): boolean {
  const [, adapter] = /^src\/targets\/([^/]+)\//.exec(to) ?? [];
  if (adapter !== undefined) return from !== 'src/targets/index.ts' && !from.startsWith(`src/targets/${adapter}/`);
  return to === 'src/genesys/actions.ts' && partOf(from) !== 'targets' && from !== 'src/genesys/client.ts';
}

const lines = (found: readonly Import[]): string[] => found.map(({ where }) => where);

test('every part of src/ has its place in the layers', () => {
  expect([...new Set(sources.map(({ path }) => partOf(path)))].filter((part) => !(part in LAYERS))).toEqual([]);
});

test('the layers themselves have no circle', () => {
  const arrows = Object.entries(LAYERS).map(
    ([part, { valuesOf, typesOf = [] }]) => [part, [...valuesOf, ...typesOf]] as const,
  );
  expect(circleIn(new Map(arrows))).toBeNull();
});

test('nobody reads past the port of the targets', () => {
  expect(lines(imports.filter(readsPastThePort))).toEqual([]);
});

test('no import points up', () => {
  expect(lines(imports.filter(pointsUp))).toEqual([]);
});

test('the wings of the judge import one way', () => {
  expect(lines(imports.filter(crossesWings))).toEqual([]);
  expect(circleIn(new Map(Object.entries(WINGS)))).toBeNull();
});

test('no imports run in a circle, not even those of types', () => {
  expect(circleIn(new Map(sources.map((file) => [file.path, importsOf(file).map(({ to }) => to)])))).toBeNull();
});

test('domain and workflows import nothing that they could not run without', () => {
  expect(lines(imports.filter(forbiddenPackage))).toEqual([]);
});

test('domain, and what puts together what people read, know no clock, no randomness and no process', () => {
  const impure =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.|\bprocess\.(env|argv|pid|hrtime|uptime|cwd|platform|exit|std(out|err|in)|memoryUsage)\b|\bconsole\.|\bset(Timeout|Interval|Immediate)\(|\bfetch\(/;
  expect([...sourcesIn('domain'), ...sourcesIn('cli/view')].flatMap((source) => linesMatching(source, impure))).toEqual(
    [],
  );
});

test('only the composition root reads the environment, and what is named as such does', () => {
  const readers = sources.filter((source) => linesMatching(source, /\bprocess\.env\b|\benv\b.*= process;/).length > 0);
  expect(readers.map(({ path }) => path)).toEqual(READS_ENVIRONMENT);
});

/** One that is made elsewhere would write in the clear what belongs in cipher, and nobody would see it. */
const SPEAKS_WITH_TEMPORAL = /\bnew \w*Client\(|\bWorker\.(create|runReplay\w+)\(|\bbundleWorkflowCode\(/;

test('clients and workers of Temporal are made in one place each, with the codec in them', () => {
  const makers = sources.filter(
    (source) => source.text.includes("'@temporalio/") && linesMatching(source, SPEAKS_WITH_TEMPORAL).length > 0,
  );
  expect(makers.map(({ path }) => path)).toEqual([
    'src/codec/client.ts',
    'src/worker/create-worker.ts',
    'src/worker/workflow-code.ts',
  ]);
});

/** Rules of time zones change with a release of Node: what was decided by them would not replay. */
test('no workflow reaches the calendar itself, but only its form', () => {
  const values = new Map(
    sources.map((file) => [file.path, importsOf(file).flatMap(({ to, typeOnly }) => (typeOnly ? [] : [to]))]),
  );
  const reached = new Set(['src/workflows/index.ts']);
  for (const path of reached) for (const to of values.get(path) ?? []) reached.add(to);
  expect(reached.size).toBeGreaterThan(50);
  expect([...reached].filter((name) => name === 'temporal-polyfill' || name === 'rrule-temporal')).toEqual([]);
});

test('there are no default exports', () => {
  expect(sources.flatMap((source) => linesMatching(source, /^\s*export\s+default\b|\bas default\b/))).toEqual([]);
});

test(`no file is longer than ${MAX_FILE_LINES} lines`, () => {
  const lengths = sources.map(({ path, text }) => ({ path, lines: text.split('\n').length }));
  expect(lengths.filter((file) => file.lines > MAX_FILE_LINES)).toEqual([]);
});

function sourcesIn(folder: string): Source[] {
  return sources.filter(({ path }) => path.startsWith(`src/${folder}/`));
}

describe('these checks can fail', () => {
  const example = (path: string, text: string): Import[] => importsOf({ path, text });

  test('an import that points up is found with its line', () => {
    const text =
      "import { a } from './a.ts';\n// from '../genesys/no.ts'\nimport {\n  b,\n} from '../../genesys/http.ts';\n";
    expect(lines(example('src/domain/plan/x.ts', text).filter(pointsUp))).toEqual([
      "src/domain/plan/x.ts:3: import { b, } from '../../genesys/http.ts'",
    ]);
  });

  test.each([
    ['re-exports', 'src/store/x.ts', "export { a } from '../activities/a.ts';"],
    ['dynamic imports', 'src/store/x.ts', "const a = await import('../cli/a.ts');"],
    ['imports for their effect', 'src/genesys/x.ts', "import '../store/a.ts';"],
    ['values where only types may come', 'src/workflows/x.ts', "import { a } from '../activities/a.ts';"],
    ['a workflow among the plain modules', 'src/cli/x.ts', "import { rollout } from '../workflows/rollout.ts';"],
    ['anything beside src/', 'src/cli/x.ts', "import { a } from '../../test/helpers/a.ts';"],
  ])('%s are found', (_kind, path, text) => {
    expect(example(path, text).filter(pointsUp)).toHaveLength(1);
  });

  test.each([
    ['src/domain/judge/gathering/x.ts', "import type { A } from '../bets/a.ts';"],
    ['src/domain/judge/trust/x.ts', "import { a } from '../state.ts';"],
    ['src/domain/judge/state.ts', "import { a } from './judge.ts';"],
    ['src/domain/judge/attic/x.ts', "import { a } from '../types.ts';"],
  ])('what comes back to the wing of %s is found', (path, text) => {
    expect(example(path, text).filter(crossesWings)).toHaveLength(1);
  });

  test('a circle is found with those in it', () => {
    const arrows = { top: ['a'], a: ['b', 'low'], b: ['a'], low: ['outside'] };
    expect(circleIn(new Map(Object.entries(arrows)))).toEqual(['a', 'b', 'a']);
  });

  test.each([
    ['src/activities/x.ts', "import { a } from '../targets/agent-assist-actions/document.ts';"],
    ['src/targets/other/x.ts', "import type { A } from '../agent-assist-actions/target.ts';"],
    ['src/cli/x.ts', "import type { Actions } from '../genesys/actions.ts';"],
  ])('a look past the port of the targets in %s is found', (path, text) => {
    expect(example(path, text).filter(readsPastThePort)).toHaveLength(1);
  });

  test('types may look sideways where the layers say so', () => {
    expect(example('src/workflows/x.ts', "import type { A } from '../activities/a.ts';").filter(pointsUp)).toEqual([]);
  });

  test.each([
    ['src/domain/x.ts', "import { readFileSync } from 'node:fs';"],
    ['src/workflows/x.ts', "import got from 'got';"],
  ])('a forbidden package in %s is found', (path, text) => {
    expect(example(path, text).filter(forbiddenPackage)).toHaveLength(1);
  });
});
