import { MockActivityEnvironment } from '@temporalio/testing';
import { organisationActivities } from '../../src/activities/organisation.ts';
import type { OrganisationDeps } from '../../src/activities/organisation.ts';
import type { TargetState } from '../../src/targets/target.ts';
import { refOf } from '../helpers/arms.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const HOUR_MS = 3_600_000;
const arms = { baseline: refOf('b', '1.4.0'), candidate: refOf('c', '1.5.0') };
const restored: TargetState = {
  baseline: { fingerprint: arms.baseline.fingerprint, servesHere: true, splitPercent: 100 },
  candidate: { fingerprint: arms.candidate.fingerprint, servesHere: false, splitPercent: 0 },
  effectiveSplitPercent: 0,
  covered: true,
  correlationId: null,
};
const deployment = { target: 'agentAssistActions' as const, actionName: 'A', ...arms };

/** One card of the candidate, two hours ago; the store's clock is right. */
const db = {
  query: (_: string, [, since]: readonly [string, Date]) => {
    const nowMs = Date.now();
    return Promise.resolve([{ cards: since.getTime() < nowMs - 2 * HOUR_MS ? 1 : 0, nowMs }]);
  },
};

/** In vain: null. */
async function confirm(now: () => number, restoredMs: number): Promise<unknown> {
  const deps = { db, now, targets: { of: () => ({ readBack: () => Promise.resolve(restored) }) } };
  const { confirmQuiet } = organisationActivities(deps as unknown as OrganisationDeps);
  const environment = new MockActivityEnvironment();
  const patience = setTimeout(() => environment.cancel(), PATIENCE_MS / 4);
  try {
    return await environment.run(confirmQuiet, { deployment, sinceMs: restoredMs, quietMs: 100, mayAsk: false });
  } finally {
    clearTimeout(patience);
  }
}

test.each([
  ['whoever restored it is hours ahead', 0, 3],
  ['whoever restored it is hours behind', 0, -3],
  ['whoever confirms it is hours behind', -3, 0],
  ['whoever confirms it is hours ahead', 3, 0],
  ['both are hours behind', -3, -3],
])('%s: quiet is waited for by the clock of the store', async (_, confirmer, restorer) => {
  const now = (): number => Date.now() + confirmer * HOUR_MS;
  expect(await confirm(now, Date.now() + restorer * HOUR_MS)).toMatchObject({ state: restored });
});
