/**
 * Seeded schedules of rollouts under faults, on real parts, beside an observer that shares no code with the engine.
 *
 *   npm run faults -- [--schedules 200] [--seed 1] [--beside 4] [--only K] [--at watch,rollBack] [--json]
 *
 * A schedule is drawn from the seed and its number; `--beside` of them run at once. `--only K` plays the K-th alone;
 * with `--at` somebody dies at the boundaries of these activities alone.
 * SIGINT ends it after the batch at hand.
 * Exit code 1 when there is any violation, a rollout that comes to no end, or anything that was done twice.
 */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { ACTIVITIES } from './campaign/draw.ts';
import { runCampaign } from './campaign/run.ts';
import { lastLine } from './campaign/report.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  json: { type: 'boolean', default: false },
  schedules: { type: 'string', default: '200' },
  beside: { type: 'string', default: '4' },
  seed: { type: 'string', default: '1' },
  only: { type: 'string' },
  at: { type: 'string', default: ACTIVITIES.join(',') },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});

async function main(): Promise<void> {
  // Histories are replayed in here.
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const report = await runCampaign({
    seed: Number(values.seed),
    schedules: Number(values.schedules),
    beside: Number(values.beside),
    at: activitiesIn(values.at),
    only: values.only === undefined ? null : Number(values.only),
    say,
    signal: stop.signal,
  });
  if (values.json) say(lastLine(report));
  const code = report.violations.length + report.stuck.length + report.duplicates.length === 0 ? 0 : 1;
  // Some calls of people may still be out, to a server that is gone.
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${lastLine(report)}\n`, () => process.exit(code));
}

function activitiesIn(text: string): readonly string[] {
  const all = text.split(',');
  const unknown = all.find((one) => !(ACTIVITIES as readonly string[]).includes(one));
  if (unknown !== undefined)
    throw new Error(`--at: there is no activity ${unknown}; there are ${ACTIVITIES.join(', ')}.`);
  return all;
}
