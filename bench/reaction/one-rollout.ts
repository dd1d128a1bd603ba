/** One rollout, fed until the judge tips. */
import { ACCEPTANCE } from '../lib/guardrail.ts';
import { randomUUID } from 'node:crypto';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { MIN_SETTLING_MS } from '../../src/domain/rollout/settling.ts';
import type { ShownStatus } from '../../src/configurator/lost.ts';
import { signedPush } from '../lib/push.ts';
import type { OrganisationApi } from '../lib/organisation.ts';
import type { Parts } from './parts.ts';

export interface Reaction {
  /**
   * From the moment the tipping push was sent (before the service had it) to the read-back that proved the restored
   * split.
   */
  readonly ms: number;
  /** Of these: from the judge's word, as the workflow took it, to the proof. */
  readonly restoringMs: number;
  /** Until the tipping push was acknowledged. */
  readonly ackMs: number;
}

/** Cards of each arm: even ones first, which mean nothing, then the push that leaves no doubt. */
const EVEN = 10;
const TIPPING = 100;

export async function oneRollout(
  parts: Parts,
  organisation: OrganisationApi,
  template: Plan,
  index: number,
): Promise<Reaction> {
  const action = `Reaction${index}`;
  await organisation.createBaseline(action);
  const plan = planFor(template, action);
  const { runId } = await parts.configurator.startRollout(plan, { by: 'bench', reason: 'reaction' });
  const status = (): Promise<ShownStatus> => parts.configurator.status(action, runId).then((view) => view.status);
  const baking = await until(status, ({ phase }) => phase === 'baking');
  // Cards of the first moments after a change of split belong to neither split.
  await sleep(MIN_SETTLING_MS + 100);
  await send(
    parts,
    cards(baking, EVEN, (n) => (n % 2 === 0 ? 'accepted' : 'dismissed')),
  );
  // At any moment of the watch's own rhythm.
  await sleep(500 + Math.random() * 1000);
  const tipping = cards(baking, TIPPING, (_, arm) => (arm === 'baseline' ? 'accepted' : 'dismissed'));
  if ((await status()).phase !== 'baking') throw new Error(`${action} ended before the tipping push.`);
  const sentAt = Date.now();
  await send(parts, tipping);
  const ackMs = Date.now() - sentAt;
  const { outcome, safety } = await until(status, (now) => now.outcome !== null);
  if (outcome !== 'rolledBack' || !safety || !(await organisation.isRestored(action)))
    throw new Error(`${action} was not rolled back: ${JSON.stringify({ outcome, safety })}`);
  return { ms: Date.parse(safety.provenAt) - sentAt, restoringMs: safety.reactionMs ?? Number.NaN, ackMs };
}

function planFor(template: Plan, name: string): Plan {
  return {
    ...template,
    action: { ...template.action, name, version: '1.1.0' },
    steps: [
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 600_000, atMostMs: 900_000, minCards: 0, require: 'noHarm' },
    ],
    guardrails: [ACCEPTANCE],
    // Only how long the candidate must be silent after the proof hangs on it: every card here has its outcome when it
    // comes.
    policies: { ...template.policies, settleMs: 500 },
  };
}

function cards(
  { action, deployment }: ShownStatus,
  perArm: number,
  outcome: (n: number, arm: 'baseline' | 'candidate') => 'accepted' | 'dismissed',
): EngagementEvent[] {
  if (!deployment) throw new Error(`${action} has no deployment.`);
  const now = new Date().toISOString();
  return Array.from({ length: 2 * perArm }, (_, place) => {
    const arm = place % 2 === 0 ? 'baseline' : 'candidate';
    const { id, version } = deployment[arm] ?? { id: '', version: '' };
    return {
      id: randomUUID(),
      type: `agentassist.action.${outcome(Math.floor(place / 2), arm)}`,
      occurredAt: now,
      conversationId: randomUUID(),
      cardId: randomUUID(),
      actionId: id,
      actionName: `${action} v${version}`,
      version,
      agentId: `agent-${place % 40}`,
      queueId: 'queue',
      triggeredAt: now,
      renderedAt: now,
    };
  });
}

async function send({ eventsUrl, secret }: Parts, events: readonly EngagementEvent[]): Promise<void> {
  const { headers, body } = signedPush(secret, events);
  const answer = await fetch(`${eventsUrl}/events`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`The events service answered ${answer.status}: ${await answer.text()}`);
}

const PATIENCE_MS = 120_000;

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain; last seen: ${JSON.stringify(value)}`);
    await sleep(250);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
