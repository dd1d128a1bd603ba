/** A text and its split are rows of ours: the way back from one waits for no answer of the organisation. */
import type { VersionRef } from '../../../src/domain/rollout/deployment.ts';
import { isRestored } from '../../../src/domain/rollout/proofs.ts';
import type { GenesysClient } from '../../../src/genesys/client.ts';
import { sha256Of } from '../../../src/domain/shared/content-hash.ts';
import { changeCopilotSplit, copilotRowOf, saveCopilotDeployment } from '../../../src/store/copilot.ts';
import { publishText } from '../../../src/store/copilot-texts.ts';
import type { Database } from '../../../src/store/database.ts';
import { copilotSuggestions } from '../../../src/targets/copilot-suggestions/target.ts';
import { openStore } from '../../helpers/any-store.ts';

let db: Database;
beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());

const away = {
  assistants: { get: () => Promise.reject(new Error('GET /api/v2/assistants: the connection failed (ECONNREFUSED).')) },
} as unknown as GenesysClient;

async function text(version: string): Promise<VersionRef> {
  const content = { title: version, text: `The rules of ${version}.`, sources: [] };
  const contentSha256 = sha256Of(content);
  const { id } = await publishText(db, { action: 'RefundText', version, content, contentSha256, rolloutId: version });
  return { id, version, fingerprint: { text: contentSha256 } };
}

test('while the organisation is away it is proven that the old text is the only one that is given', async () => {
  const [baseline, candidate] = [await text('1.4.0'), await text('1.5.0')];
  const deployment = await saveCopilotDeployment(db, 'r1', {
    target: 'copilotSuggestions',
    actionName: 'RefundText',
    baseline,
    candidate,
    handle: { kind: 'copilotSuggestions', assistant: '3d8a1f60-5c27-4e9b-8b14-6a0f92c7d521' },
  });
  await changeCopilotSplit(db, deployment, { splitPercent: 50, retired: null });
  const target = copilotSuggestions.open({ client: away, db, panelUrl: null, now: Date.now });

  // Whoever looks for what nobody answers for finds it; whoever looks whether it is as it was checked must ask.
  expect(await target.survey(null, 'safety')).toMatchObject([
    { id: candidate.id, group: 'candidate', enabled: true, splitPercent: 50 },
    { id: baseline.id, group: 'control', enabled: true, splitPercent: 50 },
  ]);
  await expect(target.survey(null)).rejects.toThrow('ECONNREFUSED');

  await target.retire(deployment, 'candidate', 'safety');
  expect(isRestored(await target.readBack(deployment, 'safety'), deployment)).toBe(true);
  // What is still to be raised is held against the rule that asks for it.
  await expect(target.readBack(deployment)).rejects.toThrow('ECONNREFUSED');
});

test('whoever slept between the word that it is waited for and its write raises nothing that was taken back meanwhile', async () => {
  const [baseline, candidate] = [await text('2.4.0'), await text('2.5.0')];
  const deployment = await saveCopilotDeployment(db, 'r2', {
    target: 'copilotSuggestions',
    actionName: 'RefundText',
    baseline,
    candidate,
    handle: { kind: 'copilotSuggestions', assistant: '3d8a1f60-5c27-4e9b-8b14-6a0f92c7d521' },
  });
  const deps = { client: away, db, panelUrl: null, now: Date.now };
  const awake = copilotSuggestions.open(deps);
  const confirmCurrent = () => awake.retire(deployment, 'candidate', 'safety');
  const sleeper = copilotSuggestions.open({ ...deps, confirmCurrent });
  await changeCopilotSplit(db, deployment, { splitPercent: 50, retired: null });
  await expect(sleeper.retire(deployment, 'baseline')).rejects.toThrow('written by another hand');
  expect(await changeCopilotSplit(db, deployment, { splitPercent: 80, retired: null }, 1)).toBeNull();
  expect(await copilotRowOf(db, 'RefundText')).toMatchObject({ splitPercent: 0, retired: 'candidate' });
});
