import { parseRolloutInput } from '../../../src/domain/rollout/input.ts';
import { planWith } from '../preflight/card.ts';

const plan = planWith('<p>card</p>');

test('what the command line sends is taken as it is', () => {
  const input = { plan, startedBy: 'ana', reason: 'new wording', force: false };
  expect(parseRolloutInput(input)).toStrictEqual({ ok: true, input });
  expect(parseRolloutInput({ plan, startedBy: 'ana' })).toStrictEqual({ ok: true, input: { plan, startedBy: 'ana' } });
});

test.each<[given: unknown, expected: string[]]>([
  [undefined, ['plan-type ']],
  [null, ['plan-type ']],
  ['plan', ['plan-type ']],
  [[], ['plan-type ']],
  [{}, ['plan-missing ', 'plan-actor startedBy']],
  [{ plan, startedBy: 'engine' }, ['plan-actor startedBy']],
  [{ plan, startedBy: 'x'.repeat(300_000) }, ['plan-actor startedBy']],
  [{ plan, startedBy: 'ana', reason: 'x'.repeat(2001) }, ['plan-reason reason']],
  [{ plan, startedBy: 'ana', reason: { toString: 'x' } }, ['plan-reason reason']],
  [{ plan, startedBy: 'ana', force: 'yes' }, ['plan-type force']],
  [{ plan, startedBy: 'ana', forse: true }, ['plan-unknown-field forse']],
  [{ plan: { ...plan, guardrails: [] }, startedBy: 'ana' }, ['plan-range guardrails']],
  [{ plan: { ...plan, target: { kind: 'copilot' } }, startedBy: 'ana' }, ['plan-value target.kind']],
])('%j is refused', (given, expected) => {
  const parsed = parseRolloutInput(given);
  expect(parsed.ok ? [] : parsed.problems.map(({ code, path }) => `${code} ${path}`)).toEqual(expected);
});
