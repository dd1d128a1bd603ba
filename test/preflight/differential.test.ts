/**
 * The browser is the judge of the judge: every card of the corpus is shown in Chromium under the policy that preflight
 * judges by. The figures are printed; docs/preflight.md explains each disagreement.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../src/domain/plan/problem.ts';
import { formatPolicy } from '../../src/domain/preflight/content-policy.ts';
import { preflight } from '../../src/domain/preflight/preflight.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import { planWith } from '../domain/preflight/card.ts';
import { findChromium, withoutChromium } from './chromium.ts';
import { ATTACKS } from './corpus/attacks.ts';
import type { CorpusCard } from './corpus/card.ts';
import { HARMLESS, STYLED_FAMILY } from './corpus/harmless.ts';
import { SILENT } from './corpus/silent.ts';
import type { Manner, Seen } from './observe.ts';
import { observe } from './observe.ts';

const CARDS = [...ATTACKS, ...HARMLESS];
const POLICY = formatPolicy(DEFAULT_SETTINGS.policy);
const executable = findChromium();
const EXPLAINED = new Set(SILENT.flatMap(({ cards }) => cards));

type Shown = Readonly<Record<Manner, ReadonlyMap<number, Seen>>>;

let shown: Shown | undefined;

beforeAll(async () => {
  if (executable === undefined) return withoutChromium('nothing was shown to a browser');
  shown = await showAll(executable);
}, 1_800_000);

test('preflight passes nothing that Chromium runs, loads from elsewhere or blocks', () => {
  if (shown === undefined) return;
  const { enforced, copied, reported } = shown;
  const missed = CARDS.filter((card) =>
    isMissed(
      problemsOf(card),
      [enforced, copied, reported].map((seen) => seen.get(card.id)),
    ),
  );
  report(
    `missed attacks: ${missed.length} of ${ATTACKS.length} in ` +
      `${new Set(ATTACKS.map(({ family }) => family)).size} families`,
  );
  expect(namesOf(missed)).toEqual([]);
});

test('preflight refuses no harmless card, and Chromium finds as little in it', async () => {
  if (shown === undefined || executable === undefined) return;
  const { enforced, copied } = shown;
  const alarms = HARMLESS.filter((card) => problemsOf(card).some(({ severity }) => severity === 'error'));
  const disturbed = HARMLESS.filter(
    ({ id, family }) => family !== STYLED_FAMILY && [enforced, copied].some((seen) => isAlive(seen.get(id))),
  );
  const unblocked = HARMLESS.filter(({ id, family }) => family === STYLED_FAMILY && !blocksStyles(enforced.get(id)));
  const styled = await atSecondSight(executable, unblocked, (second, { id }) => !blocksStyles(second.enforced.get(id)));
  report(`false alarms: ${alarms.length} of ${HARMLESS.length}`);
  expect([namesOf(alarms), namesOf(disturbed), namesOf(styled)]).toEqual([[], [], []]);
}, 600_000);

test('every attack that Chromium lets lie has its reason', async () => {
  if (shown === undefined || executable === undefined) return;
  const silent = ATTACKS.filter(({ id }) => isSilent(shown, id));
  const again = silent.filter(({ name }) => !EXPLAINED.has(name));
  const unexplained = await atSecondSight(executable, again, (second, { id }) => isSilent(second, id));
  report(
    `disagreements: ${silent.length - again.length + unexplained.length}, of which ${unexplained.length} ` +
      'without a reason',
  );
  expect(namesOf(unexplained)).toEqual([]);
}, 600_000);

test('docs/preflight.md explains the same disagreements one by one', () => {
  const doc = readFileSync(join(__dirname, '../../docs/preflight.md'), 'utf8');
  expect(
    SILENT.filter(
      ({ why, cards }) => !doc.includes(`| ${why} | ${cards.map((card) => `\`${card}\``).join(' ')} |`),
    ).map(({ why }) => why),
  ).toEqual([]);
  const known = new Set(ATTACKS.map(({ name }) => name));
  expect([...EXPLAINED].filter((name) => !known.has(name))).toEqual([]);
});

async function showAll(browser: string, cards: readonly CorpusCard[] = CARDS): Promise<Shown> {
  const show = async (manner: Manner): Promise<ReadonlyMap<number, Seen>> => observe(browser, manner, cards, POLICY);
  // One after another: three browsers at once would starve the tests beside them, some of which watch a clock.
  return { enforced: await show('enforced'), copied: await show('copied'), reported: await show('reported') };
}

/**
 * A busy machine may show a card too late: those that the browser found too little in are shown once more before they
 * count.
 */
async function atSecondSight(
  browser: string,
  cards: readonly CorpusCard[],
  stillSo: (second: Shown, card: CorpusCard) => boolean,
): Promise<readonly CorpusCard[]> {
  if (cards.length === 0) return [];
  const second = await showAll(browser, cards);
  return cards.filter((card) => stillSo(second, card));
}

function problemsOf({ html }: CorpusCard): Problem[] {
  return preflight(planWith(html)).filter(({ code }) => code.startsWith('csp-'));
}

/** Blocked styles only spoil the looks, so that a warning is enough; all else takes an error. */
function isMissed(problems: readonly Problem[], seen: readonly (Seen | undefined)[]): boolean {
  if (problems.some(({ severity }) => severity === 'error')) return false;
  const [enforced, copied] = seen;
  if ([enforced, copied].some((one) => one !== undefined && (one.ran || one.loaded.size > 0))) return true;
  const blocked = seen.flatMap((one) => [...(one?.blocked ?? [])]).filter((directive) => directive !== 'report');
  return blocked.some((directive) => problems.length === 0 || !directive.startsWith('style-src'));
}

function isAlive(seen: Seen | undefined): boolean {
  return seen !== undefined && (seen.ran || seen.loaded.size > 0 || seen.blocked.size > 0);
}

function isSilent(all: Shown | undefined, id: number): boolean {
  return all !== undefined && ![all.enforced, all.copied, all.reported].some((seen) => isAlive(seen.get(id)));
}

function blocksStyles(seen: Seen | undefined): boolean {
  return ['style-src-attr', 'style-src-elem'].every((directive) => seen?.blocked.has(directive) ?? false);
}

function namesOf(cards: readonly CorpusCard[]): string[] {
  return cards.map(({ name, html }) => `${name} ${html.slice(0, 200)}`);
}

function report(line: string): void {
  process.stdout.write(`preflight and Chromium: ${line}\n`);
}
