/** What keeps a trigger from firing in an organisation, or from being compared with the one that serves. */
import type { Trigger, TriggerCondition } from '../../../src/domain/plan/plan.ts';
import { comparabilityProblems } from '../../../src/domain/trigger/comparability.ts';
import { conditionProblems } from '../../../src/domain/trigger/condition-ids.ts';

const queue = (id: string): TriggerCondition => ({ type: 'queue', id });
const skill = (id: string): TriggerCondition => ({ type: 'skill', id });
const trigger = (more: Partial<Trigger> = {}): Trigger => ({
  minConfidence: 0.75,
  keywords: ['refund'],
  conditions: [],
  ...more,
});

describe('ids', () => {
  const problems = (
    conditions: TriggerCondition[],
    unknown: TriggerCondition[],
    hidden: TriggerCondition[] = [],
    missing: string[] = [],
  ) =>
    conditionProblems(trigger({ conditions }), { unknown, hidden, missing }).map(({ code, severity, path }) => [
      code,
      severity,
      path,
    ]);

  test.each<[string, TriggerCondition[], TriggerCondition[], unknown[]]>([
    ['none is unknown', [queue('a'), skill('b')], [], []],
    [
      'one of two queues: the organisation refuses it all the same',
      [queue('a'), queue('b')],
      [queue('b')],
      [['trigger-id-unknown', 'error', 'action.trigger.conditions.1.id']],
    ],
    [
      'every queue: the card could never show',
      [queue('a'), skill('s'), queue('b')],
      [queue('a'), queue('b')],
      [
        ['trigger-id-unknown', 'error', 'action.trigger.conditions.0.id'],
        ['trigger-id-unknown', 'error', 'action.trigger.conditions.2.id'],
      ],
    ],
    [
      'every skill, although the queue is there',
      [queue('a'), skill('s')],
      [skill('s')],
      [['trigger-id-unknown', 'error', 'action.trigger.conditions.1.id']],
    ],
    [
      'an id is unknown as a queue only',
      [queue('a'), skill('a')],
      [queue('a')],
      [['trigger-id-unknown', 'error', 'action.trigger.conditions.0.id']],
    ],
  ])('%s', (_what, conditions, unknown, expected) => expect(problems(conditions, unknown)).toEqual(expected));

  test('a hidden one may be there, so it is only a warning; what is lacking is said once', () => {
    expect(problems([queue('a'), queue('b')], [queue('a')], [queue('b')], ['routing:queue:view'])).toEqual([
      ['trigger-id-unknown', 'error', 'action.trigger.conditions.0.id'],
      ['trigger-id-unchecked', 'warning', 'action.trigger.conditions'],
    ]);
    const [problem] = conditionProblems(trigger({ conditions: [queue('a')] }), {
      unknown: [],
      hidden: [queue('a')],
      missing: ['routing:queue:view'],
    });
    expect(problem).toMatchObject({
      message: expect.stringContaining('queue a: the OAuth client lacks routing:queue:view'),
      remedy: expect.stringContaining('routing:queue:view'),
    });
  });
});

describe('two triggers', () => {
  test.each<[string, Partial<Trigger>, Partial<Trigger>]>([
    ['the same', {}, {}],
    [
      'keywords in another order, case and accent',
      { keywords: ['Réclamation', 'refund'] },
      { keywords: ['REFUND', 'reclamation'] },
    ],
    ['conditions in another order', { conditions: [queue('a'), queue('b')] }, { conditions: [queue('b'), queue('a')] }],
    [
      'keywords of one stem, where stems count',
      { keywords: ['refund'], stemming: 'english' },
      { keywords: ['refunds'], stemming: 'english' },
    ],
  ])('fire alike: %s', (_what, before, after) =>
    expect(comparabilityProblems(trigger(before), trigger(after))).toEqual([]),
  );

  test.each<[string, Partial<Trigger>, Partial<Trigger>, string]>([
    ['confidence', {}, { minConfidence: 0.8 }, 'minConfidence 0.75 → 0.8'],
    ['a keyword', {}, { keywords: ['refund', 'money back'] }, 'keywords +1 −0'],
    ['another stem, where only words count', {}, { keywords: ['refunds'] }, 'keywords +1 −1'],
    ['a queue', { conditions: [queue('a')] }, { conditions: [] }, 'conditions +0 −1'],
    ['stemming', {}, { stemming: 'english' }, 'stemming none → english'],
  ])('differ: %s', (_what, before, after, part) => {
    expect(comparabilityProblems(trigger(before), trigger(after))).toMatchObject([
      { code: 'trigger-differs', severity: 'warning', path: 'action.trigger', message: expect.stringContaining(part) },
    ]);
  });
});
