import fc from 'fast-check';
import type { Trigger } from '../../../src/domain/plan/plan.ts';
import { firstKeywordIn } from '../../../src/domain/trigger/evaluate.ts';
import { redactUtterance } from '../../../src/domain/trigger/redacted-utterance.ts';
import { createReplay } from '../../../src/domain/trigger/replay.ts';
import type { ReplayedConversation } from '../../../src/domain/trigger/replay.ts';

const plan: Trigger = { minConfidence: 0.75, keywords: ['refund', 'money back'], conditions: [] };
const baseline: Trigger = {
  minConfidence: 0.75,
  keywords: ['refund', 'pricing'],
  conditions: [{ type: 'queue', id: 'q1' }],
};

function said(
  conversationId: string,
  ...phrases: readonly (readonly [text: string, queueId?: string, confidence?: number])[]
): ReplayedConversation {
  return {
    conversationId,
    phrases: phrases.map(([text, queueId = 'q1', confidence = 0.9]) => ({ text, queueId, confidence, skillIds: [] })),
  };
}

test('counts conversations, cards, queues, keywords and reasons, and what only one of the two shows', () => {
  const replay = createReplay(plan, baseline);
  replay.hear(said('a', ['I want a refund now'], ['a refund, I said'], ['refund', 'q1', 0.1]));
  replay.hear(said('b', ['hello'], ['I want my MONEY back please', 'q2']));
  replay.hear(said('c', ['your pricing is odd']));
  replay.hear(said('d'));
  const report = replay.report();
  expect(report.plan).toMatchObject({
    conversations: 4,
    utterances: 6,
    firedConversations: 2,
    cards: 3,
    cardsPerThousand: 750,
    firedPerThousand: 500,
    keywords: { refund: 2, 'money back': 1 },
    whyNot: { confidenceBelow: 1, noKeyword: 2 },
    queues: [
      { queueId: 'q1', conversations: 3, utterances: 5, firedConversations: 1, cards: 2 },
      { queueId: 'q2', conversations: 1, utterances: 1, firedConversations: 1, cards: 1 },
    ],
  });
  expect(report.baseline).toMatchObject({ cards: 3, keywords: { refund: 2, pricing: 1 } });
  expect(report.change).toEqual({
    gainedCards: 1,
    lostCards: 1,
    cardsPerThousand: 0,
    gained: [
      {
        conversationId: 'b',
        queueId: 'q2',
        keyword: 'money back',
        text: '••• ••• ••• money back •••',
        at: 4,
        of: 6,
        unit: 'word',
      },
    ],
    lost: [
      {
        conversationId: 'c',
        queueId: 'q1',
        keyword: 'pricing',
        text: '••• pricing ••• •••',
        at: 2,
        of: 4,
        unit: 'word',
      },
    ],
  });
});

test('without a baseline there is no change to tell of, and without conversations no share', () => {
  expect(createReplay(plan, null).report()).toMatchObject({
    baseline: null,
    change: null,
    plan: { conversations: 0, cardsPerThousand: 0 },
  });
});

test('examples are bounded', () => {
  const replay = createReplay(plan, null, 2);
  for (let n = 0; n < 5; n += 1) replay.hear(said(`c${n}`, ['refund']));
  expect(replay.report().plan.examples.map(({ conversationId }) => conversationId)).toEqual(['c0', 'c1']);
});

test.each([
  ['the refunds I asked for', 'refund', 'english', '••• refund ••• ••• •••', 2],
  ['返金してください、佐藤です', '返金', undefined, '返金•••', 1],
  ['Ich heiße Müller: REFUND', 'refund', undefined, '••• ••• ••• refund', 4],
] as const)('of "%s" only the keyword is left', (text, keyword, stemming, expected, at) => {
  expect(redactUtterance(text, keyword, stemming)).toMatchObject({ text: expected, at });
});

test('whatever was said around the keyword, no word of it is left', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' })),
      fc.array(fc.string({ unit: 'grapheme' })),
      (before, after) => {
        const text = [...before, 'refund', ...after].join(' ');
        fc.pre(firstKeywordIn(text, ['refund']) === 'refund');
        expect(redactUtterance(text, 'refund').text).toMatch(/^(••• )*refund( •••)*$/);
      },
    ),
  );
});
