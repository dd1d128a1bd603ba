import { isSameTrigger, triggerDiff } from '../../../src/domain/trigger/trigger-diff.ts';
import type { CardVersion, Trigger } from '../../../src/domain/plan/plan.ts';
import { canonicalContent } from '../../../src/targets/agent-assist-actions/payload.ts';
import { evaluateTrigger } from '../../../src/domain/trigger/evaluate.ts';
import { keywordProblems } from '../../../src/domain/trigger/keyword-problems.ts';
import { createPhraseIndex } from '../../../src/domain/trigger/phrase-index.ts';
import { createTriggerIndex } from '../../../src/domain/trigger/trigger-index.ts';
import type { TriggeredVersion } from '../../../src/domain/trigger/trigger-index.ts';

const exact: Trigger = { minConfidence: 0.5, keywords: ['refund', 'cancel my order', '返金'], conditions: [] };
const stemmed: Trigger = { ...exact, stemming: 'english' };
const say = (text: string) => ({ text, confidence: 1, isFinal: true, queueId: 'q', skillIds: [] });

test.each([
  ['they refunded me twice', 'refund'],
  ['Refunds, please', 'refund'],
  ['I was cancelling my orders', 'cancel my order'],
  ['返金してください', '返金'],
])('with stems, "%s" holds "%s"', (text, keyword) => {
  expect(evaluateTrigger(stemmed, say(text))).toEqual({ fires: true, keyword });
  expect(createPhraseIndex(stemmed.keywords, 'english').find(text)).toEqual([keyword]);
});

test.each(['a fund', 'the order was cancelled by me', 'refinance'])('with stems, "%s" holds no keyword', (text) => {
  expect(evaluateTrigger(stemmed, say(text)).fires).toBe(false);
});

test('without stems only the very word counts', () => {
  expect(evaluateTrigger(exact, say('they refunded me')).fires).toBe(false);
  expect(evaluateTrigger(exact, say('a refund')).fires).toBe(true);
});

test('versions that compare words differently stand in one index, each by its own rule', () => {
  const version = (action: string, trigger: Trigger): TriggeredVersion => ({
    action,
    version: '1',
    trigger,
    enabled: true,
    group: 'control',
    splitPercent: 100,
  });
  const index = createTriggerIndex([version('exact', exact), version('stemmed', stemmed)]);
  const actionsFor = (text: string): string[] =>
    index.surface({ ...say(text), conversationId: 'c' }).map(({ action }) => action);
  expect(actionsFor('they refunded me')).toEqual(['stemmed']);
  expect(actionsFor('a refund')).toEqual(['exact', 'stemmed']);
});

test('two keywords of one stem say the same, and only then', () => {
  const twice = ['refund', 'refunds'];
  expect(keywordProblems({ ...stemmed, keywords: twice }).map(({ code }) => code)).toEqual([
    'trigger-keyword-duplicate',
  ]);
  expect(keywordProblems({ ...exact, keywords: twice })).toEqual([]);
});

test('a version without stemming has the content it always had, whatever the field is called', () => {
  const action = (trigger: Trigger): CardVersion => ({
    name: 'A',
    version: '1',
    html: '<p>x</p>',
    trigger,
    ui: { position: 'right', size: 'small', requiredFeatures: [] },
  });
  expect(canonicalContent(action(exact))).toBe(
    'assist-rollouts/content/v1\n{"html":"<p>x</p>","trigger":{"type":"transcript","minConfidence":0.5,"keywords":["refund","cancel ' +
      'my order","返金"],"conditions":[]},"ui":{"position":"right","size":"small","required_features":[]}}',
  );
  expect(canonicalContent(action({ ...exact, stemming: undefined }))).toBe(canonicalContent(action(exact)));
  expect(canonicalContent(action(stemmed))).not.toBe(canonicalContent(action(exact)));
});

test('a difference of stemming alone is a difference', () => {
  const difference = triggerDiff(exact, stemmed);
  expect(difference.stemming).toEqual({ before: null, after: 'english' });
  expect(isSameTrigger(difference)).toBe(false);
  expect(isSameTrigger(triggerDiff(exact, { ...exact, stemming: undefined }))).toBe(true);
});
