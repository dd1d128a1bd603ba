/**
 * What open pages cost a panel process, and how soon cards come and go on them.
 *
 *   npm run bench:panel -- [--json] [--pages 10000] [--cards 1000] [--idle 20]
 *
 * Real parts: PostgreSQL, a panel process of its own, and a connection for each page, from this process. A card's time
 * runs from the call that makes it to its arrival at the page; a withdrawal's from the call that changes the split.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../src/store/database.ts';
import { openDatabase } from '../src/store/open.ts';
import { addCards } from '../src/store/panel/cards.ts';
import { writeSplit } from '../src/store/panel/splits.ts';
import { publishVersion } from '../src/store/panel/versions.ts';
import { findPostgres, startPostgres } from './lib/postgres.ts';
import { quantile } from './lib/quantile.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  json: { type: 'boolean', default: false },
  pages: { type: 'string', default: '10000' },
  cards: { type: 'string', default: '1000' },
  idle: { type: 'string', default: '20' },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const OPENING_AT_ONCE = 50;

interface Page {
  readonly conversationId: string;
  readonly socket: Socket;
  readonly cardAt: number[];
  readonly withdrawAt: number[];
}
interface Usage {
  readonly rss: number;
  readonly cpu: { readonly user: number; readonly system: number };
}

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const bin = findPostgres();
  if (bin === null) throw new Error('This benchmark needs PostgreSQL: its binaries were not found.');
  const postgres = await startPostgres(bin);
  const url = await postgres.createDatabase();
  const db = await openDatabase({ kind: 'pg', url });
  const panel = fork(join(__dirname, 'panel', 'panel-process.js'), [url], { execArgv: ['--expose-gc'] });
  try {
    const [{ url: panelUrl }] = (await once(panel, 'message')) as [{ url: string }];
    const before = await usageOf(panel);
    const { pages, openedMs } = await openPages(panel, panelUrl);
    await sleep(2_000);
    const idle = await idleOf(panel, Number(values.idle));
    const shown = await showAndWithdraw(db, pages.slice(0, Number(values.cards)));
    report({ pages: pages.length, openedMs, before, idle, ...shown });
    for (const { socket } of pages) socket.destroy();
  } finally {
    panel.send({ what: 'end' });
    await Promise.race([once(panel, 'exit'), sleep(10_000)]);
    panel.kill();
    await db.close();
    await postgres.stop();
  }
}

async function usageOf(panel: ChildProcess): Promise<Usage> {
  panel.send({ what: 'usage' });
  const [usage] = (await once(panel, 'message')) as [Usage];
  return usage;
}

async function openPages(panel: ChildProcess, url: string): Promise<{ pages: Page[]; openedMs: number }> {
  const conversations = Array.from({ length: Number(values.pages) }, () => randomUUID());
  panel.send({ what: 'sessions', conversations });
  const [sessions] = (await once(panel, 'message')) as [string[]];
  const startedAt = performance.now();
  const pages: Page[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < conversations.length; at = next++)
      pages.push(await comeIn(url, conversations[at] ?? '', sessions[at] ?? ''));
  };
  await Promise.all(Array.from({ length: OPENING_AT_ONCE }, lane));
  return { pages, openedMs: performance.now() - startedAt };
}

/** As a page does: it tries again. */
async function comeIn(url: string, conversationId: string, session: string): Promise<Page> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await openPage(url, conversationId, session);
    } catch (error) {
      if (tries === 5) throw error;
      turnedAway += 1;
      await sleep(500 * 2 ** tries);
    }
  }
}
let turnedAway = 0;

async function openPage(url: string, conversationId: string, session: string): Promise<Page> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(
    `GET /panel/stream?page=${randomUUID()}&state=visible HTTP/1.1\r\nHost: panel\r\nAuthorization: Bearer ${session}\r\n\r\n`,
  );
  const page: Page = { conversationId, socket, cardAt: [], withdrawAt: [] };
  const opened = new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk) => {
      const [text, at] = [chunk.toString('latin1'), performance.now()];
      if (text.includes('event: card')) page.cardAt.push(at);
      if (text.includes('event: withdraw')) page.withdrawAt.push(at);
      if (text.includes('event: open')) resolve();
      if (/^HTTP\/1.1 [45]/.test(text)) reject(new Error(text.slice(0, 400)));
    });
    socket.on('error', reject);
  });
  await opened;
  return page;
}

async function idleOf(panel: ChildProcess, seconds: number): Promise<Usage & { readonly cpuPercent: number }> {
  const [from, startedAt] = [await usageOf(panel), performance.now()];
  await sleep(seconds * 1_000);
  const to = await usageOf(panel);
  const spent = to.cpu.user + to.cpu.system - from.cpu.user - from.cpu.system;
  return { ...to, cpuPercent: spent / 10 / (performance.now() - startedAt) };
}

async function showAndWithdraw(
  db: Database,
  pages: readonly Page[],
): Promise<{ shown: number[]; withdrawn: number[] }> {
  const [action, html] = ['Card of the benchmark', `<p>${'word '.repeat(800)}</p>`];
  const content = {
    html,
    trigger: { minConfidence: 0.7, keywords: ['refund'], conditions: [] },
    ui: { position: 'right', size: 'medium', requiredFeatures: [] } as const,
  };
  const publish = (version: string) =>
    publishVersion(db, { action, version, content, contentSha256: version, rolloutId: 'bench' });
  const [baseline, candidate] = [await publish('1'), await publish('2')];
  const split = (share: number, ifEpoch: number | null) =>
    writeSplit(
      db,
      {
        action,
        arms: [
          { versionId: baseline.id, group: 'control', splitPercent: 100 - share, enabled: true, standsAlone: false },
          { versionId: candidate.id, group: 'candidate', splitPercent: share, enabled: true, standsAlone: false },
        ],
        queues: [],
        changedBy: 'bench',
      },
      ifEpoch,
    );
  const epoch = await split(100, null);
  await sleep(2_000);
  const startedAt = new Map<string, number>();
  // One at a time, as they are said; not as one burst.
  for (const { conversationId } of pages) {
    startedAt.set(conversationId, performance.now());
    await addCards(db, [
      {
        cardId: randomUUID(),
        action,
        fired: [candidate.id],
        conversationId,
        utteranceId: randomUUID(),
        queueId: 'bench',
        agentId: `agent of ${conversationId}`,
      },
    ]);
  }
  await until(() => pages.every(({ cardAt }) => cardAt.length > 0));
  const rolledBackAt = performance.now();
  await split(0, epoch);
  await until(() => pages.every(({ withdrawAt }) => withdrawAt.length > 0));
  return {
    shown: pages.map(({ conversationId, cardAt }) => (cardAt[0] ?? 0) - (startedAt.get(conversationId) ?? 0)),
    withdrawn: pages.map(({ withdrawAt }) => (withdrawAt[0] ?? 0) - rolledBackAt),
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 3_000) throw new Error('Not all pages were told within 30 s.');
    await sleep(10);
  }
}

interface Figures {
  readonly pages: number;
  readonly openedMs: number;
  readonly before: Usage;
  readonly idle: Usage & { readonly cpuPercent: number };
  readonly shown: readonly number[];
  readonly withdrawn: readonly number[];
}

function report({ pages, openedMs, before, idle, shown, withdrawn }: Figures): void {
  const mib = (bytes: number): number => Math.round(bytes / 1024 / 1024);
  const at = (times: readonly number[]): object =>
    Object.fromEntries([0.5, 0.95, 0.99, 1].map((level) => [level, Math.round(quantile(times, level) * 10) / 10]));
  const figures = {
    pages,
    turnedAway,
    openedPerSecond: Math.round(pages / (openedMs / 1_000)),
    emptyMib: mib(before.rss),
    openMib: mib(idle.rss),
    kibAPage: Math.round(((idle.rss - before.rss) / 1024 / pages) * 10) / 10,
    idleCpuPercent: Math.round(idle.cpuPercent * 10) / 10,
    cards: shown.length,
    shownMs: at(shown),
    withdrawnMs: at(withdrawn),
  };
  process.stdout.write(`${JSON.stringify(figures, null, values.json ? 0 : 2)}\n`);
}
