import { randomUUID } from 'node:crypto';
import { endInstance, laggards, renewInstance } from '../../../src/store/panel/instances.ts';
import { takeFeeds } from '../../../src/store/panel/feeds.ts';
import { PANEL_SPLIT_CHANNEL, readSplit, readSplits, writeSplit } from '../../../src/store/panel/splits.ts';
import { readVersions, versionsOfAction } from '../../../src/store/panel/versions.ts';
import { describeEachStore } from '../../helpers/database.ts';
import { armOf, publish, startPair } from './fixtures.ts';

describeEachStore('versions and splits of the panel', (db) => {
  const start = async (epoch: number) => {
    const id = randomUUID();
    await renewInstance(db(), { id, epoch });
    return id;
  };
  const endLease = (id: string) =>
    db().query("update panel_instances set lease_until = now() - interval '1 second' where id = $1::uuid", [id]);

  afterEach(async () => {
    await db().query('truncate panel_instances, panel_sessions, panel_feeds, panel_split, panel_cards');
  });

  test('a version is written once: the second of its name changes nothing, and nobody else can', async () => {
    const first = await publish(db(), 'Refund', '1', '<p>one</p>');
    expect(await publish(db(), 'Refund', '1', '<p>two</p>')).toEqual(first);
    expect(await publish(db(), 'Refund', '2', '<p>two</p>')).toMatchObject({
      htmlSha256: '95482e1757145624cdab7d9446ad00bd9714f0d1531dad96215cf1491369285a',
    });
    await expect(db().query("update panel_versions set version = '3'")).rejects.toMatchObject({ code: '42501' });
    expect(await readVersions(db(), [first.id, randomUUID()])).toEqual([first]);
    expect((await versionsOfAction(db(), 'Refund')).map(({ version }) => version)).toEqual(['1', '2']);
  });

  test('a split is written by who has read the last one, and by nobody else', async () => {
    const { action, epoch, split } = await startPair(db(), 5);
    expect(await split(50, null)).toBeNull();
    expect(await split(50, epoch - 1)).toBeNull();
    const next = await split(10, epoch);
    expect(next).toBeGreaterThan(epoch);
    expect(await readSplit(db(), action)).toMatchObject({ epoch: next, queues: ['queue-1'], changedBy: 'test' });
    expect(await readSplit(db(), 'nothing')).toBeNull();
  });

  test('writers of different actions at once draw epochs in the order of their commits', async () => {
    const pairs = await Promise.all(Array.from({ length: 6 }, () => startPair(db(), 5)));
    const epochs = pairs.map(({ epoch }) => epoch);
    expect(new Set(epochs).size).toBe(6);
    const { epoch, splits } = await readSplits(db());
    expect([epoch, splits.length]).toEqual([Math.max(...epochs), 6]);
  });

  test('two writers that read the same: one of them is told', async () => {
    const { epoch, split } = await startPair(db(), 5);
    const answers = await Promise.all([split(10, epoch), split(20, epoch), split(30, epoch)]);
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  });

  test('listeners hear which action has changed', async () => {
    const version = await publish(db(), 'Heard', '1');
    const heard: string[] = [];
    const stop = await db().listen(PANEL_SPLIT_CHANNEL, (payload) => heard.push(payload));
    const arms = [armOf(version, 'control', 100)];
    await writeSplit(db(), { action: 'Heard', arms, queues: [], changedBy: 'test' }, null);
    while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await stop();
    expect(heard).toEqual(['Heard']);
  });

  test('who has not confirmed is behind, until it has or its lease is over', async () => {
    const { epoch } = await startPair(db(), 5);
    expect(await laggards(db(), epoch)).toEqual({ live: 0, behind: [] });
    const [fast, slow] = [await start(epoch), await start(epoch - 1)];
    expect(await laggards(db(), epoch)).toMatchObject({ live: 2, behind: [{ id: slow, epoch: epoch - 1 }] });
    expect(await renewInstance(db(), { id: slow, epoch })).toEqual({ epoch, lapsed: false });
    expect((await laggards(db(), epoch)).behind).toEqual([]);
    await renewInstance(db(), { id: slow, epoch: epoch - 1 });
    await endLease(slow);
    expect(await laggards(db(), epoch)).toEqual({ live: 1, behind: [] });
    // By a split that the store knows no more since it was restored: it has to read again.
    await renewInstance(db(), { id: fast, epoch: epoch + 7 });
    expect((await laggards(db(), epoch)).behind).toMatchObject([{ id: fast, epoch: epoch + 7 }]);
    await endInstance(db(), fast);
    expect(await laggards(db(), epoch)).toEqual({ live: 0, behind: [] });
  });

  test('a process without a lease is told so when it comes back, for nobody waited for it', async () => {
    const { epoch } = await startPair(db(), 5);
    const id = randomUUID();
    expect(await renewInstance(db(), { id, epoch: 0 })).toEqual({ epoch, lapsed: true });
    expect(await renewInstance(db(), { id, epoch })).toEqual({ epoch, lapsed: false });
    await endLease(id);
    expect(await renewInstance(db(), { id, epoch })).toEqual({ epoch, lapsed: true });
  });

  test('queues are shared out among the processes, and those of a dead one are taken over', async () => {
    const queues = ['a', 'b', 'c', 'd'];
    const take = (instanceId: string) => takeFeeds(db(), { instanceId, queues });
    const one = await start(0);
    expect((await take(one)).sort()).toEqual(queues);
    const two = await start(0);
    expect(await take(two)).toEqual([]);
    const kept = await take(one);
    const taken = await take(two);
    expect([...kept, ...taken].sort()).toEqual(queues);
    expect(kept).toHaveLength(2);
    expect(await take(one)).toEqual(kept);
    await endLease(two);
    await db().query('update panel_feeds set lease_until = now() where instance_id = $1::uuid', [two]);
    expect((await take(one)).sort()).toEqual(queues);
    expect(await takeFeeds(db(), { instanceId: one, queues: ['b'] })).toEqual(['b']);
    await endInstance(db(), one);
    expect(await db().query('select * from panel_feeds')).toEqual([]);
  });

  test('two processes at once never follow one queue', async () => {
    const ids = [await start(0), await start(0), await start(0)];
    const queues = Array.from({ length: 30 }, (_, i) => `queue ${i}`);
    const taken = await Promise.all(ids.map((instanceId) => takeFeeds(db(), { instanceId, queues })));
    expect(taken.map((list) => list.length)).toEqual([10, 10, 10]);
    expect(new Set(taken.flat()).size).toBe(30);
  });
});
