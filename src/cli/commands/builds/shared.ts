/** What the verbs of builds share. */
import { readConfig } from '../../../config.ts';
import { findOperatorKey } from '../../../compose/operator-key.ts';
import type { Builds, ShownBuild } from '../../../builds/see.ts';
import { isLost } from '../../../builds/see.ts';
import { createTemporalLink } from '../../../configurator/connection.ts';
import type { TemporalLink } from '../../../configurator/connection.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps } from '../../deps.ts';
import { table } from '../../view/table.ts';
import { shownText } from '../../view/units.ts';

export async function withBuilds<T>(
  { env }: Pick<Deps, 'env'>,
  work: (link: TemporalLink, deployment: string) => Promise<T>,
): Promise<T> {
  const { temporal } = readConfig(env);
  if (temporal.deployment === undefined)
    throw new AssistError(
      'config-incomplete',
      'TEMPORAL_DEPLOYMENT_NAME is not set, so workers say no build.',
      'Set it, to the same name for workers and for this; docs/upgrades.md has the steps.',
    );
  const key = findOperatorKey(env);
  const link = createTemporalLink(temporal, key === null ? null : { key });
  try {
    return await work(link, temporal.deployment.name);
  } finally {
    await link.close();
  }
}

const COLUMNS = [
  { title: 'build' },
  { title: 'state' },
  { title: 'new', right: true },
  { title: 'open', right: true },
  { title: 'workers' },
] as const;

export function printBuilds({ out }: Pick<Deps, 'out'>, { deployment, builds, changedBy }: Builds, json = false): void {
  if (json) return printJson(out, { kind: 'builds', deployment, changedBy, builds });
  printLines(out, [
    ...table(COLUMNS, builds.map(rowOf)),
    ...builds.flatMap(warningOf),
    `${deployment}: last changed by ${shownText(changedBy || 'nobody')}.`,
  ]);
}

function rowOf({ build, state, percent, openRollouts, workers }: ShownBuild): readonly string[] {
  return [shownText(build), state, `${percent} %`, String(openRollouts), workers.map(shownText).join(' ') || 'none'];
}

function warningOf(shown: ShownBuild): readonly string[] {
  if (!isLost(shown)) return [];
  const { build, openRollouts } = shown;
  const what = openRollouts === 0 ? 'new rollouts go to it' : `${openRollouts} open rollouts are on it`;
  return [`${shownText(build)} has no workers, and ${what}: start them.`];
}
