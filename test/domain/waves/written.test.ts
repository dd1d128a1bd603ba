import { parseWaves, planOfMember } from '../../../src/domain/waves/written.ts';

const QUEUE = '6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01';
const waves = (more: object = {}): object => ({
  apiVersion: 'assist-rollouts/waves-v1',
  name: 'refund-1.5.0',
  plan: 'refund.yaml',
  waves: [{ name: 'pilot', members: [{ action: 'RefundBilling' }] }],
  ...more,
});

test('two rollouts at a time, no wait and nobody else touched unless it says otherwise', () => {
  expect(parseWaves(waves())).toMatchObject({
    ok: true,
    waves: { maxParallel: 2, between: 0, onRollback: { running: 'goOn', promoted: 'leave' } },
  });
});

test.each([
  [{ waves: [] }, 'waves', 'at least 1'],
  [{ name: '../x' }, 'name', 'a name of 1 to 80'],
  [{ between: 3600 }, 'between', '3600'],
  [{ maxParalel: 2 }, 'maxParalel', 'no field "maxParalel"'],
  [{ onRollback: { running: 'stop' } }, 'onRollback.running', 'goOn or abort'],
  [{ plan: undefined }, 'waves.0.members.0.plan', 'Neither this member nor the waves name a plan file.'],
  [
    { waves: [{ name: 'pilot', members: [{ action: 'A', queues: ['billing'] }] }] },
    'waves.0.members.0.queues.0',
    'billing',
  ],
  [
    { waves: [{ name: 'pilot', members: [{ action: 'A', organisation: 'EU north' }] }] },
    'waves.0.members.0.organisation',
    'small letters, digits and dashes',
  ],
])('%j is refused', (more, path, part) => {
  const parsed = parseWaves(waves(more));
  const [first] = parsed.ok ? [] : parsed.problems;
  expect(first?.path).toBe(path);
  expect(`${first?.message} ${first?.remedy}`).toContain(part);
});

describe('the plan of a member', () => {
  const plan = {
    action: {
      name: 'Refund',
      version: '1.5.0',
      html: { inline: '<p>x</p>' },
      trigger: {
        keywords: ['refund'],
        conditions: [
          { type: 'queue', id: 'old' },
          { type: 'skill', id: 's' },
        ],
      },
    },
    target: { kind: 'assistPanel', queues: ['old'] },
    policies: { settle: '2s', limits: { pause: '1h' } },
  };

  test('has its action, its queues and its card, and else what the waves have', () => {
    const member = {
      action: 'RefundBilling',
      queues: [QUEUE],
      html: { file: 'de.html' },
      set: { policies: { settle: '5s' } },
    };
    expect(planOfMember(plan, member)).toEqual({
      action: {
        name: 'RefundBilling',
        version: '1.5.0',
        html: { file: 'de.html' },
        trigger: {
          keywords: ['refund'],
          conditions: [
            { type: 'queue', id: QUEUE },
            { type: 'skill', id: 's' },
          ],
        },
      },
      target: { kind: 'assistPanel', queues: [QUEUE] },
      policies: { settle: '5s', limits: { pause: '1h' } },
    });
  });

  test('whatever the plan holds, it is for the plan itself to refuse', () => {
    expect(planOfMember('text', { action: 'A', queues: [QUEUE] })).toEqual({ action: { name: 'A' } });
    expect(planOfMember(null, { action: 'A' })).toEqual({ action: { name: 'A' } });
  });
});
