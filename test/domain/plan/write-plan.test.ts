import { parse, stringify } from 'yaml';
import { parsePlan, resolvePlan } from '../../../src/domain/plan/parse.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { writePlan } from '../../../src/domain/plan/write-plan.ts';
import { samplePlan } from './sample.ts';

function planOf(raw: unknown, html: string | null): Plan {
  const result = parsePlan(raw);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { html: source } = result.plan.action as { readonly html?: { readonly kind: string; readonly html?: string } };
  return resolvePlan(result.plan, source?.kind === 'inline' ? (source.html ?? null) : html);
}

/** Written as YAML, read again. */
function again(plan: Plan): Plan {
  return planOf(parse(stringify(writePlan(plan))), null);
}

test('a plan that is written from the engine is read back as the same plan, with its card byte for byte', () => {
  const html = '<p class="a">é \t\u00a0"quoted"\n\n  indented\r\n</p>\n# no comment: {}\n';
  const plan = planOf(samplePlan(), html);
  expect(again(plan)).toEqual(plan);
});

const shares = [7, 14, 28, 29, 57, 0.1, 12.3].map((percent) => ({
  metric: 'acceptanceRate',
  worseWhen: 'lower',
  margin: `${percent}%`,
  tolerance: `${percent / 4}%`,
  alpha: 0.001,
  limit: `${percent}%`,
}));

test.each([
  ...shares,
  { metric: 'undeliveredRate', worseWhen: 'higher', margin: '0.7pp', tolerance: '0pp', alpha: 0.01 },
  { metric: 'deliveryLatency', worseWhen: 'higher', margin: '1.5s', tolerance: '30ms', alpha: 0.01, limit: '2s' },
  { metric: 'custom', name: 'handleTime', unit: 's', worseWhen: 'higher', margin: 15, alpha: 0.01, limit: 420 },
])('margin, tolerance and limit come back as the very numbers: %j', (guardrail) => {
  const plan = planOf({ ...samplePlan(), guardrails: [guardrail] }, '<p>card</p>');
  expect(again(plan)).toEqual(plan);
});

test('what a plan says of itself comes back too', () => {
  const links = [{ name: 'CHG-1042 変更', url: 'https://change.example.com/CHG-1042?a=b#c' }];
  const plan = planOf({ ...samplePlan(), description: 'New wording, agreed with Legal', links }, '<p>card</p>');
  expect(plan).toMatchObject({ description: 'New wording, agreed with Legal', links });
  expect(again(plan)).toEqual(plan);
});

test('a retirement and a target of pairs come back too', () => {
  const id = (digit: number): string => `${digit}1111111-1111-4111-8111-111111111111`;
  const two = [1, 2].map((digit) => ({ queue: id(digit), baseline: id(3), candidate: id(4) }));
  const custom = {
    metric: 'custom',
    name: 'handleTime',
    worseWhen: 'higher',
    margin: 15,
    tolerance: 7.5,
    alpha: 0.01,
    limit: 420,
  };
  const { policies } = samplePlan();
  const base = { ...samplePlan(), guardrails: [custom], policies: { ...(policies as object), longWatch: undefined } };
  const retirement = planOf({ ...base, retire: true }, '<p>card</p>');
  expect(again(retirement)).toEqual(retirement);
  const pairs = planOf(
    {
      ...base,
      action: { name: 'A', version: '2.0.0' },
      target: { kind: 'copilotQueues', pairs: two },
    },
    null,
  );
  expect(again(pairs)).toEqual(pairs);
});
