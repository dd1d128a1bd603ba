import fc from 'fast-check';
import { firstKeywordIn, evaluateTrigger } from '../../../src/domain/trigger/evaluate.ts';
import { createPhraseIndex } from '../../../src/domain/trigger/phrase-index.ts';
import { createTriggerIndex } from '../../../src/domain/trigger/trigger-index.ts';
import type { TriggeredVersion } from '../../../src/domain/trigger/trigger-index.ts';
import { bucketOf } from '../../../src/domain/split/bucket.ts';

const trigger = {
  minConfidence: 0.75,
  keywords: ['refund', 'money back'],
  conditions: [{ type: 'queue', id: 'billing' }],
} as const;
const baseline: TriggeredVersion = {
  action: 'RefundAssist',
  version: '1.4.0',
  enabled: true,
  group: 'control',
  splitPercent: 50,
  trigger,
};
const candidate: TriggeredVersion = {
  ...baseline,
  version: '1.5.0',
  group: 'candidate',
  trigger: { ...trigger, keywords: ['reimbursement'] },
};
const said = {
  text: 'I want my money back',
  confidence: 0.9,
  isFinal: true,
  queueId: 'billing',
  skillIds: [],
  conversationId: 'c',
};
const inBucket = (holds: (bucket: number) => boolean): string =>
  Array.from({ length: 1000 }, (_, i) => `conversation-${i}`).find((id) => holds(bucketOf(id))) ?? '';
const candidateConversation = inBucket((bucket) => bucket < 50);
const baselineConversation = inBucket((bucket) => bucket >= 50);

test('the index finds what asking every phrase by itself finds, over any text and phrases', () => {
  const word = fc.constantFrom(
    'refund',
    'Rückzahlung',
    'money',
    'back',
    'Geld',
    'zurück',
    'réclamation',
    '返金',
    '返',
    '…',
    'x',
  );
  const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 6 }), (spoken, phrases) => {
      const found = new Set(createPhraseIndex(phrases).find(spoken));
      return phrases.every((phrase) => found.has(phrase) === (firstKeywordIn(spoken, [phrase]) === phrase));
    }),
  );
});

test('each conversation asks the trigger of the version that serves it', () => {
  const index = createTriggerIndex([baseline, candidate]);
  expect(index.surface({ ...said, conversationId: baselineConversation })).toEqual([
    { action: 'RefundAssist', version: '1.4.0', arm: 'baseline', fires: true, keyword: 'money back' },
  ]);
  expect(index.surface({ ...said, conversationId: candidateConversation })).toEqual([]);
  expect(
    index.surface({ ...said, text: 'a reimbursement please', conversationId: candidateConversation }),
  ).toMatchObject([{ version: '1.5.0', arm: 'candidate' }]);
});

test.each([
  ['no keyword', {}, candidateConversation, 'noKeyword'],
  ['too unsure', { confidence: 0.2 }, baselineConversation, 'confidenceBelow'],
  ['not final', { isFinal: false }, baselineConversation, 'notFinal'],
  ['another queue', { queueId: 'sales' }, baselineConversation, 'queueElsewhere'],
])('explains why a card does not surface: %s', (_, more, conversationId, why) => {
  expect(createTriggerIndex([baseline, candidate]).explain({ ...said, ...more, conversationId })).toMatchObject([
    { fires: false, why },
  ]);
});

test('a bucket that no enabled version serves is said, not guessed', () => {
  const index = createTriggerIndex([{ ...baseline, enabled: false }, candidate]);
  expect(index.explain({ ...said, conversationId: baselineConversation })).toMatchObject([
    { fires: false, why: 'bucketElsewhere', version: null },
  ]);
});

test('several actions surface from one utterance, each as it would by itself', () => {
  const others = ['refund', 'back', 'escalation'].map((keyword): TriggeredVersion => ({
    ...baseline,
    action: `On ${keyword}`,
    splitPercent: 100,
    trigger: { ...trigger, keywords: [keyword] },
  }));
  const surfaced = createTriggerIndex([{ ...baseline, splitPercent: 100 }, ...others])
    .surface(said)
    .map(({ action }) => action)
    .sort();
  expect(surfaced).toEqual(['On back', 'RefundAssist']);
  for (const other of others) expect(evaluateTrigger(other.trigger, said).fires).toBe(surfaced.includes(other.action));
});
