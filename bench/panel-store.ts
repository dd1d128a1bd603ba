/**
 * What a roll back of the panel waits for: cards of many conversations come in, with open pages, as fast as the store
 * takes them, and now and then the split is written.
 *
 *   npm run bench:panel-store -- [--json] [--store pglite|pg] [--seconds 10] [--pages 10000] [--writers 4] [--batch 50]
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { addCards } from '../src/store/panel/cards.ts';
import { renewInstance } from '../src/store/panel/instances.ts';
import { readSplit, writeSplit } from '../src/store/panel/splits.ts';
import type { PanelArm } from '../src/store/panel/splits.ts';
import { publishVersion } from '../src/store/panel/versions.ts';
import { bucketOf, versionFor } from '../src/domain/split/bucket.ts';
import type { Database } from '../src/store/database.ts';
import { openDatabase } from '../src/store/open.ts';
import { openBenchStore } from './ingest/stores.ts';
import { quantile } from './lib/quantile.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  json: { type: 'boolean', default: false },
  store: { type: 'string', default: 'pg' },
  seconds: { type: 'string', default: '10' },
  pages: { type: 'string', default: '10000' },
  writers: { type: 'string', default: '4' },
  batch: { type: 'string', default: '50' },
});
const ACTION = 'BenchCard';
const SPLIT_EVERY_MS = 250;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const store = await openBenchStore(values.store === 'pglite' ? 'pglite' : 'pg', process.env['DATABASE_URL']);
  if (!store) throw new Error('PostgreSQL is not installed here and DATABASE_URL is not set: not measured.');
  try {
    const db = await openDatabase(store.config);
    const figures = await measure(db);
    await db.close();
    process.stdout.write(
      values.json
        ? `${JSON.stringify(figures)}\n`
        : `${values.store}: ${figures.cardsPerSecond} cards/s with ${figures.pages} open pages; a split is written ` +
            `within ${figures.splitP50Ms} ms (median), ${figures.splitP99Ms} ms (99 of 100, of ${figures.splits})\n`,
    );
  } finally {
    await store.close();
  }
}

async function measure(db: Database) {
  const [pages, batch] = [Number(values.pages), Number(values.batch)];
  const arms = await publishArms(db);
  const conversations = await openPages(db, pages);
  let current = arms(50);
  await writeSplit(db, { action: ACTION, arms: current, queues: ['q'], changedBy: 'bench' }, null);
  const until = performance.now() + Number(values.seconds) * 1000;
  let added = 0;
  const write = async (): Promise<void> => {
    while (performance.now() < until) {
      const cards = Array.from({ length: batch }, () => {
        const conversationId = conversations[Math.floor(Math.random() * pages)] ?? '';
        const versionId = versionFor(current, bucketOf(conversationId))?.versionId ?? '';
        return cardOf(conversationId, versionId);
      });
      added += (await addCards(db, cards)).filter((answer) => answer === 'added').length;
    }
  };
  const took: number[] = [];
  const split = async (): Promise<void> => {
    for (let percent = 50; performance.now() < until; percent = percent === 50 ? 0 : 50) {
      await sleep(SPLIT_EVERY_MS);
      current = arms(percent);
      const epoch = (await readSplit(db, ACTION))?.epoch ?? 0;
      const startedAt = performance.now();
      await writeSplit(db, { action: ACTION, arms: current, queues: ['q'], changedBy: 'bench' }, epoch);
      took.push(performance.now() - startedAt);
    }
  };
  await Promise.all([...Array.from({ length: Number(values.writers) }, write), split()]);
  return {
    cardsPerSecond: Math.round(added / Number(values.seconds)),
    pages,
    splits: took.length,
    splitP50Ms: Math.round(quantile(took, 0.5)),
    splitP99Ms: Math.round(quantile(took, 0.99)),
  };
}

async function publishArms(db: Database): Promise<(percent: number) => PanelArm[]> {
  const ids = await Promise.all(
    ['1', '2'].map(async (version) => {
      const content = {
        html: `<p>${version}</p>`,
        trigger: { minConfidence: 0.7, keywords: ['refund'], conditions: [] },
        ui: { position: 'right', size: 'medium', requiredFeatures: [] } as const,
      };
      const made = await publishVersion(db, {
        action: ACTION,
        version,
        content,
        contentSha256: version,
        rolloutId: 'r',
      });
      return made.id;
    }),
  );
  const [control = '', candidate = ''] = ids;
  return (percent) => [
    { versionId: control, group: 'control', enabled: true, splitPercent: 100 - percent, standsAlone: false },
    { versionId: candidate, group: 'candidate', enabled: true, splitPercent: percent, standsAlone: false },
  ];
}

async function openPages(db: Database, pages: number): Promise<string[]> {
  const instanceId = randomUUID();
  const renew = (): Promise<unknown> => renewInstance(db, { id: instanceId, epoch: 0 });
  await renew();
  setInterval(() => void renew().catch(() => undefined), 1_500).unref();
  const conversations = Array.from({ length: pages }, () => randomUUID());
  await db.query(
    `insert into panel_sessions (id, conversation_id, user_id, instance_id, state)
     select gen_random_uuid(), c, 'agent', $2::uuid, 'visible' from unnest($1::text[]) as t (c)`,
    [conversations, instanceId],
  );
  return conversations;
}

function cardOf(conversationId: string, versionId: string) {
  return {
    cardId: randomUUID(),
    action: ACTION,
    fired: [versionId],
    conversationId,
    utteranceId: randomUUID(),
    queueId: 'q',
    agentId: 'agent',
    mediaType: 'voice',
    language: 'en-GB',
  };
}
