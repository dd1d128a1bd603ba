/**
 * How many rollouts one worker watches at once, and how soon those that turn harmful are safe.
 *
 *   npm run bench:scale -- [--json] [--rollouts 300] [--store pg|embedded] [--rounds 3] [--steady 60] [--patience 180]
 *   [--calls-per-minute 6000] [--harmful 3] [--cards-every seconds] [--plain] [--quiet] [--workers 1] [--kill-worker]
 *   [--soak seconds]
 *
 * Real processes: Temporal dev server, PostgreSQL, sandbox organisation, events service, one worker as `assist-rollouts
 * worker` runs it. Everything is measured from outside: watched is what Temporal says of the watch (running, a heartbeat
 * within ten seconds), safe is what the organisation answers. Every rollout gets a card every second (`--cards-every`); in
 * each round some of them (`--harmful`) get, within one second, cards that leave no doubt. `--plain` first runs as many plain
 * workflows with as many activities and timers as one rollout had, `--quiet` measures a while without any card as well,
 * `--kill-worker` kills one of several workers.
 */
import { join } from 'node:path';
import { packageRoot } from '../src/compose/package-root.ts';
import { createConfigurator } from '../src/configurator.ts';
import type { Plan } from '../src/domain/plan/plan.ts';
import { loadPlan } from '../src/lint/lint.ts';
import { rolloutWorkflowId } from '../src/workflows/messages.ts';
import { connectOrganisation } from './lib/organisation.ts';
import { printFigures } from './lib/print-figures.ts';
import { quantile } from './lib/quantile.ts';
import { inLanes, sleep } from './scale/lanes.ts';
import type { Parts } from './scale/parts.ts';
import { startParts } from './scale/parts.ts';
import { timeToSafety } from './scale/safety.ts';
import { stagesOf } from './scale/stages.ts';
import { killWorker } from './scale/kill-worker.ts';
import { coresBetween, machineTimes } from './scale/machine.ts';
import { countEach, runPlain } from './scale/plain.ts';
import { plansFor } from './scale/plans.ts';
import { soak } from './scale/soak.ts';
import { startUp } from './scale/start-up.ts';
import { measureSteady } from './scale/steady.ts';
import { connectTemporal } from './scale/temporal-look.ts';
import { startTraffic } from './scale/traffic.ts';
import { usageOfAll } from './scale/usage.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  json: { type: 'boolean', default: false },
  rollouts: { type: 'string', default: '300' },
  store: { type: 'string', default: 'pg' },
  rounds: { type: 'string', default: '3' },
  steady: { type: 'string', default: '60' },
  patience: { type: 'string', default: '180' },
  'calls-per-minute': { type: 'string', default: '6000' },
  harmful: { type: 'string', default: '3' },
  'cards-every': { type: 'string', default: '1' },
  plain: { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  workers: { type: 'string', default: '1' },
  'kill-worker': { type: 'boolean', default: false },
  soak: { type: 'string', default: '0' },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const HARMFUL_AT_ONCE = Number(values.harmful);
const BETWEEN_ROUNDS_MS = 5_000;
/**
 * Cards of the first moments after a change of split belong to neither split, and a judge wants some before the tipping
 * ones.
 */
const SETTLE_MS = 10_000;
/** After its last card every judge looks once more, when what is left is old enough. */
const QUIET_AFTER_MS = 75_000;
const GOAL_P99_MS = 1_000;

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const parts = await startParts({
    store: values.store === 'embedded' ? 'embedded' : 'pg',
    callsPerMinute: Number(values['calls-per-minute']),
    workers: Number(values.workers),
    say,
  });
  const configurator = createConfigurator({ temporal: parts.temporal });
  const temporal = await connectTemporal(parts.temporal.address, parts.temporal.namespace);
  const traffic = startTraffic(parts.eventsUrl, parts.secret, Number(values['cards-every']));
  try {
    const organisation = await connectOrganisation(parts.organisation.url, parts.organisation.observer);
    const template = await loadPlan(join(packageRoot(), 'examples', 'demo', '1.6.0.yaml'));
    const plans = plansFor(template, Number(values.rollouts));
    const plain = values.plain ? await comparedWith(plans) : null;
    if (plain !== null) say(`plain workflows: ${JSON.stringify(plain)}`);
    await inLanes(8, plans, ({ action }) => organisation.createBaseline(action.name));
    const timesBefore = machineTimes(parts);
    const usedBefore = usageOfAll(parts.workers.map(({ pid }) => pid));
    const { pairs, ...started } = await startUp(
      { configurator, organisation, temporal, traffic, say },
      plans,
      Number(values.patience) * 1000,
    );
    const startCores = coresBetween(timesBefore, machineTimes(parts));
    const used = usageOfAll(parts.workers.map(({ pid }) => pid));
    const startCpuMsEach =
      used === null || usedBefore === null ? null : Math.round((used.cpuMs - usedBefore.cpuMs) / plans.length);
    await sleep(SETTLE_MS);
    const ids = plans.map(({ action }) => rolloutWorkflowId(action.name));
    const steady = await measureSteady({ parts, organisation, temporal }, ids, Number(values.steady) * 1000);
    const watched = (await temporal.lookAt(ids)).filter((look) => look.watched).length;
    say(`after a while: ${watched} of ${plans.length} watched; ${JSON.stringify(steady)}`);
    const soaked = Number(values.soak) > 0 ? await soak(parts, Number(values.soak)) : {};
    const quiet = values.quiet ? await withoutCards() : {};
    const blindness = values['kill-worker'] ? await killWorker(parts, temporal, ids) : {};
    say(JSON.stringify({ ...soaked, ...quiet, ...blindness }));
    const safety = await rounds(parts, organisation, [...pairs.values()]);
    report({
      rollouts: plans.length,
      store: parts.store,
      workers: parts.workers.length,
      ...plain,
      ...started,
      perSecondToPlain: ratio(started.perSecond, plain?.plainPerSecond),
      startCpuMsEach,
      startCores,
      rolloutEach: await countEach(parts, ids.at(-1) ?? ''),
      watchedInTheEnd: watched,
      ...steady,
      memoryMbEach: used === null || usedBefore === null ? null : ratio(used.rssMb - usedBefore.rssMb, plans.length),
      ...soaked,
      ...quiet,
      ...blindness,
      ...safety,
      refusedPushes: traffic.refused(),
    });

    /** One rollout is counted, and ended, before so many plain workflows do what it did. */
    async function comparedWith(all: readonly Plan[]) {
      const counted = plansFor(template, 1).map((plan) => ({ ...plan, action: { ...plan.action, name: 'Counted' } }));
      const patienceMs = Number(values.patience) * 1000;
      await inLanes(1, counted, ({ action }) => organisation.createBaseline(action.name));
      await startUp({ configurator, organisation, temporal, traffic, say }, counted, patienceMs);
      // What it writes down beside its first looks is part of it.
      await sleep(SETTLE_MS);
      const each = await countEach(parts, rolloutWorkflowId('Counted'));
      await temporal.end(rolloutWorkflowId('Counted'));
      return runPlain(parts, { count: all.length, each, patienceMs });
    }

    async function withoutCards(): Promise<Record<string, unknown>> {
      traffic.rest(true);
      await sleep(QUIET_AFTER_MS);
      const figures = await measureSteady({ parts, organisation, temporal }, ids, Number(values.steady) * 1000);
      traffic.rest(false);
      return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`quiet ${name}`, value]));
    }
  } finally {
    await traffic.stop();
    await temporal.close();
    await configurator.close();
    await parts.close();
  }
}

function ratio(value: number, of: number | null | undefined): number | null {
  return of === null || of === undefined || of === 0 ? null : Math.round((100 * value) / of) / 100;
}

/** Fresh ones in each round, spread over the order in which they began to serve. */
async function rounds(
  parts: Parts,
  organisation: Awaited<ReturnType<typeof connectOrganisation>>,
  pairs: Parameters<typeof timeToSafety>[2],
) {
  const count = Math.min(Number(values.rounds), Math.floor(pairs.length / HARMFUL_AT_ONCE));
  const times: (number | null)[] = [];
  for (let round = 0; round < count; round++) {
    const harmful = pairs
      .filter((_, place) => place % Math.floor(pairs.length / HARMFUL_AT_ONCE) === round)
      .slice(0, HARMFUL_AT_ONCE);
    const measured = await timeToSafety({ url: parts.eventsUrl, secret: parts.secret }, organisation, harmful);
    say(`round ${round + 1}: safe after ${measured.map(({ ms }) => ms ?? 'more than 60,000').join(', ')} ms`);
    times.push(...measured.map(({ ms }) => ms));
    await sleep(BETWEEN_ROUNDS_MS);
    for (const { action, sentAtMs, ackMs } of measured)
      say(
        `  ${action}: ` +
          JSON.stringify({
            ackMs,
            ...(await stagesOf(parts.temporal.address, parts.temporal.namespace, action, sentAtMs)),
          }),
      );
  }
  const at = (level: number): number | null => {
    const ms = quantile(
      times.map((time) => time ?? Infinity),
      level,
    );
    return Number.isFinite(ms) ? ms : null;
  };
  return {
    harmful: times.length,
    safetyP50Ms: at(0.5),
    safetyP99Ms: at(0.99),
    neverSafe: times.filter((time) => time === null).length,
  };
}

function report(
  figures: Readonly<Record<string, unknown>> & {
    readonly watched: number;
    readonly rollouts: number;
    readonly safetyP99Ms: number | null;
  },
): void {
  const goalMet =
    figures.watched === figures.rollouts && figures.safetyP99Ms !== null && figures.safetyP99Ms < GOAL_P99_MS;
  const all = { ...figures, goalMet };
  printFigures(all, values.json);
}
