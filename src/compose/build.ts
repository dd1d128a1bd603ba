/** Which build of the program this is, as it is told to Temporal with everything that a worker does. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { WorkerBuild } from '../builds/build.ts';
import type { TemporalConfig } from '../config/temporal.ts';
import { buildName } from '../doctor/build.ts';
import type { Build } from '../doctor/build.ts';
import { packageRoot } from './package-root.ts';

let known: Build | undefined;

/** The code of the workflows tells builds of one version apart; what runs from its sources has none. */
export function programBuild(): Build {
  return (known ??= readBuild());
}

function readBuild(): Build {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const bundle = join(packageRoot(), 'dist', 'workflow-bundle.js');
  const isCompiled = __dirname.includes(join('dist', 'src'));
  const code =
    isCompiled && existsSync(bundle)
      ? createHash('sha256').update(readFileSync(bundle)).digest('hex').slice(0, 8)
      : 'sources';
  return { version, code };
}

/** As the build that a worker says it is; absent: it says none. */
export function workerBuild({ deployment }: Pick<TemporalConfig, 'deployment'>): WorkerBuild | undefined {
  if (deployment === undefined) return undefined;
  const { version, code } = programBuild();
  return { deploymentName: deployment.name, buildId: deployment.buildId ?? `${version}-${code}` };
}

/** Shown by the Web UI and told by `doctor`. */
export function workerIdentity(): string {
  return `${process.pid}@${hostname()} ${buildName(programBuild())}`;
}
