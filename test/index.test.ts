/** What code that uses the package can make a plan with. */
import { cardOf } from '../src/targets/card.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  checkPlan,
  DEFAULT_POLICIES,
  loadPlan,
  parsePlan,
  planJsonSchema,
  PlanError,
  resolvePlan,
} from '../src/index.ts';

const file = join(__dirname, '../examples/refund-assist-1.5.0.yaml');

test('a plan is loaded from a file, or parsed and given its card, and is one that the worker takes', async () => {
  const loaded = await loadPlan(file);
  expect(checkPlan(loaded)).toEqual([]);
  const parsed = parsePlan(parse(readFileSync(file, 'utf8')));
  if (!parsed.ok) throw new Error('no plan');
  expect(resolvePlan(parsed.plan, cardOf(loaded.action).html)).toEqual(loaded);
});

test('a plan that code makes itself is told what is wrong with it before it is sent', async () => {
  const plan = { ...(await loadPlan(file)), policies: { ...DEFAULT_POLICIES, holdbackPercent: 60 }, guardrails: [] };
  expect(checkPlan(plan).map(({ code }) => code)).toEqual(['plan-range', 'plan-holdback']);
  await expect(loadPlan('/nonexistent.yaml')).rejects.toThrow(PlanError);
  expect(Object.keys(planJsonSchema().properties ?? {})).toContain('guardrails');
});
