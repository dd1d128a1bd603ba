/** Whole rollouts of a copilot's texts: one promoted, the next one taken back by an abort, on real parts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_POLICIES } from '../../src/domain/plan/default-policies.ts';
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { sha256Of } from '../../src/domain/shared/content-hash.ts';
import { startResponder } from '../../src/responder/responder.ts';
import type { Responder } from '../../src/responder/responder.ts';
import { SEEDED_ASSISTANTS } from '../../src/sandbox/copilot/seeded-assistants.ts';
import { changeCopilotSplit, saveCopilotDeployment } from '../../src/store/copilot.ts';
import { publishText } from '../../src/store/copilot-texts.ts';
import type { Database } from '../../src/store/database.ts';
import { ACT_UPDATES, statusQuery } from '../../src/workflows/messages.ts';
import type { RolloutHandle } from '../helpers/rollout-harness.ts';
import { clientOf } from '../genesys/with-organisation.ts';
import { HALF, LONG_BAKE } from '../helpers/outside.ts';
import type { Stack } from '../helpers/stack.ts';
import { startStack } from '../helpers/stack.ts';

jest.setTimeout(300_000);

const ACTION = 'RefundText';
const ASSISTANT = SEEDED_ASSISTANTS.baseline.id;

let stack: Stack;
let responder: Responder | undefined;
const closers: (() => void)[] = [];
beforeAll(async () => {
  stack = await startStack({
    rateLimitPerMinute: 30_000,
    traffic: { cardsPerSecond: 15, lingerMs: 3_000 },
  });
  await serveFirst(stack.db);
  const [client, answers] = [0, 1].map(() => {
    const credentials = { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' };
    const made = clientOf(stack.sandbox.url, {
      ...credentials,
      callsPerMinute: 30_000,
      now: Date.now,
      sleep: (ms) => sleep(ms),
    });
    closers.push(() => made.close());
    return made;
  });
  if (client === undefined || answers === undefined) throw new Error('Two clients were made.');
  const logger = { debug: () => undefined, warn: () => undefined };
  responder = await startResponder({
    client,
    answers,
    db: stack.db,
    now: Date.now,
    random: Math.random,
    logger,
    groupMs: 100,
  });
});
afterAll(async () => {
  await responder?.close();
  for (const close of closers) close();
  await stack.close();
});

/** As a rollout with `control: none` leaves it. */
async function serveFirst(db: Database): Promise<void> {
  const rolloutId = 'the first one';
  const content = { title: '1.4.0', text: 'Rules of 1.4.0.', sources: [] };
  const contentSha256 = sha256Of(content);
  const { id, version } = await publishText(db, {
    action: ACTION,
    version: '1.4.0',
    content,
    contentSha256,
    rolloutId,
  });
  const deployment: Deployment = {
    target: 'copilotSuggestions',
    actionName: ACTION,
    baseline: null,
    candidate: { id, version, fingerprint: { text: contentSha256 } },
    handle: { kind: 'copilotSuggestions', assistant: ASSISTANT },
  };
  await saveCopilotDeployment(db, rolloutId, deployment);
  await changeCopilotSplit(db, deployment, { splitPercent: 100, retired: 'baseline' });
}

/** Ends by itself: what is tried is the way there and back, not the verdict. */
function planOf(over: Pick<Plan, 'target' | 'action'> & Partial<Plan>): Plan {
  return {
    apiVersion: 'assist-rollouts/v1',
    steps: [
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 2_000, atMostMs: 60_000, minCards: 3, require: 'noHarm' },
    ],
    guardrails: [
      {
        metric: 'acceptanceRate',
        worseWhen: 'lower',
        margin: { kind: 'relative', value: 0.5 },
        alpha: 1e-9,
        mode: 'enforce',
      },
    ],
    policies: {
      ...DEFAULT_POLICIES,
      onUndecided: 'promote',
      onUntrusted: 'rollback',
      settleMs: 5_000,
      afterPromotionMs: 100,
      holdbackPercent: 0,
    },
    ...over,
  };
}

const textPlan = (version: string, more: Partial<Plan> = {}): Plan =>
  planOf({
    target: { kind: 'copilotSuggestions', assistant: ASSISTANT },
    action: { name: ACTION, version, suggestion: { title: version, text: `Rules of ${version}.`, sources: [] } },
    ...more,
  });

type Shown = { readonly title: string; readonly at: string };

/** As the agents' desktops have them. */
async function shown(): Promise<readonly Shown[]> {
  const answer = await fetch(`${stack.sandbox.url}/sandbox/copilot/conversations`);
  const { conversations } = (await answer.json()) as {
    conversations: { suggestions: { text: { title?: string } | null; textAt: string | null }[] }[];
  };
  return conversations
    .flatMap(({ suggestions }) => suggestions)
    .flatMap(({ text, textAt }) => (text?.title === undefined ? [] : [{ title: text.title, at: textAt ?? '' }]));
}

async function abortOnceShown(handle: RolloutHandle, title: string): Promise<void> {
  while (!(await shown()).some((one) => one.title === title)) {
    const { outcome } = await handle.query(statusQuery);
    if (outcome !== null) throw new Error(`It has ended as ${outcome}.`);
    await sleep(100);
  }
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'seen enough' }] });
}

test('texts: one is promoted, and serves alone; the next is taken back, and nobody is shown it after the proof', async () => {
  const promoted = await (await stack.start(textPlan('1.5.0'))).result();
  expect(`${promoted.outcome}: ${promoted.reason}`).toMatch(/^promoted: /);
  expect(promoted).toMatchObject({ safety: { provenByReadBack: true } });
  const promotedAt = promoted.safety?.provenAt ?? '';

  const handle = await stack.start(textPlan('1.6.0', { steps: [HALF, LONG_BAKE] }));
  await abortOnceShown(handle, '1.6.0');
  const result = await handle.result();
  expect(result).toMatchObject({ outcome: 'rolledBack', safety: { provenByReadBack: true } });
  expect(result.reason).toMatch(/What was shown stays: v1\.6\.0 was shown \d+ times/);
  const provenAt = result.safety?.provenAt ?? '';

  const known = (await shown()).length;
  while ((await shown()).length < known + 10) await sleep(100);
  const titlesAfter = (at: string, some: readonly Shown[]) =>
    new Set(some.filter((one) => one.at > at).map(({ title }) => title));
  const all = await shown();
  expect(titlesAfter(provenAt, all)).toEqual(new Set(['1.5.0']));
  expect(titlesAfter(promotedAt, all)).toEqual(new Set(['1.5.0', '1.6.0']));
  expect(all.some(({ title }) => title === '1.4.0')).toBe(true);
});
