import { parsePlan } from '../../../src/domain/plan/parse.ts';
import { planWarnings } from '../../../src/domain/plan/warnings.ts';

const TIME = { metric: 'custom', name: 'handleTime', unit: 's', worseWhen: 'higher', margin: '10%', alpha: 0.01 };

function warningsOf(bake: object, policies: object, guardrail: object = TIME) {
  const parsed = parsePlan({
    apiVersion: 'assist-rollouts/v1',
    action: { name: 'A', version: '1.0.0', html: { inline: '<p>x</p>' }, trigger: { keywords: ['x'] } },
    control: 'none',
    steps: [{ setSplit: 5 }, { bake }],
    guardrails: [guardrail],
    policies,
  });
  return parsed.ok
    ? planWarnings(parsed.plan).map(({ code, path, message, severity }) => ({ code, path, message, severity }))
    : [parsed.problems];
}

test('a settle that is over before a handle time can be read is warned of, whatever the bakes', () => {
  expect(warningsOf({ for: '1h' }, {})).toEqual([
    {
      code: 'plan-settle',
      path: 'policies.settle',
      severity: 'warning',
      message: expect.stringMatching(/^Cards count without handleTime: settle is 1m, .* two minutes after the end/),
    },
  ]);
  expect(warningsOf({ for: '1h' }, { settle: '2m' })).toEqual([]);
});

test('so are bakes that end before the first one can come', () => {
  expect(warningsOf({ for: '30s', atMost: '90s' }, { settle: '20m' })).toMatchObject([
    { code: 'plan-settle', path: 'steps.1.bake', message: expect.stringContaining('last 1.5m at most') },
  ]);
  expect(warningsOf({ for: '30s', atMost: '2m' }, { settle: '20m' })).toEqual([]);
});

test('what is sent comes when its sender sends it', () => {
  const sent = { ...TIME, name: 'satisfaction' };
  expect(warningsOf({ for: '30s', atMost: '30s' }, { settle: '1s' }, sent)).toEqual([]);
});
