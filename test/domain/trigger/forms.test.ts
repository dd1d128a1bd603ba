import type { Trigger } from '../../../src/domain/plan/plan.ts';
import { evaluateTrigger } from '../../../src/domain/trigger/evaluate.ts';
import { keywordProblems } from '../../../src/domain/trigger/keyword-problems.ts';

const on = (keywords: string[], stemming?: Trigger['stemming']): Trigger => ({
  minConfidence: 0.5,
  keywords,
  conditions: [],
  ...(stemming === undefined ? {} : { stemming }),
});
const heard = (keywords: string[], text: string) =>
  evaluateTrigger(on(keywords), { text, confidence: 1, isFinal: true, queueId: 'q', skillIds: [] });
const warned = (...keywords: string[]): string[] =>
  keywordProblems(on(keywords)).map(({ code, severity, path }) => `${severity} ${code} ${path}`);

describe('a keyword fires in a sentence of its language, or lint says why not', () => {
  test.each([
    ['返金', '返金をお願いします'],
    ['キャンセル', '注文をキャンセルしたい'],
    ['退款', '我要退款'],
    ['คืนเงิน', 'ขอคืนเงินครับ'],
    ['ប្រាក់', 'សូមប្រាក់វិញ'],
    ['VIP会員', '私はVIP会員です'],
  ])('%s fires in "%s": written without spaces', (keyword, text) => {
    expect(heard([keyword], text)).toEqual({ fires: true, keyword });
    expect(warned(keyword)).toEqual([]);
  });

  test.each([
    ['환불', '환불을 해 주세요'],
    ['주문 취소', '주문 취소를 원해요'],
    ['возврат', 'мне нужен возврата'],
    ['Rückerstattung', 'ein Rückerstattungsantrag'],
    ['استرداد', 'أريد الاسترداد'],
    ['iadesi değişim', 'iadesi değişimi'],
    ['επιστροφή', 'επιστροφής χρημάτων'],
    ['החזר', 'אני רוצה שהחזרים'],
    ['பணம்', 'பணம்தான்'],
  ])('%s does not fire in "%s", and lint says so', (keyword, text) => {
    expect(heard([keyword], text).fires).toBe(false);
    expect(warned(keyword)).toEqual(['warning trigger-keyword-forms action.trigger.keywords.0']);
  });

  test('one warning for all such keywords, at the first of them', () => {
    expect(warned('refund', '환불', '취소')).toEqual(['warning trigger-keyword-forms action.trigger.keywords.1']);
    const [problem] = keywordProblems(on(['refund', '환불', '취소']));
    expect(problem?.message).toBe(
      '"환불" and 1 more are found as whole words only: with a particle or an ending attached, the word is another one.',
    );
  });

  test('who has written the forms has said so', () => {
    expect(warned('환불', '환불을', '환불이')).toEqual([]);
    expect(warned('возврат', 'возврата')).toEqual([]);
  });

  test.each([['refund'], ['cancel my order'], ['24/7'], ['e-mail']])(
    '%s is English as far as letters tell',
    (keyword) => expect(warned(keyword)).toEqual([]),
  );
});

test('who asks why it does not fire is told the word that holds the keyword', () => {
  expect(heard(['refund', '환불'], '환불을 해 주세요')).toMatchObject({
    fires: false,
    why: 'noKeyword',
    detail: 'None of the 2 keywords occurs as a word of its own; "환불" stands within "환불을".',
  });
  expect(heard(['refund'], 'They refunded me')).toMatchObject({
    detail: 'None of the 1 keywords occurs as a word of its own; "refund" stands within "refunded".',
  });
  expect(heard(['refund'], 'hello')).toMatchObject({ detail: 'None of the 1 keywords occurs.' });
});
