/** A text that no rollout watches any more is taken back while the organisation answers nothing: its split is ours. */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { createSurveyor } from '../../src/activities/surveyor.ts';
import { sha256Of } from '../../src/domain/shared/content-hash.ts';
import type { VersionRef } from '../../src/domain/rollout/deployment.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { findingsIn } from '../../src/domain/guardian/findings.ts';
import { GUARDIAN_RULES } from '../../src/domain/guardian/seen.ts';
import { lookAround } from '../../src/guardian/look.ts';
import { restoreBaseline } from '../../src/guardian/restore.ts';
import { changeCopilotSplit, copilotRowOf, saveCopilotDeployment } from '../../src/store/copilot.ts';
import { publishText } from '../../src/store/copilot-texts.ts';
import type { Database } from '../../src/store/database.ts';
import { openTargets } from '../../src/targets/index.ts';
import { openStore } from '../helpers/any-store.ts';

const ACTION = 'RefundText';
let db: Database;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());

/** Whatever is asked of it. */
const refused = (): never => {
  throw new Error('the connection failed (ECONNREFUSED)');
};
const away = new Proxy({}, { get: () => new Proxy({}, { get: () => refused }) }) as GenesysClient;

/** Temporal knows no run of anything. */
const client = {
  workflow: {
    list: async function* () {
      yield* [];
    },
    getHandle: (workflowId: string) => ({
      describe: () => Promise.reject(new WorkflowNotFoundError('not found', workflowId, undefined)),
    }),
  },
} as unknown as Client;

async function text(version: string): Promise<VersionRef> {
  const content = { title: version, text: `The rules of ${version}.`, sources: [] };
  const contentSha256 = sha256Of(content);
  const { id } = await publishText(db, { action: ACTION, version, content, contentSha256, rolloutId: version });
  return { id, version, fingerprint: { text: contentSha256 } };
}

test('it is found, and the text of before is proven to be the only one that is given', async () => {
  const [baseline, candidate] = [await text('1.4.0'), await text('1.5.0')];
  const deployment = await saveCopilotDeployment(db, 'gone', {
    target: 'copilotSuggestions',
    actionName: ACTION,
    baseline,
    candidate,
    handle: { kind: 'copilotSuggestions', assistant: '3d8a1f60-5c27-4e9b-8b14-6a0f92c7d521' },
  });
  await changeCopilotSplit(db, deployment, { splitPercent: 50, retired: null });
  const onStoreAway = (error: unknown): void => {
    throw error;
  };
  const now = Date.now;
  const targets = openTargets({ client: away, db, panelUrl: null, now });
  const surveyor = createSurveyor({ targets, publicUrl: '', now });

  const seen = await lookAround({ targets, db, now, surveyor, onStoreAway }, client, now());
  const found = findingsIn(seen, GUARDIAN_RULES);
  expect(found).toContainEqual(expect.objectContaining({ remedy: 'restore', action: ACTION }));

  const deps = { targets, db, now, onStoreAway, announce: () => Promise.resolve() };
  expect(await restoreBaseline(deps, client, { action: ACTION, by: 'guardian' })).toMatchObject({
    kind: 'restored',
    baseline: `v1.4.0 (${baseline.id})`,
    candidates: [`v1.5.0 (${candidate.id})`],
    splitPercent: 50,
  });
  expect(await copilotRowOf(db, ACTION)).toMatchObject({ splitPercent: 0, retired: 'candidate' });
});
