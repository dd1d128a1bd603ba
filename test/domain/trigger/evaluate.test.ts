import fc from 'fast-check';
import type { Trigger } from '../../../src/domain/plan/plan.ts';
import type { Utterance } from '../../../src/domain/trigger/evaluate.ts';
import { evaluateTrigger, firstKeywordIn } from '../../../src/domain/trigger/evaluate.ts';
import { keywordProblems } from '../../../src/domain/trigger/keyword-problems.ts';

const trigger: Trigger = {
  minConfidence: 0.75,
  keywords: ['pricing', 'refund', 'money back'],
  conditions: [
    { type: 'queue', id: 'q1' },
    { type: 'queue', id: 'q2' },
    { type: 'skill', id: 's1' },
    { type: 'skill', id: 's2' },
  ],
};
const heard: Utterance = {
  text: 'I want a refund, please',
  confidence: 0.9,
  isFinal: true,
  queueId: 'q2',
  skillIds: ['s9', 's1'],
};

test('fires with the keyword that it found', () => {
  expect(evaluateTrigger(trigger, heard)).toEqual({ fires: true, keyword: 'refund' });
});

test.each<[string, Partial<Utterance>]>([
  ['notFinal', { isFinal: false }],
  ['confidenceBelow', { confidence: 0.7499 }],
  ['confidenceBelow', { confidence: Number.NaN }],
  ['noKeyword', { text: 'the refundable part' }],
  ['noKeyword', { text: '' }],
  ['queueElsewhere', { queueId: 'q3' }],
  ['skillMissing', { skillIds: ['s9'] }],
  ['skillMissing', { skillIds: [] }],
])('says %s for %j', (why, change) => {
  const result = evaluateTrigger(trigger, { ...heard, ...change });
  expect(result).toMatchObject({ fires: false, why });
  expect(result.fires ? '' : result.detail).not.toBe('');
});

test('confidence that just reaches the least fires', () => {
  expect(evaluateTrigger(trigger, { ...heard, confidence: 0.75 }).fires).toBe(true);
});

test('conditions of one kind leave the other kind free, and none at all leave both free', () => {
  const onlySkill = { ...trigger, conditions: [{ type: 'skill' as const, id: 's1' }] };
  expect(evaluateTrigger(onlySkill, { ...heard, queueId: 'q3' }).fires).toBe(true);
  const onlyQueue = { ...trigger, conditions: [{ type: 'queue' as const, id: 'q2' }] };
  expect(evaluateTrigger(onlyQueue, { ...heard, skillIds: [] }).fires).toBe(true);
  expect(evaluateTrigger({ ...trigger, conditions: [] }, { ...heard, queueId: 'q3', skillIds: [] }).fires).toBe(true);
});

test.each<[string, string, boolean]>([
  ['REFUND!', 'refund', true],
  ['refunds', 'refund', false],
  ['a non-refund case', 'refund', true],
  ['my money is not back', 'money back', false],
  ['MONEY\n back', 'money back', true],
  ['money-back guarantee', 'money back', true],
  ['Rückerstattung', 'ruckerstattung', true],
  ['rückerstattung', 'RÜCKERSTATTUNG', true],
  ['remboursement à crédit', 'credit', true],
  ['die Straße', 'STRASSE', true],
  ['ｒｅｆｕｎｄ', 'refund', true],
  ['返金をお願いします', '返金', true],
  ['भुगतान वापस', 'वापस', true],
  ['code 12', '12', true],
  ['code 123', '12', false],
  ['what is pricing', '...', false],
])('"%s" holds "%s": %s', (text, keyword, expected) => {
  expect(firstKeywordIn(text, [keyword])).toBe(expected ? keyword : undefined);
});

test('a keyword is found wherever it stands between words, and text never breaks the search', () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(fc.array(word), word, fc.array(word), (before, keyword, after) => {
      const text = [...before, keyword.toUpperCase(), ...after].join(' ');
      return firstKeywordIn(text, [keyword]) === keyword;
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, keyword) => {
      firstKeywordIn(text, [keyword]);
    }),
  );
});

test('keywords that cannot match are errors, and repeated ones are warned of', () => {
  const found = keywordProblems({ ...trigger, keywords: ['refund', '!?', 'Réfund', 'money back', 'money-back'] });
  expect(found.map(({ code, severity, path }) => `${severity} ${code} ${path}`)).toEqual([
    'error trigger-keyword-blank action.trigger.keywords.1',
    'warning trigger-keyword-duplicate action.trigger.keywords.2',
    'warning trigger-keyword-duplicate action.trigger.keywords.4',
  ]);
});
