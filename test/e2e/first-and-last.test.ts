/** Real parts only: the first version of an action, held against no card, and the last one, taken away. */
import { cardOf } from '../../src/targets/card.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { retake } from '../../src/domain/judge/retake.ts';
import { decisionRecordOf } from '../../src/configurator/decision-record.ts';
import type { RolloutResult } from '../../src/domain/rollout/view.ts';
import { listAudit } from '../../src/store/audit.ts';
import { lookNow, startBaking, until } from '../guardian/by-hand.ts';
import { signIn } from '../helpers/organisation-api.ts';
import type { Stack } from '../helpers/stack.ts';
import { demoPlan, startStack } from '../helpers/stack.ts';

jest.setTimeout(600_000);

const handleTime = (median: number): object => ({ custom: { handleTime: { median, sigma: 0.3, afterMs: 800 } } });

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    traffic: {
      cardsPerSecond: 150,
      models: { none: handleTime(300), '1.0.0': handleTime(300), '1.0.1': handleTime(390), '1.0.2': handleTime(220) },
    },
  });
});
afterAll(() => stack.close());

async function planOf(name: string, version: string, arm: Pick<Plan, 'control' | 'retire'>): Promise<Plan> {
  const plan = await demoPlan('1.5.0');
  return {
    ...plan,
    ...arm,
    action: { ...plan.action, name, version },
    steps: [
      { kind: 'setSplit', percent: 25 },
      { kind: 'bake', forMs: 2000, atMostMs: 240_000, minCards: 0, require: 'safe' },
    ],
    guardrails: [
      {
        metric: 'custom',
        name: 'handleTime',
        unit: 's',
        statistic: 'p50',
        worseWhen: 'higher',
        margin: { kind: 'relative', value: 0.15 },
        alpha: 0.05,
        mode: 'enforce',
      },
    ],
    policies: {
      ...plan.policies,
      settleMs: 8000,
      afterPromotionMs: 1000,
      onUndecided: 'rollback',
      onUntrusted: 'rollback',
      onNoData: { afterMs: 240_000, do: 'rollback' },
    },
  };
}

async function run(plan: Plan): Promise<RolloutResult> {
  const handle = await stack.start(plan);
  const result = await handle.result();
  const record = await decisionRecordOf(stack.db, plan.action.name, handle.firstExecutionRunId);
  expect(retake(JSON.parse(JSON.stringify(record)) as typeof record)).toMatchObject({ agrees: true });
  return result;
}

const shown = async (name: string) => {
  const found = (await stack.sandboxActions()).find((action) => action.name === name);
  return found && { enabled: found.enabled, split: found.metadata.traffic_split, group: found.metadata.ab_test_group };
};

/** Cards of the last second, once what was on its way is there. */
async function cardsSoon(name: string): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const answer = await fetch(`${stack.sandbox.url}/sandbox/split?action=${name}&seconds=1`);
  const { counts = {} } = (await answer.json()) as { counts?: Record<string, number> };
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

test('a first version that does no harm is promoted; retired again, for it does no good either, it is off', async () => {
  const first = await run(await planOf('ReturnsAssist', '1.0.0', { control: 'none' }));
  expect(`${first.outcome}: ${first.reason}`).toMatch(/^promoted: /);
  expect(first).toMatchObject({ safety: { provenByReadBack: true }, deployment: { baseline: null } });
  expect(await shown('ReturnsAssist v1.0.0')).toEqual({ enabled: true, split: 100, group: 'control' });
  await until('cards of it', async () => (await cardsSoon('ReturnsAssist')) > 0);
  const last = await run(await planOf('ReturnsAssist', '1.0.0', { retire: true }));
  expect(`${last.outcome}: ${last.reason}`).toMatch(/^retired: /);
  expect(last).toMatchObject({ safety: { provenByReadBack: true }, deployment: { candidate: null } });
  expect(await shown('ReturnsAssist v1.0.0')).toEqual({ enabled: false, split: 0, group: 'control' });
  expect(await cardsSoon('ReturnsAssist')).toBe(0);
});

test('a first version that makes calls longer is rolled back, and nobody sees a card of it', async () => {
  const result = await run(await planOf('UpsellAssist', '1.0.1', { control: 'none' }));
  expect(`${result.outcome}: ${result.reason}`).toMatch(
    /^rolledBack: handleTime p50 harm: candidate \d[\d.]* s vs no card \d[\d.]* s.*, limit .* conversations that carry it/,
  );
  expect(result.safety).toMatchObject({ provenByReadBack: true, reactionMs: expect.any(Number) as number });
  expect(await shown('UpsellAssist v1.0.1')).toEqual({ enabled: false, split: 0, group: 'candidate' });
  expect(await cardsSoon('UpsellAssist')).toBe(0);
});

test('retiring a version that makes calls shorter is rolled back, and everybody sees it again', async () => {
  const { action } = await planOf('HelpAssist', '1.0.2', {});
  const call = await signIn(stack.sandbox.url);
  const { html, trigger, ui } = cardOf(action);
  await call('POST', 'agentassist/actions', {
    name: 'HelpAssist v1.0.2',
    enabled: true,
    version: '1.0.2',
    trigger: { type: 'transcript', ...trigger },
    content: { type: 'html', html },
    ui: { position: ui.position, size: ui.size, required_features: ui.requiredFeatures },
    metadata: { traffic_split: 100, ab_test_group: 'control', version: '1.0.2' },
  });
  const result = await run(await planOf('HelpAssist', '1.0.2', { retire: true }));
  expect(`${result.outcome}: ${result.reason}`).toMatch(
    /^rolledBack: handleTime p50 harm: no card \d[\d.]* s vs baseline/,
  );
  expect(result.safety).toMatchObject({ provenByReadBack: true });
  expect(await shown('HelpAssist v1.0.2')).toEqual({ enabled: true, split: 100, group: 'control' });
});

test('a rollout that is terminated half way: the guardian takes a first version back, and brings a retiring one back', async () => {
  // Nothing is proven here: what cards cost would only make a slow machine slower.
  stack.sandbox.org.traffic.set({ cardsPerSecond: 20 }, Date.now());
  const watched = async (name: string, version: string, arm: Pick<Plan, 'control' | 'retire'>): Promise<Plan> => {
    const plan = await planOf(name, version, arm);
    const bake = { kind: 'bake', forMs: 3_600_000, atMostMs: 7_200_000, minCards: 0, require: 'noHarm' } as const;
    // Retiring does harm here, and is not to be rolled back before it is terminated.
    const guardrails = plan.guardrails.map((one) => ({ ...one, margin: { kind: 'relative' as const, value: 0.9 } }));
    return { ...plan, guardrails, steps: [{ kind: 'setSplit', percent: 25 }, bake] };
  };
  const first = await startBaking(stack, await watched('CareAssist', '1.0.0', { control: 'none' }));
  const last = await startBaking(stack, await watched('HelpAssist', '1.0.2', { retire: true }));
  expect(await shown('CareAssist v1.0.0')).toMatchObject({ split: 25 });
  expect(await shown('HelpAssist v1.0.2')).toMatchObject({ split: 75 });
  for (const handle of [first, last]) await handle.terminate('a click in the Web UI');
  await lookNow(stack);
  expect(await shown('CareAssist v1.0.0')).toEqual({ enabled: false, split: 0, group: 'candidate' });
  expect(await shown('HelpAssist v1.0.2')).toEqual({ enabled: true, split: 100, group: 'control' });
  const entries = await listAudit(stack.db, { rolloutId: first.firstExecutionRunId });
  expect(entries.find(({ act }) => act === 'restored')?.reason).toContain('CareAssist shows no card, as before');
  expect(await lookNow(stack)).toEqual([]);
});
