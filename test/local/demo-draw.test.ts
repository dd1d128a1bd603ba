/**
 * The demo plays the same conversations each time, so a draw that is far from the split for some hundred of them would be
 * met by everybody whose rollout rises just then, although such a draw is rare.
 */
import { join } from 'node:path';
import { isRatioBroken, addToSampleRatio, startSampleRatio } from '../../src/domain/judge/trust/sample-ratio.ts';
import { cutLooks, DEFAULT_LOOK_RULES } from '../../src/domain/rollout/looks.ts';
import type { TimedCard } from '../../src/domain/rollout/looks.ts';
import { addToSettling, startSettling } from '../../src/domain/rollout/settling.ts';
import { bucketOf } from '../../src/domain/split/bucket.ts';
import { loadPlan } from '../../src/lint/lint.ts';
import { ACTIONS_DEMO } from '../../src/local/demo/actions-demo.ts';
import { createOrganisation } from '../../src/sandbox/organisation.ts';
import { Traffic } from '../../src/sandbox/traffic/traffic.ts';

/** A machine may be so busy that the last rise comes this late. */
const LATEST_RISE_MS = 120_000;
const WATCHED_MS = 10_000;
/** From a write to its proof, and from one look to the next. */
const PROVEN_AFTER_MS = 200;
const LOOK_EVERY_MS = 350;

interface Begun {
  readonly atMs: number;
  readonly bucket: number;
}

/** Each conversation's first card, as the sandbox of the demo plays it, ms since it began. */
function firstCards(forMs: number): readonly Begun[] {
  const told = ACTIONS_DEMO.sandboxArgs.indexOf('--seed');
  const org = createOrganisation({
    ...(told >= 0 && { seed: Number(ACTIONS_DEMO.sandboxArgs[told + 1]) }),
    now: () => 0,
  });
  const { seed, traffic: settings } = org.settings;
  const begun = new Map<string, Begun>();
  const nothing = (): void => undefined;
  const ports = {
    live: () => org.actions.live(),
    onConversation: nothing,
    onCard: nothing,
    onEvent: ({ conversationId, triggeredAt }: { readonly conversationId: string; readonly triggeredAt: string }) => {
      if (!begun.has(conversationId))
        begun.set(conversationId, { atMs: Date.parse(triggeredAt), bucket: bucketOf(conversationId) });
    },
    onMetric: nothing,
  };
  const { cardsPerSecond } = ACTIONS_DEMO;
  const traffic = new Traffic({ ...settings, seed, incarnation: 0, running: true, cardsPerSecond }, ports, 0);
  traffic.advance(forMs);
  return [...begun.values()];
}

const CARD = { outcomes: [], latencyMs: 0, skewed: false, agent: 'a', queue: 'q', firstOfConversation: true } as const;

interface Rise {
  readonly fromPercent: number;
  readonly toPercent: number;
  readonly atMs: number;
}

/** Is the ratio said to be broken within the time that the demo watches this split? */
function alarms(begun: readonly Begun[], { fromPercent, toPercent, atMs }: Rise): boolean {
  const cards = begun
    .filter((one) => one.atMs >= atMs && one.atMs < atMs + WATCHED_MS)
    .map((one): TimedCard => {
      const arm = one.bucket < toPercent ? 'candidate' : 'baseline';
      return { ...CARD, arm, triggeredAtMs: one.atMs, arrivedAtMs: one.atMs };
    });
  const change = { fromPercent, toPercent, shownMs: atMs + PROVEN_AFTER_MS };
  const { sinceMs } = addToSettling(startSettling(change), cards, change);
  const rules = { ...DEFAULT_LOOK_RULES, rolloutStartedAtMs: atMs, splitPercent: toPercent, countsFromMs: sinceMs };
  let ratio = startSampleRatio();
  for (let from = 0, to = 0; to < cards.length;) {
    const untilMs = (cards[to]?.triggeredAtMs ?? 0) + LOOK_EVERY_MS;
    to = cards.findIndex(({ triggeredAtMs }, at) => at > to && triggeredAtMs >= untilMs);
    if (to < 0) to = cards.length;
    const { looks, taken } = cutLooks(cards.slice(from, to), rules, untilMs);
    ratio = looks.reduce(addToSampleRatio, ratio);
    from += taken;
  }
  return isRatioBroken(ratio);
}

/** One every second. */
function risesOf(fromPercent: number, toPercent: number): readonly Rise[] {
  return Array.from({ length: LATEST_RISE_MS / 1000 }, (_, at) => ({ fromPercent, toPercent, atMs: at * 1000 }));
}

test('whenever a harmless version of the demo rises, its conversations do not look as if the split were not kept', async () => {
  const plan = await loadPlan(join('examples', 'demo', '1.5.0.yaml'));
  const splits = [0, ...plan.steps.flatMap((step) => (step.kind === 'setSplit' ? [step.percent] : []))];
  const begun = firstCards(LATEST_RISE_MS + WATCHED_MS);
  const alarmed = splits
    .slice(1)
    .flatMap((toPercent, step) => risesOf(splits[step] ?? 0, toPercent))
    .filter((rise) => alarms(begun, rise));
  expect(begun.length).toBeGreaterThan(20_000);
  expect(alarmed).toEqual([]);
});
