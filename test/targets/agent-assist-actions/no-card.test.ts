import { targetDeps } from '../../helpers/target-deps.ts';
import { agentAssistActions } from '../../../src/targets/agent-assist-actions/target.ts';
import { buildActionPayload, contentSha256 } from '../../../src/targets/agent-assist-actions/payload.ts';
import { isPromoted, isRestored, isSplit } from '../../../src/domain/rollout/proofs.ts';
import type { CardVersion } from '../../../src/domain/plan/plan.ts';
import { DEFAULT_TARGET } from '../../../src/domain/plan/target-schema.ts';
import type { Target } from '../../../src/targets/target.ts';
import { startOrganisation } from '../../genesys/with-organisation.ts';
import type { Organisation } from '../../genesys/with-organisation.ts';

const version = (number: string): CardVersion => ({
  name: 'RefundAssist',
  version: number,
  html: '<p>Refund</p>',
  trigger: { minConfidence: 0.75, keywords: ['refund'], conditions: [] },
  ui: { position: 'right', size: 'medium', requiredFeatures: [] },
});
const request = (noCard: 'baseline' | 'candidate', action = version('1.0.0')) => ({
  target: DEFAULT_TARGET,
  action,
  rolloutId: 'rollout-1',
  noCard,
});

let organisation: Organisation;
let target: Target;
beforeEach(async () => {
  organisation = await startOrganisation('agentassist/actions');
  target = agentAssistActions.open(targetDeps(organisation.client));
});
afterEach(() => organisation.close());

function put(id: string, action: CardVersion, group: 'control' | 'candidate', splitPercent: number): void {
  const payload = buildActionPayload(action, {
    splitPercent,
    group,
    rolloutId: 'rollout-0',
    contentSha256: contentSha256(action),
  });
  organisation.documents.set(id, { ...payload, id });
}

const shown = async () =>
  (await target.survey('RefundAssist')).map(
    ({ enabled, group, splitPercent, standsAlone }) =>
      `${enabled ? 'on' : 'off'} ${group} ${splitPercent}${standsAlone ? ' alone' : ''}`,
  );

describe('a first version', () => {
  test('is created at 0, raised, promoted to everybody, each proven; and known to stand alone only in between', async () => {
    const deployment = await target.deploy(request('baseline'));
    expect(deployment).toMatchObject({ baseline: null, candidate: { version: '1.0.0' } });
    expect(await target.deploy(request('baseline'))).toEqual(deployment);
    expect(await shown()).toEqual(['on candidate 0']);
    await target.setSplit(deployment, 25);
    const state = await target.readBack(deployment);
    expect(state).toMatchObject({ baseline: null, effectiveSplitPercent: 25, covered: false });
    expect(isSplit(state, 25, deployment)).toBe(true);
    expect(isSplit(state, 20, deployment)).toBe(false);
    expect(await shown()).toEqual(['on candidate 25 alone']);
    await target.setSplit(deployment, 100);
    await target.retire(deployment, 'baseline');
    expect(isPromoted(await target.readBack(deployment), deployment)).toBe(true);
    expect(await shown()).toEqual(['on control 100']);
  });

  test.each([25, 100])('is taken back from %i %%: nobody sees a card, proven', async (percent) => {
    const deployment = await target.deploy(request('baseline'));
    await target.setSplit(deployment, percent);
    expect(isRestored(await target.readBack(deployment), deployment)).toBe(false);
    await target.setSplit(deployment, 0);
    await target.retire(deployment, 'candidate');
    const state = await target.readBack(deployment);
    expect(state).toMatchObject({ effectiveSplitPercent: 0, candidate: { servesHere: false } });
    expect(isRestored(state, deployment)).toBe(true);
    expect(await shown()).toEqual(['off candidate 0']);
  });

  test('is refused while another version serves, and without control: none the way out names it', async () => {
    put('old', version('0.9.0'), 'control', 100);
    await expect(target.deploy(request('baseline'))).rejects.toMatchObject({ code: 'VersionServes' });
    organisation.documents.delete('old');
    const { noCard: _none, ...compared } = request('baseline');
    await expect(target.deploy(compared)).rejects.toMatchObject({
      code: 'NoBaseline',
      message: expect.stringContaining('control: none') as string,
    });
  });

  test('that serves everybody already is nothing to roll out', async () => {
    put('own', version('1.0.0'), 'control', 100);
    await expect(target.deploy(request('baseline'))).rejects.toMatchObject({ code: 'AlreadyServing' });
  });
});

describe('a version that is retired', () => {
  beforeEach(() => put('own', version('1.0.0'), 'control', 100));

  test('serves ever fewer conversations, and then is off, proven', async () => {
    const deployment = await target.deploy(request('candidate'));
    expect(deployment).toMatchObject({ candidate: null, baseline: { id: 'own' } });
    expect(await shown()).toEqual(['on control 100']);
    for (const percent of [5, 12.34, 50, 100]) {
      await target.setSplit(deployment, percent);
      expect(isSplit(await target.readBack(deployment), percent, deployment)).toBe(true);
    }
    expect(await shown()).toEqual(['on control 0 alone']);
    await target.retire(deployment, 'baseline');
    const state = await target.readBack(deployment);
    expect(isPromoted(state, deployment)).toBe(true);
    expect(await shown()).toEqual(['off control 0']);
  });

  test.each([5, 100])('is brought back from %i %% without it, proven', async (percent) => {
    const deployment = await target.deploy(request('candidate'));
    await target.setSplit(deployment, percent);
    expect(isRestored(await target.readBack(deployment), deployment)).toBe(false);
    await target.setSplit(deployment, 0);
    await target.retire(deployment, 'candidate');
    expect(isRestored(await target.readBack(deployment), deployment)).toBe(true);
    expect(await shown()).toEqual(['on control 100']);
  });

  test('must be the one that serves, alone', async () => {
    await expect(target.deploy(request('candidate', version('2.0.0')))).rejects.toMatchObject({ code: 'NoBaseline' });
    put('rival', version('1.1.0'), 'candidate', 10);
    await expect(target.deploy(request('candidate'))).rejects.toMatchObject({ code: 'OtherCandidate' });
  });

  test('whose content another hand changed is not brought back as ours', async () => {
    const deployment = await target.deploy(request('candidate'));
    await target.setSplit(deployment, 50);
    const changed = organisation.documents.get('own') ?? { id: 'own', name: '' };
    organisation.documents.set('own', { ...changed, content: { type: 'html', html: '<p>Other</p>' } });
    await expect(target.setSplit(deployment, 0)).rejects.toMatchObject({ code: 'ContentChanged' });
  });
});
