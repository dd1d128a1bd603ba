/**
 * Waves over two organisations: each with a namespace and workers of its own, the other one with its histories in
 * cipher, and a network between them that fails.
 */
import { Context } from '@temporalio/activity';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authorise } from '../../src/activities/authorise.ts';
import type { AuthoriseInput } from '../../src/activities/authorise.ts';
import { createElsewhere } from '../../src/configurator/elsewhere.ts';
import type { OpenElsewhere } from '../../src/configurator/elsewhere.ts';
import { readCodecKeys } from '../../src/codec/keys.ts';
import { keyIdOf } from '../../src/codec/cipher.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import type { WavesPlan } from '../../src/domain/waves/plan.ts';
import { wavesLines } from '../../src/domain/waves/lines.ts';
import type { WavesStatus } from '../../src/domain/waves/state.ts';
import { membersOf } from '../../src/domain/waves/state.ts';
import { newActorKey } from '../../src/identity/key.ts';
import type { Database } from '../../src/store/database.ts';
import { createWavesActivities } from '../../src/waves/activities.ts';
import type { WavesRecord } from '../../src/waves/activities.ts';
import {
  memberPromotedSignal,
  rolloutWorkflowId,
  WAVES_UPDATES,
  wavesStatusQuery,
} from '../../src/workflows/messages.ts';
import type { WavesHandle, WrittenWaves } from '../helpers/waves.ts';
import { beginWaves, provenBefore, wavesOf, wavesStatusWhen } from '../helpers/waves.ts';
import { untilHolds } from '../helpers/patience.ts';
import { pendingWhen } from '../helpers/pending.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import { otherNamespace } from '../helpers/temporal.ts';
import { openStore } from '../helpers/any-store.ts';

/** What stands between the two: cut, no connection lives. */
interface Network {
  readonly port: number;
  cut(isCut: boolean): void;
  close(): void;
}

const [waves, stranger] = [newActorKey('waves-of-us'), newActorKey('stranger')];
const codecKeys = `2026-11: ${randomBytes(32).toString('base64')}\n`;
const folder = mkdtempSync(join(tmpdir(), 'elsewhere-'));
const who = { by: 'ana', reason: 'call from the floor' };
/** Of every organisation, by workflow id. */
const scripted = new Map<string, ScriptedOrganisation>();
let here: Harness;
let there: Harness;
let network: Network;
let db: Database;
let elsewhere: OpenElsewhere;
let records: WavesRecord[] = [];
/** Started, and the answer does not arrive. */
let isAnswerLost = false;

function organisation(where: 'here' | 'eu', action: string): ScriptedOrganisation {
  const key = `${where} ${action}`;
  const known = scripted.get(key) ?? new ScriptedOrganisation();
  scripted.set(key, known);
  return known;
}

function scriptedAt(where: 'here' | 'eu') {
  return activitiesOf(() =>
    organisation(where, (Context.current().info.workflowExecution?.workflowId ?? '').slice('rollout/'.length)),
  );
}

function startNetwork(address: string): Promise<Network> {
  const [host = '', port = ''] = address.split(':');
  const sockets = new Set<Socket>();
  let isCut = false;
  const server: Server = createServer((client) => {
    if (isCut) return client.destroy();
    const upstream = connect(Number(port), host);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => other.destroy());
      socket.pipe(other);
    }
    return undefined;
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        cut(value) {
          isCut = value;
          if (value) for (const socket of sockets) socket.destroy();
        },
        close() {
          for (const socket of sockets) socket.destroy();
          server.close();
        },
      }),
    ),
  );
}

beforeAll(async () => {
  const other = await otherNamespace();
  network = await startNetwork(other.address);
  db = await openStore();
  const parsed = parseOperators({
    operators: [{ name: 'waves-of-us', key: waves.key.publicKey, roles: ['operator'] }],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const operators = { now: () => Promise.resolve(parsed.operators) };
  there = await startHarness(
    {
      ...scriptedAt('eu'),
      authorise: (input: AuthoriseInput) => authorise({ db, operators }, input),
    },
    Promise.resolve(other),
    readCodecKeys(codecKeys).keys,
  );
  writeFileSync(join(folder, 'codec-keys'), codecKeys);
  writeFileSync(join(folder, 'no-codec-keys'), 'nothing of the kind');
  writeFileSync(join(folder, 'waves.json'), waves.text);
  writeFileSync(join(folder, 'stranger.json'), stranger.text);
  const entry = { address: `127.0.0.1:${network.port}`, namespace: other.namespace, codecKeysFile: 'codec-keys' };
  const list = join(folder, 'organisations.yaml');
  writeFileSync(
    list,
    JSON.stringify({
      organisations: {
        eu: { ...entry, key: 'waves.json' },
        'eu-unlisted': { ...entry, key: 'stranger.json' },
        'eu-without-keys': { ...entry, key: 'waves.json', codecKeysFile: 'no-codec-keys' },
      },
    }),
  );
  elsewhere = createElsewhere(list, Date.now);
  const losing: OpenElsewhere = {
    ...elsewhere,
    async start(asked) {
      const started = await elsewhere.start(asked);
      if (!isAnswerLost) return started;
      isAnswerLost = false;
      throw new Error('connection reset');
    },
  };
  here = await startHarness({
    ...scriptedAt('here'),
    ...createWavesActivities(
      {
        db: undefined as unknown as Database,
        now: Date.now,
        elsewhere: losing,
        follow: { lookEveryMs: 50, unheardAfterMs: 2_000 },
      },
      Math.random,
    ),
    recordWaves: async (entry: WavesRecord) => void records.push(entry),
  });
});
afterAll(async () => {
  await Promise.all([here?.close(), there?.close()]);
  await elsewhere?.close();
  network?.close();
  await db?.close();
});
beforeEach(() => {
  records = [];
});

async function startWaves(
  ...written: Parameters<typeof wavesOf>
): Promise<{ readonly handle: WavesHandle; readonly nameOf: WrittenWaves['nameOf'] }> {
  const { given, nameOf } = wavesOf(...written);
  return { handle: await begin(given), nameOf };
}

function begin(given: WavesPlan): Promise<WavesHandle> {
  return beginWaves(here, given, 'new wording');
}

async function baking(at: Harness, action: string): Promise<void> {
  const rollout = at.client.workflow.getHandle(rolloutWorkflowId(action));
  await untilHolds(`${action} bakes`, async () => {
    const phase = await rollout.query<{ readonly phase: string }>('status').then(
      (status) => status.phase,
      () => null,
    );
    return phase === 'baking' || phase === 'held';
  });
}

const LONG = { policies: { ...quickPlan().policies, longWatch: { forMs: 3_600_000, alpha: 0.01 } } };
const states = (status: WavesStatus): string[] =>
  membersOf(status).map(({ id, state }) => `${id.replace(/ [0-9a-f]{8}$/, '')} ${state}`);
const isRunning =
  (index: number) =>
  (status: WavesStatus): boolean =>
    membersOf(status)[index]?.state === 'running' && membersOf(status)[index]?.runId !== null;

test('one card over two organisations: there it is started by the key that they list, and says for whom', async () => {
  const { handle, nameOf } = await startWaves([['eu: a'], ['a', 'eu: b']]);
  const status = await handle.result();
  expect([status.phase, ...states(status)]).toEqual(['promoted', 'eu: a promoted', 'a promoted', 'eu: b promoted']);
  expect(wavesLines(status)[2]).toContain(`eu: ${nameOf('a')} 1.5.0  promoted`);
  const started = organisation('eu', nameOf('a')).records[0];
  expect(started).toMatchObject({ actor: 'waves-of-us', verifiedBy: 'key' });
  expect(started?.reason).toContain('new wording');
  expect(started?.reason).toContain('started by ana');
  expect(organisation('eu', nameOf('b')).state().effectiveSplitPercent).toBe(100);
  const sealed = await there.client.workflow.getHandle(rolloutWorkflowId(nameOf('a'))).fetchHistory();
  const [input] = sealed.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  expect(keyIdOf(input as never)).toBe('2026-11');
  const history = await handle.fetchHistory();
  expect(JSON.stringify(history)).not.toContain(JSON.parse(waves.text).d);
});

test('the second organisation goes bad: they stop, and what is watched on elsewhere is taken back there', async () => {
  const { handle, nameOf } = await startWaves(
    [['eu: a'], ['b'], ['eu: c']],
    { onRollback: { running: 'abort', promoted: 'undo' } },
    LONG,
  );
  organisation('here', nameOf('b')).verdict = 'undecided';
  const second = await wavesStatusWhen(handle, isRunning(1));
  expect(membersOf(second)[0]).toMatchObject({ state: 'promoted', open: true });
  organisation('here', nameOf('b')).verdict = 'harm';
  const status = await handle.result();
  expect([status.phase, ...states(status)]).toEqual(['stopped', 'eu: a undone', 'b rolledBack', 'eu: c skipped']);
  const org = organisation('eu', nameOf('a'));
  expect(org.state()).toMatchObject({ effectiveSplitPercent: 0, covered: true });
  expect(org.records.find(({ act }) => act === 'abort')).toMatchObject({ actor: 'waves-of-us', verifiedBy: 'key' });
});

test('what has ended promoted elsewhere is undone there by a rollout of its own', async () => {
  const { handle, nameOf } = await startWaves([['eu: a'], ['eu: b']], {
    onRollback: { running: 'goOn', promoted: 'undo' },
  });
  organisation('eu', nameOf('a')).undo = provenBefore(nameOf('a'));
  organisation('eu', nameOf('b')).verdict = 'harm';
  const status = await handle.result();
  expect([status.phase, ...states(status)]).toEqual(['stopped', 'eu: a undone', 'eu: b rolledBack']);
  expect(organisation('eu', nameOf('a')).undoAsked).toEqual({ action: nameOf('a'), from: '1.5.0' });
  expect(organisation('eu', nameOf('a')).state()).toMatchObject({ effectiveSplitPercent: 0, covered: true });
});

test('a start whose answer is lost makes one run; other waves of the same action are rejected by it', async () => {
  isAnswerLost = true;
  const { handle, nameOf } = await startWaves([['eu: a']]);
  organisation('eu', nameOf('a')).verdict = 'undecided';
  await wavesStatusWhen(handle, isRunning(0));
  expect(isAnswerLost).toBe(false);
  await baking(there, nameOf('a'));
  expect(await Promise.all(['a', 'b'].map((action) => elsewhere.isBusy('eu', nameOf(action))))).toEqual([true, false]);
  const quick = quickPlan();
  const other = await begin({
    name: randomUUID().slice(0, 8),
    waves: [
      {
        name: 'only',
        members: [
          { plan: { ...quick, action: { ...quick.action, name: nameOf('a') } }, organisation: 'eu' },
          { plan: { ...quick, action: { ...quick.action, name: nameOf('unlisted') } }, organisation: 'eu-unlisted' },
        ],
      },
    ],
    maxParallel: 2,
    betweenMs: 0,
    onRollback: { running: 'goOn', promoted: 'leave' },
  });
  const [taken, unlisted] = membersOf(await other.result());
  expect(taken).toMatchObject({ state: 'rejected', reason: expect.stringContaining('another rollout of') });
  expect(unlisted).toMatchObject({ state: 'rejected', reason: expect.stringContaining('Cannot start') });
  organisation('eu', nameOf('a')).verdict = 'safe';
  expect(states(await handle.result())).toEqual(['eu: a promoted']);
  expect(organisation('eu', nameOf('a')).writes.filter((write) => write === 'deploy')).toHaveLength(1);
});

test('an act that an organisation does not let them do is refused once, in its words', async () => {
  const { handle, nameOf } = await startWaves([['eu: a']]);
  organisation('eu', nameOf('a')).verdict = 'undecided';
  await wavesStatusWhen(handle, isRunning(0));
  await baking(there, nameOf('a'));
  const runId = membersOf(await handle.query(wavesStatusQuery))[0]?.runId ?? '';
  const asked = { action: nameOf('a'), runId, act: 'pause', reason: 'call from the floor', actId: 'act-1' } as const;
  expect(await elsewhere.act({ organisation: 'eu-unlisted', ...asked })).toContain('Refused for the rollout');
  organisation('eu', nameOf('a')).verdict = 'safe';
  expect(states(await handle.result())).toEqual(['eu: a promoted']);
});

test('an organisation whose codecKeysFile holds no keys is said to be that', async () => {
  expect(await elsewhere.know(['eu'])).toBeNull();
  expect(await elsewhere.know(['eu-without-keys'])).toContain(
    'Its codecKeysFile cannot be used: line 1 is no "id: key"',
  );
});

test('an organisation that is away is said in the tree and holds the next wave; they go on when it is back', async () => {
  const { handle, nameOf } = await startWaves([['eu: a', 'b'], ['c']], {}, LONG);
  organisation('here', nameOf('b')).verdict = 'undecided';
  await wavesStatusWhen(handle, (status) => membersOf(status)[0]?.state === 'promoted');
  network.cut(true);
  const away = await wavesStatusWhen(handle, (status) => membersOf(status)[0]?.unheard !== null);
  expect(wavesLines(away).join('\n')).toMatch(/promoted, eu has not answered since \d{4}-/);
  organisation('here', nameOf('b')).verdict = 'safe';
  await wavesStatusWhen(handle, (status) => membersOf(status)[1]?.state === 'promoted');
  await here.withoutWorkflows(async () => undefined);
  expect(states(await handle.query(wavesStatusQuery))).toEqual(['eu: a promoted', 'b promoted', 'c waiting']);
  network.cut(false);
  await wavesStatusWhen(handle, (status) => membersOf(status)[2]?.state === 'promoted');
  expect(records.map(({ act }) => act)).toEqual([
    'wavesStarted',
    'waveBegun',
    'memberUnheard',
    'memberHeard',
    'waveBegun',
  ]);
  await handle.executeUpdate(WAVES_UPDATES.abort, { args: [who] });
  await Promise.all(
    ['b', 'c'].map((action) => here.client.workflow.getHandle(rolloutWorkflowId(nameOf(action))).cancel()),
  );
  await there.client.workflow.getHandle(rolloutWorkflowId(nameOf('a'))).cancel();
  expect((await handle.result()).phase).toBe('aborted');
});

test('one that could not be asked for is not started after the waves are aborted', async () => {
  network.cut(true);
  const { handle, nameOf } = await startWaves([['eu: a']]);
  await wavesStatusWhen(handle, (status) => membersOf(status)[0]?.state === 'running');
  await handle.executeUpdate(WAVES_UPDATES.abort, { args: [who] });
  // The start is given up: now it is asked whether it had gone through.
  await pendingWhen(handle, ({ activities }) => activities.includes('findElsewhere'));
  network.cut(false);
  const status = await handle.result();
  expect(membersOf(status)[0]?.reason).toBe('it was not started any more');
  expect([status.phase, ...states(status)]).toEqual(['aborted', 'eu: a skipped']);
  await expect(there.client.workflow.getHandle(rolloutWorkflowId(nameOf('a'))).describe()).rejects.toMatchObject({
    name: 'WorkflowNotFoundError',
  });
});

test('pause, resume and abort are passed on; a signal that anybody can send promotes nobody', async () => {
  const { handle, nameOf } = await startWaves([['eu: a'], ['b']]);
  const org = organisation('eu', nameOf('a'));
  org.verdict = 'undecided';
  await wavesStatusWhen(handle, isRunning(0));
  await baking(there, nameOf('a'));
  for (const action of [nameOf('a'), `eu: ${nameOf('a')}`]) await handle.signal(memberPromotedSignal, { action });
  await handle.executeUpdate(WAVES_UPDATES.pause, { args: [who] });
  await handle.executeUpdate(WAVES_UPDATES.resume, { args: [who] });
  await handle.executeUpdate(WAVES_UPDATES.pause, { args: [who] });
  const rollout = there.client.workflow.getHandle(rolloutWorkflowId(nameOf('a')));
  await there.statusWhen(rollout as never, ({ paused }) => paused);
  expect(states(await handle.query(wavesStatusQuery))).toEqual(['eu: a running', 'b waiting']);
  await handle.executeUpdate(WAVES_UPDATES.abort, { args: [who] });
  const status = await handle.result();
  expect([status.phase, ...states(status)]).toEqual(['aborted', 'eu: a rolledBack', 'b skipped']);
  expect(org.records.find(({ act }) => act === 'abort')?.reason).toContain('abort by ana: call from the floor');
});

test('what a person paused elsewhere goes on when they resume, also where the waves have stopped meanwhile', async () => {
  const { handle, nameOf } = await startWaves([['eu: a', 'b']]);
  const [eu, b] = [organisation('eu', nameOf('a')), organisation('here', nameOf('b'))];
  eu.verdict = 'undecided';
  b.verdict = 'undecided';
  await baking(there, nameOf('a'));
  await baking(here, nameOf('b'));
  await handle.executeUpdate(WAVES_UPDATES.pause, { args: [who] });
  const rollout = there.client.workflow.getHandle(rolloutWorkflowId(nameOf('a')));
  await there.statusWhen(rollout as never, ({ paused }) => paused);
  b.verdict = 'harm';
  await wavesStatusWhen(handle, ({ stopped }) => stopped !== null);
  await handle.executeUpdate(WAVES_UPDATES.resume, { args: [who] });
  await there.statusWhen(rollout as never, ({ paused }) => !paused);
  eu.verdict = 'safe';
  const status = await handle.result();
  expect([status.phase, ...states(status)]).toEqual(['stopped', 'eu: a promoted', 'b rolledBack']);
});

test('promoted elsewhere in the moment in which the waves stop, it is undone there all the same', async () => {
  const { handle, nameOf } = await startWaves([['eu: a', 'b']], {
    onRollback: { running: 'abort', promoted: 'undo' },
  });
  const [eu, b] = [organisation('eu', nameOf('a')), organisation('here', nameOf('b'))];
  b.verdict = 'undecided';
  eu.undo = provenBefore(nameOf('a'));
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let isEnding = false;
  eu.before = async (activity) => {
    if (activity !== 'record' || !eu.writes.includes('retire baseline')) return;
    isEnding = true;
    await gate;
  };
  await untilHolds('it is ending there', () => isEnding);
  await baking(here, nameOf('b'));
  b.verdict = 'harm';
  await wavesStatusWhen(handle, ({ stopped }) => stopped !== null);
  await untilHolds('the abort was answered', () => records.some(({ act }) => act === 'memberRefused'));
  open();
  const status = await handle.result();
  expect([status.phase, ...states(status)]).toEqual(['stopped', 'eu: a undone', 'b rolledBack']);
});

test('an organisation that is not in the list refuses the waves before anything is started', async () => {
  const { handle, nameOf } = await startWaves([['a'], ['us: b']]);
  const status = await handle.result();
  expect([status.phase, ...states(status)]).toEqual(['rejected', 'a skipped', 'us: b skipped']);
  expect(status.stopped).toContain('has no organisation called "us"');
  expect(organisation('here', nameOf('a')).writes).toEqual([]);
});
