import { planDetails, planSummary } from '../../src/configurator/describe-plan.ts';
import { quickPlan } from '../helpers/rollout-harness.ts';

test('what a plan and its starter say is text, and as long as a page shows', () => {
  const evil = 'x](https://evil.example)\n# approved **now** <b>';
  const plan = quickPlan({ steps: [{ kind: 'approve', reason: evil, timeoutMs: null, onTimeout: 'hold' } as never] });
  const details = planDetails({ plan, startedBy: evil, reason: 'y'.repeat(125_000) });
  expect(details).not.toMatch(/[^\\]\]\(|https:|^# |[^\\]\*\*now|<b>/m);
  expect(details.length).toBeLessThan(3_000);
  expect(planSummary({ ...plan, action: { ...plan.action, name: evil } })).not.toMatch(/https:|\n/);
});

test('whoever opens the page at night reads that a cancel rolls back safely, and that Terminate does not', () => {
  const details = planDetails({ plan: quickPlan(), startedBy: 'ana' });
  expect(details).toMatch(/\*Request Cancellation\* is an abort: it rolls back safely/);
  expect(details).toMatch(/\*Terminate\* is not/);
  expect(details).toContain('docs/runbook.md');
});
