/**
 * How soon after the call an undo is proven: the organisation, read back, shows the version that was proven before.
 *
 *   npm run bench:undo -- [--json] [--rollouts 20]
 *
 * Real parts, as in `bench:reaction`. Each round promotes a version of an action of its own, undoes it, and counts from
 * before the call, with the start of the workflow and the questions to registry and organisation, to the moment of the
 * read-back; then the organisation itself is asked.
 */
import { join } from 'node:path';
import { packageRoot } from '../src/compose/package-root.ts';
import type { Plan } from '../src/domain/plan/plan.ts';
import { loadPlan } from '../src/lint/lint.ts';
import type { OrganisationApi } from './lib/organisation.ts';
import { connectOrganisation } from './lib/organisation.ts';
import { quantile } from './lib/quantile.ts';
import type { Parts } from './reaction/parts.ts';
import { startParts } from './reaction/parts.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({ json: { type: 'boolean', default: false }, rollouts: { type: 'string', default: '20' } });
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const GOAL_MS = 10_000;

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const parts = await startParts(say);
  try {
    const organisation = await connectOrganisation(parts.organisationUrl);
    const template = await loadPlan(join(packageRoot(), 'examples', 'demo', '1.5.0.yaml'));
    const took: number[] = [];
    for (let round = 1; round <= Number(values.rollouts); round += 1)
      took.push(await oneUndo(parts, organisation, planFor(template, `Undo${round}`)));
    report(took);
  } finally {
    await parts.close();
  }
}

/** ms from the call to the read-back. */
async function oneUndo({ configurator }: Parts, organisation: OrganisationApi, plan: Plan): Promise<number> {
  const { name } = plan.action;
  await organisation.createBaseline(name);
  const started = await configurator.startRollout(plan, { by: 'bench' });
  for await (const { status } of configurator.followRollout(name, { runId: started.runId, pollMs: 250 }))
    if (status.phase === 'baking') break;
  // What served until then is proven by it.
  const act = { by: 'bench', reason: 'promoted to be undone', expiresAt: new Date(Date.now() + 300_000).toISOString() };
  await configurator.act('promote', name, { ...act, pause: 0 });
  const promoted = await ended(configurator, name, started.runId);
  if (promoted.outcome !== 'promoted') throw new Error(`${name} was not promoted: ${promoted.reason}`);
  const calledAt = Date.now();
  const { runId } = await configurator.undo(name, { by: 'bench', reason: 'measured' });
  const { outcome: end, safety, reason } = await ended(configurator, name, runId);
  if (end !== 'undone' || safety === null || !(await organisation.isRestored(name)))
    throw new Error(`${name} was not undone: ${reason}`);
  return Date.parse(safety.provenAt) - calledAt;
}

async function ended(configurator: Parts['configurator'], action: string, runId: string) {
  for await (const { running, status } of configurator.followRollout(action, { runId, pollMs: 250 }))
    if (!running) return status;
  throw new Error(`${action} was lost.`);
}

function planFor(template: Plan, name: string): Plan {
  return {
    ...template,
    action: { ...template.action, name, version: '1.1.0' },
    steps: [
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 600_000, atMostMs: 900_000, minCards: 0, require: 'noHarm' },
    ],
    policies: { ...template.policies, settleMs: 500, afterPromotionMs: 0, holdbackPercent: 0 },
  };
}

function report(took: readonly number[]): void {
  const [p50, p99] = [quantile(took, 0.5), quantile(took, 0.99)].map(Math.round);
  const figures = { undos: took.length, p50Ms: p50, p99Ms: p99, maxMs: Math.max(...took), goalMs: GOAL_MS };
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else
    say(
      `${took.length} undos, call to read-back: median ${p50} ms, p99 ${p99} ms, worst ${figures.maxMs} ms (goal ${GOAL_MS} ms)`,
    );
}
