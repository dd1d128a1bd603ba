/**
 * How soon after the event that tips the judge the organisation provably serves the baseline alone again.
 *
 *   npm run bench:reaction -- [--json] [--rollouts 100] [--at-once 2]
 *
 * Real parts: Temporal dev server, sandbox organisation over HTTP, events service, embedded store, workers. Each
 * rollout has
 * an action of its own and is fed signed pushes. The clock runs from the moment the tipping push is sent, before the
 * service
 * has it, to the engine's read-back of the restored split; the benchmark then asks the organisation itself as well.
 */
import { join } from 'node:path';
import { packageRoot } from '../src/compose/package-root.ts';
import { loadPlan } from '../src/lint/lint.ts';
import { quantile } from './lib/quantile.ts';
import { oneRollout } from './reaction/one-rollout.ts';
import type { Reaction } from './reaction/one-rollout.ts';
import { connectOrganisation } from './lib/organisation.ts';
import { startParts } from './reaction/parts.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  json: { type: 'boolean', default: false },
  rollouts: { type: 'string', default: '100' },
  'at-once': { type: 'string', default: '2' },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const GOAL_P99_MS = 1_000;

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const parts = await startParts(say);
  try {
    const organisation = await connectOrganisation(parts.organisationUrl);
    const template = await loadPlan(join(packageRoot(), 'examples', 'demo', '1.6.0.yaml'));
    const reactions: Reaction[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < Number(values.rollouts)) {
        reactions.push(await oneRollout(parts, organisation, template, ++next));
        if (reactions.length % 10 === 0) say(`${reactions.length} rollouts: ${JSON.stringify(figures(reactions))}`);
      }
    };
    await Promise.all(Array.from({ length: Number(values['at-once']) }, lane));
    report(reactions);
  } finally {
    await parts.close();
  }
}

function report(reactions: readonly Reaction[]): void {
  const all = figures(reactions);
  const part = (pick: (reaction: Reaction) => number, level: number): number =>
    Math.round(quantile(reactions.map(pick), level));
  const parts = {
    ackMs: { p50: part(({ ackMs }) => ackMs, 0.5), p99: part(({ ackMs }) => ackMs, 0.99) },
    restoringMs: {
      p50: part(({ restoringMs }) => restoringMs, 0.5),
      p99: part(({ restoringMs }) => restoringMs, 0.99),
    },
    goalMet: all.p99Ms < GOAL_P99_MS,
  };
  if (values.json) process.stdout.write(`${JSON.stringify(parts)}\n${JSON.stringify(all)}\n`);
  else
    process.stdout.write(
      `${all.n} rollouts: restored and read back within ${all.p50Ms} ms (median), ${all.p99Ms} ms (99 of 100); ` +
        `${JSON.stringify(parts)}\n`,
    );
}

function figures(reactions: readonly Reaction[]): { p50Ms: number; p99Ms: number; n: number } {
  const ms = reactions.map((reaction) => reaction.ms);
  return { p50Ms: Math.round(quantile(ms, 0.5)), p99Ms: Math.round(quantile(ms, 0.99)), n: ms.length };
}
