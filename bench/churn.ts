/**
 * Does anything grow while rollouts come and go, and old data is deleted?
 *
 *   npm run bench:churn -- [--json] [--seconds 3600] [--rollouts 20] [--bake 60] [--older-than 60s] [--patience 180]
 *
 * The processes of `bench:scale`. Round after round so many rollouts begin, get a card a second each, are aborted and
 * end; then `retention` deletes what is older. Memory, and size of the database, after each round.
 */
import { join } from 'node:path';
import { packageRoot } from '../src/compose/package-root.ts';
import { createConfigurator } from '../src/configurator.ts';
import { loadPlan } from '../src/lint/lint.ts';
import { rolloutWorkflowId } from '../src/workflows/messages.ts';
import { connectOrganisation } from './lib/organisation.ts';
import { printFigures } from './lib/print-figures.ts';
import { inLanes, sleep } from './scale/lanes.ts';
import { startParts } from './scale/parts.ts';
import { plansFor } from './scale/plans.ts';
import { retain } from './scale/retain.ts';
import { sizeOf } from './scale/soak.ts';
import { startUp } from './scale/start-up.ts';
import type { TemporalLook } from './scale/temporal-look.ts';
import { connectTemporal } from './scale/temporal-look.ts';
import { startTraffic } from './scale/traffic.ts';
import { usageOf, usageOfAll } from './scale/usage.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  json: { type: 'boolean', default: false },
  seconds: { type: 'string', default: '3600' },
  rollouts: { type: 'string', default: '20' },
  bake: { type: 'string', default: '60' },
  'older-than': { type: 'string', default: '60s' },
  patience: { type: 'string', default: '180' },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const LANES = 8;
const PATIENCE_MS = Number(values.patience) * 1000;

interface Round {
  readonly atSeconds: number;
  readonly workerMb: number | null;
  readonly temporalMb: number | null;
  /** After retention. */
  readonly databaseMb: number | null;
  /** Events that retention deleted. */
  readonly deleted: number;
  /** Rollouts that had not ended within the patience. */
  readonly left: number;
}

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const parts = await startParts({ store: 'pg', callsPerMinute: 6000, workers: 1, say });
  const configurator = createConfigurator({ temporal: parts.temporal });
  const temporal = await connectTemporal(parts.temporal.address, parts.temporal.namespace);
  const traffic = startTraffic(parts.eventsUrl, parts.secret, 1);
  const rounds: Round[] = [];
  try {
    const organisation = await connectOrganisation(parts.organisation.url, parts.organisation.observer);
    const template = await loadPlan(join(packageRoot(), 'examples', 'demo', '1.6.0.yaml'));
    await inLanes(LANES, plansFor(template, Number(values.rollouts)), ({ action }) =>
      organisation.createBaseline(action.name),
    );
    const beganMs = Date.now();
    while (Date.now() - beganMs < Number(values.seconds) * 1000) {
      const plans = plansFor(template, Number(values.rollouts), `1.${rounds.length + 1}.0`);
      const quietly = { configurator, organisation, temporal, traffic, say: () => undefined };
      await startUp(quietly, plans, PATIENCE_MS);
      await sleep(Number(values.bake) * 1000);
      traffic.clear();
      await inLanes(LANES, plans, ({ action }) =>
        configurator.act('abort', action.name, { by: 'bench', reason: 'the round is over' }),
      );
      const left = await untilEnded(
        temporal,
        plans.map(({ action }) => rolloutWorkflowId(action.name)),
      );
      const { events } = await retain(parts, values['older-than']);
      const round: Round = {
        atSeconds: Math.round((Date.now() - beganMs) / 1000),
        workerMb: usageOfAll(parts.workers.map(({ pid }) => pid))?.rssMb ?? null,
        temporalMb: usageOf(parts.pids.temporal)?.rssMb ?? null,
        databaseMb: await sizeOf(parts.databaseUrl),
        deleted: events,
        left,
      };
      rounds.push(round);
      say(JSON.stringify(round));
    }
  } finally {
    await traffic.stop();
    await temporal.close();
    await configurator.close();
    await parts.close();
  }
  report(rounds, traffic.refused());
}

/** How many still ran when nobody waited any more. */
async function untilEnded(temporal: TemporalLook, ids: readonly string[]): Promise<number> {
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    const left = (await temporal.lookAt(ids)).filter(({ running }) => running).length;
    if (left === 0 || Date.now() > deadline) return left;
    await sleep(1000);
  }
}

function report(rounds: readonly Round[], refusedPushes: number): void {
  const figures = {
    rounds: rounds.length,
    rollouts: rounds.length * Number(values.rollouts),
    seconds: rounds.at(-1)?.atSeconds ?? 0,
    left: rounds.reduce((sum, { left }) => sum + left, 0),
    workerMb: rounds.map(({ workerMb }) => workerMb),
    temporalMb: rounds.map(({ temporalMb }) => temporalMb),
    databaseMb: rounds.map(({ databaseMb }) => databaseMb),
    deleted: rounds.map(({ deleted }) => deleted),
    refusedPushes,
  };
  printFigures(figures, values.json);
}
