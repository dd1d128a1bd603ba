import { targetDeps } from '../../helpers/target-deps.ts';
import type { CardVersion } from '../../../src/domain/plan/plan.ts';
import { DEFAULT_TARGET } from '../../../src/domain/plan/target-schema.ts';
import { buildActionPayload, contentSha256 } from '../../../src/targets/agent-assist-actions/payload.ts';
import type { Group } from '../../../src/domain/split/bucket.ts';
import { isCovered } from '../../../src/domain/split/coverage.ts';
import { fingerprintOf, servedAs } from '../../../src/targets/agent-assist-actions/document.ts';
import { agentAssistActions } from '../../../src/targets/agent-assist-actions/target.ts';
import { pairOf } from '../../helpers/pair.ts';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import type { Target } from '../../../src/targets/target.ts';
import { TargetError } from '../../../src/targets/target-error.ts';
import { actionSchema } from '../../../src/genesys/wire.ts';
import type { ActionDocument } from '../../../src/genesys/wire.ts';
import { errorBody, startOrganisation } from '../../genesys/with-organisation.ts';
import { PATIENCE_MS } from '../../helpers/patience.ts';
import type { Document, Organisation } from '../../genesys/with-organisation.ts';

const version = (number: string, html = `<p>Refunds ${number}</p>`): CardVersion => ({
  name: 'RefundAssist',
  version: number,
  html,
  trigger: { minConfidence: 0.75, keywords: ['refund'], conditions: [{ type: 'queue', id: 'q-1' }] },
  ui: { position: 'right', size: 'medium', requiredFeatures: ['flexbox'] },
});
const NEW = version('1.5.0');
const REQUEST = { target: DEFAULT_TARGET, action: NEW, rolloutId: 'rollout-1' };

let organisation: Organisation;
let target: Target;
beforeEach(async () => {
  organisation = await startOrganisation('agentassist/actions');
  target = agentAssistActions.open(targetDeps(organisation.client));
});
afterEach(() => organisation.close());

interface Placed {
  readonly group: Group;
  readonly split: number;
  readonly enabled?: boolean;
  readonly rolloutId?: string;
}

function put(id: string, action: CardVersion, placed: Placed): void {
  const payload = buildActionPayload(action, {
    splitPercent: placed.split,
    group: placed.group,
    rolloutId: placed.rolloutId ?? 'rollout-0',
    contentSha256: contentSha256(action),
  });
  organisation.documents.set(id, { ...payload, enabled: placed.enabled ?? true, id });
}

const putBaseline = (split = 100): void => put('base', version('1.4.0'), { group: 'control', split });
const read = (id: string): ActionDocument => actionSchema.parse(organisation.documents.get(id));
const served = (id: string): object => servedAs(read(id));
const writes = (): string[] =>
  organisation.server.requests
    .filter((request) => request.path.startsWith('/api/') && request.method !== 'GET')
    .map((request) => `${request.method} ${request.path.split('/').at(-1)}`);

async function refusalOf(promise: Promise<unknown>): Promise<TargetError> {
  const error = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(TargetError);
  return error as TargetError;
}

function expectCoveredThroughout(): void {
  const isOpen = (state: Document[]): boolean =>
    !isCovered(state.map((document) => servedAs(actionSchema.parse(document))));
  expect(organisation.states.filter(isOpen)).toEqual([]);
}

describe('deploy', () => {
  test('creates the candidate enabled at split 0 beside the baseline, with the payload of the domain', async () => {
    putBaseline();
    const deployment = pairOf(await target.deploy(REQUEST));
    expect(deployment).toEqual({
      target: 'agentAssistActions',
      actionName: 'RefundAssist',
      baseline: { id: 'base', version: '1.4.0', fingerprint: fingerprintOf(read('base')) },
      candidate: { id: 'made-2', version: '1.5.0', fingerprint: fingerprintOf(read('made-2')) },
    });
    const payload = buildActionPayload(NEW, {
      splitPercent: 0,
      group: 'candidate',
      rolloutId: 'rollout-1',
      contentSha256: contentSha256(NEW),
    });
    expect(organisation.documents.get('made-2')).toEqual({ ...payload, id: 'made-2' });
  });

  test('a second run changes nothing', async () => {
    putBaseline();
    const first = await target.deploy(REQUEST);
    expect(await target.deploy(REQUEST)).toEqual(first);
    expect(writes()).toEqual(['POST actions']);
  });

  test.each(['drop', 'hang', { status: 503 }] as const)(
    'created, but the answer was %p: the retry finds it, and there is exactly one',
    async (reply) => {
      await organisation.close();
      organisation = await startOrganisation('agentassist/actions', {
        // What hangs costs it once; all else must be answered within it.
        requestTimeoutMs: reply === 'hang' ? 5_000 : PATIENCE_MS,
      });
      target = agentAssistActions.open(targetDeps(organisation.client));
      putBaseline();
      organisation.interrupt = (request, work) => {
        if (request.method !== 'POST') return undefined;
        work();
        return reply;
      };
      await expect(target.deploy(REQUEST)).rejects.toMatchObject({ name: 'GenesysError' });
      const deployment = pairOf(await target.deploy(REQUEST));
      expect(
        [...organisation.documents.values()].filter((one) => one.name === 'RefundAssist v1.5.0').map((one) => one.id),
      ).toEqual([deployment.candidate.id]);
      expect(organisation.documents.size).toBe(2);
    },
  );

  test('a conflict from an own earlier try that arrived late is no conflict: what is there is used', async () => {
    putBaseline();
    organisation.interrupt = (request) => {
      if (request.method !== 'POST') return undefined;
      put('late', NEW, { group: 'candidate', split: 0, rolloutId: 'rollout-1' });
      return undefined;
    };
    expect((await target.deploy(REQUEST)).candidate?.id).toBe('late');
    expect(writes()).toEqual(['POST actions']);
  });

  test('a conflict about something else stays a conflict', async () => {
    putBaseline();
    organisation.interrupt = (request) =>
      request.method === 'POST' ? { status: 409, body: errorBody(409, 'request.conflict') } : undefined;
    await expect(target.deploy(REQUEST)).rejects.toMatchObject({ kind: 'conflict' });
  });

  test('a disabled candidate of the same content is enabled again at split 0, for this rollout', async () => {
    putBaseline();
    put('old', NEW, { group: 'control', split: 40, enabled: false });
    expect((await target.deploy(REQUEST)).candidate?.id).toBe('old');
    expect(served('old')).toEqual({ enabled: true, group: 'candidate', splitPercent: 0 });
    expect(read('old').metadata).toMatchObject({ rollout_id: 'rollout-1' });
    expectCoveredThroughout();
  });

  test('a candidate that serves keeps what it serves', async () => {
    putBaseline(70);
    put('running', NEW, { group: 'candidate', split: 30 });
    await target.deploy(REQUEST);
    expect(served('running')).toEqual({ enabled: true, group: 'candidate', splitPercent: 30 });
    expect(served('base')).toEqual({ enabled: true, group: 'control', splitPercent: 70 });
    expect(read('running').metadata).toMatchObject({ rollout_id: 'rollout-1' });
  });

  test('the same version with other content is refused, naming the other', async () => {
    putBaseline();
    put('other', version('1.5.0', '<p>Something else</p>'), { group: 'candidate', split: 0 });
    const error = await refusalOf(target.deploy(REQUEST));
    expect(error.code).toBe('VersionConflict');
    expect(error.message).toMatch(/\(other\).*publish it under a new version/);
    expect(writes()).toEqual([]);
  });

  test('content that was edited by hand is refused even where its metadata still claims the same hash', async () => {
    putBaseline();
    put('edited', NEW, { group: 'candidate', split: 0 });
    organisation.documents.set('edited', { ...read('edited'), content: { type: 'html', html: '<p>edited</p>' } });
    expect((await refusalOf(target.deploy(REQUEST))).code).toBe('VersionConflict');
  });

  test('an action made by other tools, without our metadata, is taken over when its content is the same', async () => {
    putBaseline();
    put('seeded', NEW, { group: 'candidate', split: 0 });
    organisation.documents.set('seeded', {
      ...read('seeded'),
      metadata: { traffic_split: 0, ab_test_group: 'variant_a' },
    });
    expect((await target.deploy(REQUEST)).candidate).toMatchObject({ id: 'seeded', version: '1.5.0' });
    expect(read('seeded').metadata).toEqual({
      traffic_split: 0,
      ab_test_group: 'candidate',
      version: '1.5.0',
      rollout_id: 'rollout-1',
      content_sha256: contentSha256(NEW),
    });
  });

  test('two actions of one name are refused, naming both', async () => {
    putBaseline();
    put('one', NEW, { group: 'candidate', split: 0 });
    put('two', NEW, { group: 'candidate', split: 0 });
    expect((await refusalOf(target.deploy(REQUEST))).message).toMatch(/one and two/);
  });

  test('without a baseline it is refused with what was seen and the way out', async () => {
    put('off', version('1.4.0'), { group: 'control', split: 100, enabled: false });
    const error = await refusalOf(target.deploy(REQUEST));
    expect(error.code).toBe('NoBaseline');
    expect(error.message).toMatch(/"RefundAssist v1\.4\.0" \(off\).*traffic_split 100/);
    expect(writes()).toEqual([]);
  });

  test('two serving controls are refused, naming both', async () => {
    putBaseline(60);
    put('also', version('1.3.0'), { group: 'control', split: 40 });
    const error = await refusalOf(target.deploy(REQUEST));
    expect(error.code).toBe('AmbiguousBaseline');
    expect(error.message).toMatch(/\(base\).*\(also\)/);
  });

  test('a control that is enabled at 0 is no second baseline', async () => {
    putBaseline();
    put('left-over', version('1.3.0'), { group: 'control', split: 0 });
    expect((await target.deploy(REQUEST)).baseline?.id).toBe('base');
  });

  test('a rollout that ended at 100 without retiring its baseline can start again', async () => {
    putBaseline(0);
    put('full', NEW, { group: 'candidate', split: 100 });
    expect(await target.deploy(REQUEST)).toMatchObject({ baseline: { id: 'base' }, candidate: { id: 'full' } });
    expect(served('full')).toMatchObject({ splitPercent: 100 });
  });

  test('the version that is the serving baseline itself is refused', async () => {
    put('base', NEW, { group: 'control', split: 100 });
    expect((await refusalOf(target.deploy(REQUEST))).code).toBe('AlreadyServing');
    expect(writes()).toEqual([]);
  });

  test('another candidate that serves is refused, naming it', async () => {
    putBaseline(80);
    put('rival', version('1.4.5'), { group: 'candidate', split: 20 });
    const error = await refusalOf(target.deploy(REQUEST));
    expect(error.code).toBe('OtherCandidate');
    expect(error.message).toMatch(/\(rival\).*20 %.*`assist-rollouts recover "RefundAssist"`.*traffic_split to 0/);
    expect(writes()).toEqual([]);
  });

  test('actions of another name that begins the same are none of ours', async () => {
    putBaseline();
    put('foreign', { ...version('1.0.0'), name: 'RefundAssist v2 beta' }, { group: 'control', split: 100 });
    expect((await target.deploy(REQUEST)).baseline?.id).toBe('base');
  });

  test('what is read back otherwise than it was written is refused, naming the part', async () => {
    putBaseline();
    organisation.interrupt = (request, work) => {
      const reply = work();
      if (request.method === 'POST')
        organisation.documents.set('made-2', {
          ...read('made-2'),
          ui: { position: 'left', size: 'medium', required_features: ['flexbox'] },
        });
      return reply;
    };
    const error = await refusalOf(target.deploy(REQUEST));
    expect(error.code).toBe('ReadBackMismatch');
    expect(error.message).toContain('another ui than');
  });

  test('what cannot be read yet may be tried again', async () => {
    putBaseline();
    organisation.interrupt = (request) =>
      request.path.endsWith('/made-2') ? { status: 404, body: errorBody(404, 'not.found') } : undefined;
    expect((await refusalOf(target.deploy(REQUEST))).code).toBe('NotYetReadable');
    organisation.interrupt = undefined;
    expect((await target.deploy(REQUEST)).candidate?.id).toBe('made-2');
  });
});

describe('split', () => {
  let deployment: Deployment;
  beforeEach(async () => {
    putBaseline();
    deployment = await target.deploy(REQUEST);
    organisation.states.length = 0;
  });
  const newWrites = (): string[] => writes().slice(1);

  test('raising writes the candidate first, lowering the baseline first; all stay served', async () => {
    await target.setSplit(deployment, 25);
    expect(newWrites()).toEqual(['PUT made-2', 'PUT base']);
    await target.setSplit(deployment, 0, 'safety');
    expect(newWrites().slice(2)).toEqual(['PUT base', 'PUT made-2']);
    expectCoveredThroughout();
  });

  test('a second call writes nothing', async () => {
    await target.setSplit(deployment, 25);
    await target.setSplit(deployment, 25);
    expect(newWrites()).toHaveLength(2);
  });

  test('reads back what it set, as served', async () => {
    await target.setSplit(deployment, 25);
    expect(await target.readBack(deployment)).toEqual({
      candidate: { servesHere: true, splitPercent: 25, fingerprint: fingerprintOf(read('made-2')) },
      baseline: { servesHere: true, splitPercent: 75, fingerprint: fingerprintOf(read('base')) },
      effectiveSplitPercent: 25,
      covered: true,
      correlationId: 'corr-made-2',
    });
  });

  test('fields that are not ours survive, also those we do not know', async () => {
    organisation.documents.set('base', {
      ...read('base'),
      description: 'by hand',
      owner: { team: 'care' },
      metadata: { ...read('base').metadata, note: 'keep' },
    });
    await target.setSplit(deployment, 25);
    expect(organisation.documents.get('base')).toMatchObject({
      description: 'by hand',
      owner: { team: 'care' },
      metadata: { note: 'keep', traffic_split: 75 },
    });
  });

  test('dropped after the first write, the next call finishes; all stay served', async () => {
    let puts = 0;
    organisation.interrupt = (request) => (request.method === 'PUT' && (puts += 1) === 2 ? 'drop' : undefined);
    await expect(target.setSplit(deployment, 40)).rejects.toMatchObject({ kind: 'network' });
    await target.setSplit(deployment, 40);
    expect(await target.readBack(deployment)).toMatchObject({ effectiveSplitPercent: 40, covered: true });
    expectCoveredThroughout();
  });

  test('drift by hand is put right, whatever it was', async () => {
    await target.setSplit(deployment, 50);
    put('base', version('1.4.0'), { group: 'candidate', split: 10, enabled: false });
    await target.setSplit(deployment, 25);
    expect(await target.readBack(deployment)).toMatchObject({ effectiveSplitPercent: 25, covered: true });
  });

  test('a hole made by hand is told by the read back', async () => {
    put('base', version('1.4.0'), { group: 'control', split: 60 });
    expect(await target.readBack(deployment)).toMatchObject({ covered: false, effectiveSplitPercent: 0 });
  });

  test('a candidate that was deleted by hand can be rolled back from, but not be given traffic', async () => {
    await target.setSplit(deployment, 25);
    organisation.documents.delete('made-2');
    const error = await refusalOf(target.setSplit(deployment, 50));
    expect(error.code).toBe('VersionMissing');
    expect(served('base')).toMatchObject({ splitPercent: 75 });
    await target.setSplit(deployment, 0);
    await target.retire(deployment, 'candidate');
    expect(await target.readBack(deployment)).toMatchObject({
      candidate: { servesHere: false, splitPercent: 0, fingerprint: null },
      baseline: { splitPercent: 100 },
      covered: true,
    });
  });

  test('with the baseline deleted by hand the candidate is not lowered: it is all that serves', async () => {
    await target.setSplit(deployment, 100);
    organisation.documents.delete('base');
    expect((await refusalOf(target.setSplit(deployment, 0))).message).toMatch(/v1\.4\.0 \(base\), the baseline/);
    expect(served('made-2')).toMatchObject({ enabled: true, splitPercent: 100 });
  });

  test('retiring the candidate disables it once the baseline carries everything', async () => {
    await target.setSplit(deployment, 25);
    await target.setSplit(deployment, 0);
    await target.retire(deployment, 'candidate');
    await target.retire(deployment, 'candidate');
    expect(served('made-2')).toEqual({ enabled: false, group: 'candidate', splitPercent: 0 });
    expect(await target.readBack(deployment)).toMatchObject({ effectiveSplitPercent: 0, covered: true });
    expectCoveredThroughout();
  });

  test('a roll back is two writes: the baseline serves everybody, then the candidate is at 0 and off', async () => {
    await target.setSplit(deployment, 25);
    const before = newWrites().length;
    await target.retire(deployment, 'candidate', 'safety');
    expect(newWrites().slice(before)).toEqual(['PUT base', 'PUT made-2']);
    expect(served('made-2')).toEqual({ enabled: false, group: 'candidate', splitPercent: 0 });
    expect(await target.readBack(deployment)).toMatchObject({ effectiveSplitPercent: 0, covered: true });
    expectCoveredThroughout();
  });

  test('with the baseline deleted by hand the candidate is not taken away either', async () => {
    await target.setSplit(deployment, 25);
    organisation.documents.delete('base');
    expect((await refusalOf(target.retire(deployment, 'candidate'))).code).toBe('VersionMissing');
    expect(served('made-2')).toMatchObject({ enabled: true, splitPercent: 25 });
  });

  test('retiring the baseline makes the candidate the control first; the next rollout finds it as its baseline', async () => {
    await target.setSplit(deployment, 100);
    await target.retire(deployment, 'baseline');
    await target.retire(deployment, 'baseline');
    expect(served('made-2')).toEqual({ enabled: true, group: 'control', splitPercent: 100 });
    expect(served('base')).toEqual({ enabled: false, group: 'control', splitPercent: 0 });
    expect(await target.readBack(deployment)).toMatchObject({ effectiveSplitPercent: 100, covered: true });
    expectCoveredThroughout();
    const next = await target.deploy({ target: DEFAULT_TARGET, action: version('1.6.0'), rolloutId: 'rollout-2' });
    expect(next.baseline).toMatchObject({ id: 'made-2', version: '1.5.0' });
  });

  test('rolling back after the baseline was retired brings it back first', async () => {
    await target.setSplit(deployment, 100);
    await target.retire(deployment, 'baseline');
    await target.setSplit(deployment, 0, 'safety');
    await target.retire(deployment, 'candidate', 'safety');
    expect(await target.readBack(deployment, 'safety')).toMatchObject({
      effectiveSplitPercent: 0,
      covered: true,
      baseline: { servesHere: true, splitPercent: 100 },
    });
    expectCoveredThroughout();
  });
});
