/** What a SIEM gets of a log whose database was restored to an older state: all of it, or one clear error. */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { openCheckpoint } from '../../src/audit/checkpoint.ts';
import type { Checkpoint } from '../../src/audit/checkpoint.ts';
import { generateKey } from '../../src/audit/note.ts';
import { lastSignedOutside, signAndKeep } from '../../src/audit/sign-and-keep.ts';
import { checkpointNow } from '../../src/audit/sign.ts';
import type { Format } from '../../src/siem/destination.ts';
import { fileSink } from '../../src/siem/file-sink.ts';
import { ship } from '../../src/siem/ship.ts';
import type { Sink } from '../../src/siem/sink.ts';
import type { Database } from '../../src/store/database.ts';
import { append } from '../helpers/audit.ts';
import { openStore } from '../helpers/any-store.ts';
import { NOON } from '../helpers/events.ts';
import { appendMany, cutTo, entry, useFolder } from '../audit/helpers.ts';

const { signer } = generateKey('log.example/audit');
const now = (): number => NOON;
const sender = { origin: signer.name, host: 'host-1', productVersion: '0.1.0' };
const file = useFolder();
let db: Database;
beforeEach(async () => {
  db = await openStore();
  await appendMany(db, 0, 18);
});
afterEach(() => db.close());

interface Way {
  readonly sink: Sink;
  readonly format?: Format;
  readonly kept?: () => Promise<readonly Checkpoint[]>;
}
const shipTo = ({ sink, format = 'ocsf', kept }: Way) =>
  ship(db, { sink, format, destination: 'siem', sender, now, ...(kept === undefined ? {} : { kept }) });

/** The backup has what was shipped until then; after it come ten entries, which are lost, and others in their place. */
async function setBack(way: Way): Promise<void> {
  await shipTo(way);
  await appendMany(db, 18, 20);
  const [cursor] = await db.query<{ leaf: number; size: number }>(
    'select leaf, checkpoint_size as size from audit_cursors',
  );
  await appendMany(db, 20, 30);
  await checkpointNow(db, signer, { now });
  await shipTo(way);
  await cutTo(db, 20);
  await db.query('update audit_cursors set leaf = $1::bigint, checkpoint_size = $2::bigint', [
    cursor?.leaf,
    cursor?.size,
  ]);
  await appendMany(db, 120, 125);
}

const beginAnew = (name: string) =>
  append(db, entry(0, { key: `checkpointsBegun/${name}`, act: 'checkpointsBegun', rolloutId: null }));
const refused = { code: 'audit-tampered', message: expect.stringContaining('Nothing was shipped') as string };
const idsOf = (text: string): string[] =>
  [...text.matchAll(/log\.example\/audit:(?:[0-9a-f]{12}:)?[ec]\d+/g)].map(([id]) => id);

test.each<Format>(['ocsf', 'cef', 'syslog'])(
  'a file of %s that has more than the log, or other entries, is not gone on with before a person says so; then it gets all that is new, under ids of their own',
  async (format) => {
    const path = file(format);
    const way = { sink: fileSink(path, format, signer.name), format };
    await setBack(way);
    const before = readFileSync(path, 'utf8');
    await expect(shipTo(way)).rejects.toMatchObject(refused);
    await appendMany(db, 125, 140);
    await expect(shipTo(way)).rejects.toMatchObject(refused);
    expect(readFileSync(path, 'utf8')).toBe(before);
    await beginAnew('1');
    await checkpointNow(db, signer, { now });
    expect(await shipTo(way)).toMatchObject({ entries: 23, checkpoints: 1 });
    const added = readFileSync(path, 'utf8').slice(before.length);
    const [epoch = ''] = /[0-9a-f]{12}(?=:e18)/.exec(added) ?? [];
    expect(idsOf(added)).toEqual([
      ...Array.from({ length: 23 }, (_, n) => `log.example/audit:${epoch}:e${18 + n}`),
      `log.example/audit:${epoch}:c41`,
    ]);
    expect(await shipTo(way)).toMatchObject({ entries: 0, checkpoints: 0 });
    await appendMany(db, 140, 141);
    expect(await shipTo(way)).toMatchObject({ entries: 1, checkpoints: 0, cursor: { leaf: 42, epoch } });
    await cutTo(db, 41);
    await expect(shipTo(way)).rejects.toMatchObject(refused);
  },
);

test('a receiver that only takes gets nothing while the log does not continue what was signed, and then ids that it has not seen', async () => {
  const got: string[] = [];
  let kept: Checkpoint | null = null;
  const way = {
    sink: {
      resume: () => Promise.resolve(null),
      send: ({ texts }) => Promise.resolve(void got.push(...texts)),
    } satisfies Sink,
    kept: () => Promise.resolve(kept === null ? [] : [kept]),
  };
  await setBack(way);
  const before = new Set(idsOf(got.join('\n')));
  kept = openCheckpoint((await checkpointNow(db, signer, { now })).note, signer);
  kept = kept === null ? null : { ...kept, size: 30 };
  got.length = 0;
  await expect(shipTo(way)).rejects.toMatchObject(refused);
  expect(got).toEqual([]);
  await beginAnew('1');
  kept = openCheckpoint((await checkpointNow(db, signer, { now })).note, signer);
  await shipTo(way);
  const after = [...new Set(idsOf(got.join('\n')))];
  expect(after.filter((id) => before.has(id))).toEqual([]);
  expect(after.filter((id) => id.includes(':e'))).toHaveLength(8);
  got.length = 0;
  await appendMany(db, 130, 131);
  await shipTo(way);
  expect(idsOf(got.join('\n'))).toEqual([expect.stringMatching(/^log\.example\/audit:[0-9a-f]{12}:e26$/)]);
});

test.each<Format>(['ocsf', 'cef', 'syslog'])(
  'a file of %s that is new, or was rotated, gets nothing either while the log does not continue what was signed, and then ids that nobody has seen',
  async (format) => {
    const [path, fresh] = [file(`${format}-1`), file(`${format}-2`)];
    const to = (name: string): Sink => fileSink(name, format, signer.name);
    await setBack({ sink: to(path), format });
    const before = new Set(idsOf(readFileSync(path, 'utf8')));
    let kept = openCheckpoint((await checkpointNow(db, signer, { now })).note, signer);
    kept = kept === null ? null : { ...kept, size: 30 };
    const way = { format, kept: () => Promise.resolve(kept === null ? [] : [kept]) };
    renameSync(path, file(`${format}-rotated`));
    for (const name of [path, fresh]) {
      await expect(shipTo({ ...way, sink: to(name) })).rejects.toMatchObject(refused);
      expect(readFileSync(name, 'utf8')).toBe('');
    }
    await beginAnew('1');
    kept = openCheckpoint((await checkpointNow(db, signer, { now })).note, signer);
    for (const name of [path, fresh]) {
      expect(await shipTo({ ...way, sink: to(name) })).toMatchObject({ entries: 26 });
      const ids = idsOf(readFileSync(name, 'utf8'));
      expect([new Set(ids).size, ids.filter((id) => before.has(id))]).toEqual([ids.length, []]);
      expect(await shipTo({ ...way, sink: to(name) })).toMatchObject({ entries: 0, checkpoints: 0 });
    }
  },
);

test('what was signed last is known from the file and from beside the key; one that is missing says nothing', async () => {
  const keeping = { file: file('kept'), record: file('key.signed') };
  expect(await lastSignedOutside(signer, keeping)).toEqual([]);
  await signAndKeep(db, signer, { now, ...keeping });
  expect((await lastSignedOutside(signer, keeping)).map(({ size }) => size)).toEqual([18, 18]);
  expect(existsSync(keeping.file)).toBe(true);
});
