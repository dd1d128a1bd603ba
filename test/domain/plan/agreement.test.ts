/**
 * What `lint` lets pass is what the worker takes: a plan that people write cannot be refused only once it has been
 * started.
 */
import fc from 'fast-check';
import { parseEnginePlan } from '../../../src/domain/plan/check.ts';
import { parsePlan, resolvePlan } from '../../../src/domain/plan/parse.ts';
import { samplePlan } from './sample.ts';

const duration = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 370 }), fc.constantFrom('ms', 's', 'm', 'h', 'd'))
    .map(([amount, unit]) => `${amount}${unit}`),
  fc
    .tuple(fc.integer({ min: 1, max: 99_000 }), fc.constantFrom('ms', 's', 'm'))
    .map(([thousandths, unit]) => `${thousandths / 1000}${unit}`),
);
const percent = fc.integer({ min: 0, max: 6_000 }).map((hundredths) => hundredths / 100);
const alpha = fc.double({ min: 1e-9, max: 0.2, noNaN: true });
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const step = fc.oneof(
  fc.record({
    bake: fc.record(
      { for: duration, atMost: duration, minCards: fc.nat(), require: fc.constantFrom('safe', 'noHarm') },
      { requiredKeys: ['for'] },
    ),
  }),
  fc.record({
    approve: fc.record(
      { reason: fc.string({ minLength: 1 }), timeout: duration, onTimeout: fc.constantFrom('hold', 'rollback') },
      { requiredKeys: ['reason'] },
    ),
  }),
);
const hook = fc.record({
  hook: fc.record(
    {
      url: fc.webUrl(),
      secret: fc.constantFrom('gate', 'Gate'),
      timeout: duration,
      onTimeout: fc.constantFrom('hold', 'rollback'),
      onRefuse: fc.constantFrom('hold', 'rollback'),
    },
    { requiredKeys: ['url', 'secret'] },
  ),
});
const notify = fc.record({
  notify: fc.record(
    { message: fc.string({ minLength: 1 }), to: fc.constantFrom('floor', 'The floor') },
    { requiredKeys: ['message'] },
  ),
});
const steps = fc
  .tuple(
    fc.uniqueArray(percent, { minLength: 1, maxLength: 3 }),
    duration,
    fc.array(fc.oneof(step, hook, notify), { maxLength: 2 }),
  )
  .map(([splits, baked, more]) => [
    ...splits.sort((a, b) => a - b).map((setSplit) => ({ setSplit })),
    { bake: { for: baked } },
    ...more,
  ]);
const guardrail = fc.oneof(
  fc.record(
    {
      metric: fc.constant('acceptanceRate'),
      worseWhen: fc.constant('lower'),
      margin: fc.constantFrom('10%', '0.001%', '99.9%', '1pp'),
      tolerance: fc.constantFrom('0%', '0.0005%', '99.9%', '0.9pp'),
      alpha,
      limit: fc.constantFrom('0.1%', '99%'),
    },
    { requiredKeys: ['metric', 'worseWhen', 'margin', 'alpha'] },
  ),
  fc.record(
    {
      metric: fc.constant('deliveryLatency'),
      worseWhen: fc.constant('higher'),
      margin: fc.oneof(fc.constantFrom('500%', '1s'), duration),
      tolerance: duration,
      alpha,
      limit: duration,
    },
    { requiredKeys: ['metric', 'worseWhen', 'margin', 'alpha'] },
  ),
  fc.record(
    {
      metric: fc.constant('custom'),
      name: fc.constant('handleTime'),
      worseWhen: fc.constantFrom('lower', 'higher'),
      margin: fc.double({ min: 0, noNaN: true }),
      tolerance: fc.double({ min: 0, noNaN: true }),
      alpha,
      limit: fc.double({ noNaN: true }).map((value) => value + 0),
    },
    { requiredKeys: ['metric', 'name', 'worseWhen', 'margin', 'alpha'] },
  ),
);
const policies = fc.record(
  {
    onNoData: fc.record({ after: duration }),
    onBlind: fc.record({ after: duration }),
    settle: duration,
    afterPromotion: duration,
    holdback: fc.integer({ min: 0, max: 51 }),
    limits: fc.record({ prepare: duration, split: duration, pause: duration, held: duration }, { requiredKeys: [] }),
    longWatch: fc.record({ for: duration, alpha }),
  },
  { requiredKeys: [] },
);
const html = fc.oneof({ weight: 4, arbitrary: fc.constant('<p>card</p>') }, fc.string());

test('a plan that the parser takes comes through the check of the engine as it is', () => {
  let taken = 0;
  fc.assert(
    fc.property(
      steps,
      fc.array(guardrail, { minLength: 1, maxLength: 2 }),
      some(policies),
      html,
      (written, guardrails, given, inline) => {
        const plan = { ...samplePlan(), steps: written, guardrails, policies: given };
        const parsed = parsePlan({ ...plan, action: { ...plan.action, html: { inline } } });
        if (!parsed.ok) return;
        taken += 1;
        const resolved = resolvePlan(parsed.plan, inline);
        expect(parseEnginePlan(JSON.parse(JSON.stringify(resolved)))).toStrictEqual({ ok: true, plan: resolved });
      },
    ),
    { numRuns: 1_000 },
  );
  expect(taken).toBeGreaterThan(100);
});
