/**
 * A build of tomorrow, made of the compiled program of today: its rollouts begin with a timer that those of today do
 * not have, so neither replays the other's histories, and it brings a migration.
 */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../helpers/sources.ts';

export interface NextBuild {
  /** Its command line. */
  readonly main: string;
  readonly bundle: string;
  close(): Promise<void>;
}

export const NEXT_MIGRATION = 'of tomorrow';

export async function makeNextBuild(): Promise<NextBuild> {
  const root = await mkdtemp(join(tmpdir(), 'assist-next-'));
  const dist = join(root, 'dist');
  await mkdir(dist);
  await cp(join(ROOT, 'dist', 'src'), join(dist, 'src'), { recursive: true });
  for (const folder of ['node_modules', 'schema', 'docs', 'examples'])
    await symlink(join(ROOT, folder), join(root, folder));
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as object;
  await writeFile(join(root, 'package.json'), JSON.stringify({ ...manifest, version: '0.2.0' }));
  const bundle = join(dist, 'workflow-bundle.js');
  await writeFile(bundle, changedWorkflow(await readFile(join(ROOT, 'dist', 'workflow-bundle.js'), 'utf8')));
  const migrations = join(dist, 'src', 'store', 'migrations', 'index.js');
  await writeFile(migrations, `${await readFile(migrations, 'utf8')}\n${MIGRATION}`);
  return {
    main: join(dist, 'src', 'cli', 'main.js'),
    bundle,
    close: () => rm(root, { recursive: true, force: true }),
  };
}

/** It adds, and says so. */
const MIGRATION = `{
  const all = exports.MIGRATIONS;
  const last = all.at(-1).id;
  all.push({
    id: last + 1,
    name: '${NEXT_MIGRATION}',
    statements: ["alter table rollouts add column of_tomorrow text not null default 'new'", 'create table of_tomorrow (id integer primary key)'],
    besides: last,
  });
}
`;

/** Before a rollout prepares; `workflow` as the bundler calls it in that module. */
function changedWorkflow(code: string): string {
  const begins = code.indexOf('async function rollout(given) {');
  const at = code.indexOf('const deployed = await prepare(run, given', begins);
  const called = /\(0,\s*(_temporalio_workflow__WEBPACK_IMPORTED_MODULE_\d+__)\.workflowInfo\)/.exec(
    code.slice(begins),
  )?.[1];
  if (begins < 0 || at < 0 || called === undefined) throw new Error('The bundle is not as it was.');
  return `${code.slice(0, at)}await (0,${called}.sleep)(1);\n    ${code.slice(at)}`;
}
