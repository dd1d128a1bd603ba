/**
 * How soon a card of the target assistPanel is on the screen, and how soon it is gone after a roll back.
 *
 *   npm run bench:panel-screen -- [--json] [--cards 30] [--pages 1000]
 *
 * Real parts, all at 127.0.0.1: the sandbox with its desktop, PostgreSQL and the verb `panel` in a process of its own
 * (where there is no PostgreSQL, the embedded store and the panel in this process), Chromium, and pages without a
 * browser. A card's time begins before the request by which the sandbox is told what the customer says, which is
 * before the utterance's notification is sent, and ends when it is painted; a withdrawal's begins before
 * `setSplit(0)`. All by the clock of this machine.
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { findChromium, openChromium } from '../src/preview/chromium.ts';
import { countWrongArms, recordSplits } from './panel-screen/arms.ts';
import { tellForged } from './panel-screen/forged.ts';
import { openBenchWay } from './panel-screen/open-bench-way.ts';
import { openPages, sha256Of } from './panel-screen/pages.ts';
import type { OpenPage } from './panel-screen/pages.ts';
import { printLines } from './panel-screen/print-lines.ts';
import { openScreen } from './panel-screen/screen.ts';
import type { Screen } from './panel-screen/screen.ts';
import * as way from './panel-screen/way.ts';
import type { WayParts } from './panel-screen/way.ts';
import type { Deployment } from '../src/domain/rollout/deployment.ts';
import { quantile } from './lib/quantile.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  json: { type: 'boolean', default: false },
  cards: { type: 'string', default: '30' },
  pages: { type: 'string', default: '1000' },
});
const LIMIT_MS = 115_000;
const REFUND = 'I would like a refund';
/** Pages of the baseline beside those of the candidate: nothing is taken from them. */
const BASELINE_PAGES = 100;
/** Utterances while the split is being changed. */
const SAID_MEANWHILE = 50;
const FORGING_PAGES = 20;
const BASELINE = '<article lang="en"><h3>Policy reference</h3><p>Check the guidelines.</p></article>';
const CANDIDATE = `<article lang="en"><h3>Refunds, step by step</h3><p>${'Within 30 days: in full. '.repeat(100)}</p></article>`;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const executable = findChromium(process.env);
  const browser = executable === null ? null : await openChromium(executable);
  if (browser === null) throw new Error('No Chromium ($CHROMIUM, PATH), or no playwright-core: not measured.');
  const late = setTimeout(() => {
    process.stderr.write(`Not done within ${LIMIT_MS / 1000} s.\n`);
    process.exit(1);
  }, LIMIT_MS);
  const startedAt = Date.now();
  const loadBefore = loadavg()[0] ?? 0;
  const bench = await openBenchWay();
  const { parts, store } = bench;
  try {
    const measured = await measure(parts, await openScreen(parts, browser));
    const load = [loadBefore, loadavg()[0] ?? 0].map(round);
    const figures = { store, load, seconds: Math.round((Date.now() - startedAt) / 1000), ...measured };
    process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : printLines(figures));
  } finally {
    clearTimeout(late);
    await browser.close();
    await bench.close();
  }
}

async function measure(parts: WayParts, screen: Screen) {
  await recordSplits(parts);
  const deployment = await way.rollOut(parts, {
    percent: 50,
    baseline: way.card('1.0.0', BASELINE),
    candidate: way.card('1.1.0', CANDIDATE),
  });
  const opened = await openPages(parts, { candidate: Number(values.pages), baseline: BASELINE_PAGES });
  const { pages } = opened;
  await way.untilHeard(
    parts,
    pages.map(({ conversationId }) => conversationId),
  );
  const shown = await showCards(parts, screen);
  await sayTo(parts, pages);
  await until('Every page has its card', () => pages.every(({ cards }) => cards.length > 0));
  const forged = await tellForged(parts, pages.slice(0, FORGING_PAGES));
  const withdrawal = await rollBack({ parts, screen, pages, deployment });
  opened.close();
  const hostile = await showHostile(parts, screen, deployment);
  const arms = await countWrongArms(parts);
  await screen.close();
  return { shown, withdrawal, arms, forged, hostile };
}

/** One after another, as they are said; each but the last is dismissed before the next. */
async function showCards(parts: WayParts, { page, painted }: Screen) {
  const id = await way.play(parts, { id: way.conversationIn('candidate'), lastsMs: 180_000 });
  await page.click(`nav [data-conversation="${id}"]`);
  await way.panelOf(page, id).getByText('No card yet').waitFor({ state: 'attached' });
  await way.untilHeard(parts, [id]);
  const [toPainted, toRow, fromRow]: [number[], number[], number[]] = [[], [], []];
  for (let at = 0; at < Number(values.cards); at += 1) {
    if (at > 0) await way.panelOf(page, id).getByRole('button', { name: 'Dismiss' }).click();
    await sleep(150 + 37 * (at % 5));
    const startedAt = Date.now();
    await way.sayNow(parts, id, REFUND);
    await until('The card is painted', () => painted.length > at);
    toPainted.push((painted[at] ?? Number.NaN) - startedAt);
    const [row] = await parts.db.query<{ at: Date }>(
      'select created_at as at from panel_cards where conversation_id = $1 order by created_at desc limit 1',
      [id],
    );
    const rowAt = row?.at.getTime() ?? Number.NaN;
    toRow.push(rowAt - startedAt);
    fromRow.push((painted[at] ?? Number.NaN) - rowAt);
  }
  return {
    cards: toPainted.length,
    toRowMs: spread(toRow),
    fromRowMs: spread(fromRow),
    toPaintedMs: spread(toPainted),
  };
}

/** By a few customers at a time. */
async function sayTo(parts: WayParts, pages: readonly OpenPage[]): Promise<void> {
  for (let at = 0; at < pages.length; at += 20)
    await Promise.all(pages.slice(at, at + 20).map((page) => way.sayNow(parts, page.conversationId, REFUND)));
}

interface RollBack {
  readonly parts: WayParts;
  readonly screen: Screen;
  readonly pages: readonly OpenPage[];
  readonly deployment: Deployment;
}

/** While customers go on saying what cards are for. */
async function rollBack({ parts, screen, pages, deployment }: RollBack) {
  const candidate = pages.filter(({ arm }) => arm === 'candidate');
  const baseline = pages.filter(({ arm }) => arm === 'baseline');
  const before = candidate.map(({ cards }) => cards[0]);
  screen.gone.splice(0);
  const said = sayTo(parts, candidate.slice(0, SAID_MEANWHILE));
  const startedAt = Date.now();
  await parts.target.setSplit(deployment, 0);
  const writtenMs = Date.now() - startedAt;
  await parts.target.readBack(deployment, 'safety');
  const provenMs = Date.now() - startedAt;
  await said;
  await until('All pages are told', () => before.every((card) => typeof card?.withdrawnAt === 'number'));
  await until('The card is gone from the screen', () => screen.gone.length > 0);
  await sleep(500);
  const harmful = sha256Of(CANDIDATE);
  const cardsOf = (some: readonly OpenPage[]) => some.flatMap(({ cards }) => cards);
  return {
    pages: candidate.length,
    writtenMs,
    provenMs,
    toPageMs: spread(before.map((card) => (card?.withdrawnAt ?? Number.NaN) - startedAt)),
    goneFromScreenMs: (screen.gone[0] ?? Number.NaN) - startedAt,
    candidatesLeft: cardsOf(pages).filter(({ sha256, withdrawnAt }) => sha256 === harmful && withdrawnAt === null)
      .length,
    baselinesWithdrawn: cardsOf(baseline).filter(({ withdrawnAt }) => withdrawnAt !== null).length,
  };
}

/** What its scripts, pictures, forms and links ask of a port that listens. */
async function showHostile(parts: WayParts, { page, painted }: Screen, deployment: Deployment) {
  const attacker = await way.listen();
  await way.rollBack(parts, deployment);
  const action = way.card('1.2.0', way.hostileCard(attacker.url));
  const worse = await parts.target.deploy({ target: { kind: 'assistPanel' }, action, rolloutId: 'hostile' });
  await parts.target.setSplit(worse, 50);
  const id = await way.play(parts, { id: way.conversationIn('candidate') });
  await page.click(`nav [data-conversation="${id}"]`);
  await way.panelOf(page, id).getByText('No card yet').waitFor({ state: 'attached' });
  const before = painted.length;
  await way.say(parts, id, REFUND);
  await until('The hostile card is painted', () => painted.length > before);
  const inner = way.panelOf(page, id).frameLocator('article iframe');
  for (const what of ['button', '#top', '#blank']) await inner.locator(what).click();
  await page.waitForTimeout(1_000);
  const pages = page.context().pages().length;
  await attacker.close();
  return { requests: attacker.hits.length, otherWindows: pages - 1 };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !holds(); await sleep(5))
    if (Date.now() > deadline) throw new Error(`${what}: not within 20 s.`);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function spread(times: readonly number[]) {
  const [p50, p95, p99, worst] = [0.5, 0.95, 0.99, 1].map((level) => quantile(times, level));
  return { p50, p95, p99, worst };
}
