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
const noCards = { query: () => Promise.resolve([{ cards: 0 }]) };

test('whoever restored it may have lived by a clock that is hours ahead: quiet is waited for from now on', async () => {
  const deps = {
    db: noCards,
    now: Date.now,
    targets: { of: () => ({ readBack: () => Promise.resolve(restored) }) },
  } as unknown as OrganisationDeps;
  const { confirmQuiet } = organisationActivities(deps);
  const deployment = { target: 'agentAssistActions' as const, actionName: 'A', ...arms };
  const input = { deployment, sinceMs: Date.now() + 2 * HOUR_MS, quietMs: 100, mayAsk: false };
  const environment = new MockActivityEnvironment();
  const patience = setTimeout(() => environment.cancel(), PATIENCE_MS / 4);
  const proof = await environment.run(confirmQuiet, input);
  clearTimeout(patience);
  expect(proof).toMatchObject({ state: restored });
});
