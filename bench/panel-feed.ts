/**
 * What is said in 10,000 open conversations, on one panel process beside an idle embedded store: from an utterance that
 * is handed in, as a channel would, to the card row that is committed.
 *
 *     npm run bench:panel-feed -- [--conversations 10000] [--seconds 20] [--utterances 1250] [--every 50]
 */
import { randomUUID } from 'node:crypto';
import { startPanelFeed } from '../src/panel/feed/feed.ts';
import { openDatabase } from '../src/store/open.ts';
import type { Database } from '../src/store/database.ts';
import { renewInstance } from '../src/store/panel/instances.ts';
import { writeSplit } from '../src/store/panel/splits.ts';
import { publishVersion } from '../src/store/panel/versions.ts';
import { quantile } from './lib/quantile.ts';
import { quietPlatform, speech, state } from './panel-feed/events.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  conversations: { type: 'string', default: '10000' },
  seconds: { type: 'string', default: '20' },
  /** A second, over all conversations. */
  utterances: { type: 'string', default: '1250' },
  /** One in so many fires. */
  every: { type: 'string', default: '50' },
});
const [conversations, seconds, perSecond, every] = [
  Number(values.conversations),
  Number(values.seconds),
  Number(values.utterances),
  Number(values.every),
];
const TICK_MS = 20;

async function serve(db: Database): Promise<void> {
  const trigger = { minConfidence: 0.7, keywords: ['refund'], conditions: [] };
  const ui = { position: 'right', size: 'medium', requiredFeatures: [] } as const;
  const version = (name: string) =>
    publishVersion(db, {
      action: 'Refund',
      version: name,
      content: { html: `<p>${name}</p>`, trigger, ui },
      contentSha256: name,
      rolloutId: 'bench',
    });
  const arm = { enabled: true, splitPercent: 50, standsAlone: false } as const;
  const arms = [
    { ...arm, versionId: (await version('1')).id, group: 'control' as const },
    { ...arm, versionId: (await version('2')).id, group: 'candidate' as const },
  ];
  await writeSplit(db, { action: 'Refund', arms, queues: ['queue'], changedBy: 'bench' }, null);
}

async function main(): Promise<void> {
  const db = await openDatabase({ kind: 'pglite', dataDir: null });
  await serve(db);
  const instanceId = randomUUID();
  await renewInstance(db, { id: instanceId, epoch: 0 });
  const took: number[] = [];
  const feed = await startPanelFeed({
    db,
    instance: { id: instanceId, isFenced: () => false },
    live: quietPlatform(),
    clock: () => performance.now(),
    onAdded: (_card, tookMs) => {
      took.push(tookMs);
    },
  });
  while (feed.state().queues.length === 0) await sleep(20);
  const heapBefore = heapMb();
  const ids = Array.from({ length: conversations }, () => randomUUID());
  const openedAt = performance.now();
  for (const id of ids) feed.hear(state(id));
  const openMs = performance.now() - openedAt;
  let [said, worstTickMs] = [0, 0];
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  while (performance.now() - startedAt < seconds * 1000) {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    const tickAt = performance.now();
    for (; said < due; said += 1)
      feed.hear(
        speech(ids[(said * 7919) % conversations] ?? '', said % every === 0 ? 'I want a refund' : 'how are you today'),
      );
    worstTickMs = Math.max(worstTickMs, performance.now() - tickAt);
    await sleep(TICK_MS);
  }
  while (feed.state().waiting > 0) await sleep(20);
  await sleep(100);
  const { user, system } = process.cpuUsage(cpu);
  const sorted = took.toSorted((a, b) => a - b);
  const at = (q: number): string => `${quantile(sorted, q).toFixed(1)} ms`;
  const lines = [
    ['open conversations', String(feed.state().conversations)],
    ['to open them', `${openMs.toFixed(0)} ms`],
    ['heap they take after the run', `${(heapMb() - heapBefore).toFixed(0)} MB`],
    ['utterances', `${said} in ${seconds} s`],
    ['cards', String(feed.state().counts.cards)],
    ['too late', String(feed.state().counts.tooLate)],
    ['utterance to card row, p50', at(0.5)],
    ['p95', at(0.95)],
    ['p99', at(0.99)],
    ['longest turn of the process', `${worstTickMs.toFixed(1)} ms`],
    ['processor', `${((user + system) / 1e4 / seconds).toFixed(0)} % of a core, the embedded store not counted`],
  ] as const;
  for (const [name, value] of lines) process.stdout.write(`${name.padEnd(32)}${value}\n`);
  await feed.close();
  await db.close();
}

function heapMb(): number {
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

void main();
