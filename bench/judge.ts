/**
 * How our judge and its peers decide on the same streams: false rollbacks, delays against the bound, what is left
 * undecided.
 * Usage: npm run bench:judge -- [--quick] [--json] [--only <judge or scenario>,...] [--streams N] [--seed N]
 * The same seed gives the same figures on every machine. With --json the last line is one object with all of them.
 */
import { goalsOf } from './judge/goals.ts';
import { readOptions, streamsFor, usage } from './judge/options.ts';
import type { Options } from './judge/options.ts';
import { runTasks } from './judge/pool.ts';
import type { Task } from './judge/pool.ts';
import { cellsOf, summaryOf } from './judge/summary.ts';
import { report } from './judge/tables.ts';
import type { Scenario } from './judge/scenario.ts';

const STREAMS_A_TASK = 10;

async function main(options: Options): Promise<void> {
  const startedAt = Date.now();
  const tasks = options.scenarios.flatMap((scenario) => tasksOf(scenario, options));
  const done = await runTasks(tasks, (count) => progress(count, tasks.length));
  const cells = cellsOf(options.scenarios, options.judges, done);
  const goals = goalsOf(cells);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  process.stdout.write(
    `${report(options.scenarios, options.judges, cells, goals)}\nSeed ${options.seed}; ${seconds} s.\n`,
  );
  if (options.json) {
    const judges = options.judges.map((judge) => summaryOf(judge, cells));
    process.stdout.write(
      `${JSON.stringify({ seed: options.seed, quick: options.quick, seconds, judges, goals, cells })}\n`,
    );
  }
}

function tasksOf(scenario: Scenario, options: Options): readonly Task[] {
  const counts = Object.fromEntries(options.judges.map((judge) => [judge, streamsFor(judge, scenario, options)]));
  const most = Math.max(...Object.values(counts));
  const size = scenario.perMinute > 100 ? 1 : STREAMS_A_TASK;
  return Array.from({ length: Math.ceil(most / size) }, (_, i) => ({
    scenario: scenario.name,
    seed: options.seed,
    from: i * size,
    to: Math.min(most, (i + 1) * size),
    counts,
  }));
}

function progress(done: number, all: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${all}${done === all ? '\n' : ''}`);
}

let options: Options | null = null;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : usage}\n`);
  process.exitCode = 2;
}
if (options !== null) {
  main(options).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
