/** One message for each event, as a rollout would tell it: played through the rollout's own states and the judge. */
import { startJudge, takeLook } from '../judge/judge.ts';
import { reportOf } from '../judge/report/report.ts';
import type { Card, JudgeReport } from '../judge/types.ts';
import { DEFAULT_POLICIES } from '../plan/default-policies.ts';
import type { Guardrail, Plan } from '../plan/plan.ts';
import type { Deployment } from '../rollout/deployment.ts';
import type { RolloutEvent } from '../rollout/events.ts';
import { isAudited } from '../rollout/events.ts';
import { askedApprovals } from '../rollout/approvals.ts';
import { initialState } from '../rollout/state.ts';
import { apply } from '../rollout/transition.ts';
import { storiesBeside } from './examples-beside.ts';
import { MESSAGE_EVENTS } from './message.ts';
import type { Message } from './message.ts';
import { messageFor } from './message-for.ts';

const MINUTE = 60_000;
/** Monday, 1 December 2025, 9:00 UTC. */
const BEGIN_MS = Date.UTC(2025, 11, 1, 9);
const ACTION = 'RefundAssist';

/** In the order of `MESSAGE_EVENTS`. */
export function exampleMessages(): readonly Message[] {
  const told = [
    ...promotedStory(),
    ...rolledBackStory(),
    ...rejectedStory(),
    ...otherEnds(),
    ...storiesBeside(BEGIN_MS + 17 * 60 * MINUTE),
  ];
  return MESSAGE_EVENTS.flatMap((event) => told.find((one) => one.event === event) ?? []);
}

function promotedStory(): readonly Message[] {
  const report = judged(0.42);
  return play([
    { kind: 'entered', phase: 'validating', waitingFor: 'preflight', reason: 'Refund rules of December' },
    {
      kind: 'entered',
      phase: 'deploying',
      waitingFor: 'v1.5.0 to exist in the organisation, at split 0',
      reason: 'Warning, organisation-queue-unknown: no queue of the trigger has had a conversation for a week.',
    },
    { kind: 'deployed', deployment: DEPLOYMENT },
    { kind: 'splitProven', percent: 5, atMs: BEGIN_MS + 5 * MINUTE },
    { kind: 'judged', report },
    { kind: 'refused', act: 'abort', by: 'eve', why: 'eve may not abort RefundAssist.' },
    { kind: 'acted', act: 'pause', by: 'ana', reason: 'the site is down' },
    { kind: 'acted', act: 'resume', by: 'ana', reason: 'it is back' },
    { kind: 'blinded', reason: 'the store is away' },
    { kind: 'sighted' },
    {
      kind: 'drifted',
      reasserted: true,
      drift: {
        kind: 'split',
        key: 'split',
        message: 'The organisation shows the candidate to 50 % where 5 % was left.',
      },
    },
    { kind: 'stepStarted', step: 2 },
    { kind: 'entered', phase: 'awaitingApproval', waitingFor: 'approval: Team leads agree' },
    {
      kind: 'waitBegun',
      wait: { what: 'approval', action: 'hold, and say so', ms: 24 * 60 * MINUTE, stopsInPause: true },
    },
    { kind: 'reminded', leftMs: 12 * 60 * MINUTE },
    {
      kind: 'entered',
      phase: 'held',
      waitingFor: 'approval, which is overdue: Team leads agree',
      reason: 'Nobody approved within 1 d: Team leads agree',
    },
    { kind: 'acted', act: 'approve', by: 'ben', reason: 'the leads have seen it' },
    { kind: 'acted', act: 'withdraw', by: 'ben', reason: 'the amount on it is wrong' },
    { kind: 'notified', message: 'Half of the conversations from here on: the floor knows.', to: null },
    { kind: 'stepStarted', step: 3 },
    {
      kind: 'windowClosed',
      why: 'closed until Mon 30 Nov 2026 09:00 Europe/Berlin (freeze by ana: peak season)',
      closing: ['freeze example'],
    },
    { kind: 'windowOpened', why: 'open until Mon 30 Nov 2026 16:00 Europe/Berlin' },
    { kind: 'splitProven', percent: 50, atMs: BEGIN_MS + 90 * MINUTE },
    { kind: 'entered', phase: 'baking', waitingFor: 'time' },
    {
      kind: 'entered',
      phase: 'held',
      waitingFor: 'proof, or a person to decide',
      reason: `The bake's longest time is over and the judge says: ${report.reason}`,
    },
    { kind: 'acted', act: 'advance', by: 'ana', reason: 'enough was seen' },
    { kind: 'acted', act: 'promote', by: 'ana', reason: 'the law changes today' },
    { kind: 'promotionBegun' },
    { kind: 'splitProven', percent: 100, atMs: BEGIN_MS + 120 * MINUTE },
    { kind: 'aloneProven', atMs: BEGIN_MS + 121 * MINUTE },
    { kind: 'longWatchBegun', waitingFor: 'the long watch to end (7 d)' },
    { kind: 'ended', outcome: 'promoted', reason: 'promote by ana: the law changes today' },
  ]);
}

function rolledBackStory(): readonly Message[] {
  const report = judged(0.2);
  const decidedAtMs = BEGIN_MS + 17 * MINUTE;
  return play([
    { kind: 'deployed', deployment: DEPLOYMENT },
    { kind: 'splitProven', percent: 25, atMs: BEGIN_MS + 5 * MINUTE },
    { kind: 'autoPaused', cause: 'noData', reason: 'No candidate card has come for 30 m at split 25 % (limit 30 m).' },
    { kind: 'acted', act: 'resume', by: 'ana', reason: 'the queue was closed' },
    {
      kind: 'acted',
      act: 'override',
      by: 'ben',
      reason: 'agents decline it on purpose this week',
      override: {
        kind: 'approvals',
        by: 'ben',
        verifiedBy: 'key',
        subject: 'ed25519:example',
        reason: 'agents decline it on purpose this week',
        atMs: BEGIN_MS + 14 * MINUTE,
        untilMs: BEGIN_MS + 134 * MINUTE,
      },
    },
    { kind: 'lapsed', reason: 'The promotion by ben had to take effect before 09:10; it goes on by the plan.' },
    { kind: 'judged', report, firstCandidateCardAtMs: BEGIN_MS + 6 * MINUTE },
    { kind: 'entered', phase: 'rollingBack', waitingFor: 'the baseline to serve everybody', reason: report.reason },
    {
      kind: 'entered',
      phase: 'needsAttention',
      waitingFor:
        'the organisation to confirm the roll back: HTTP 403; still trying. Agents may still see v1.5.0 in at most 25 % of ' +
        'the conversations. By hand, in this order: RefundAssist v1.4.0 on at 100 %, then RefundAssist v1.5.0 off.',
      reason: report.reason,
    },
    { kind: 'splitProven', percent: 0, atMs: decidedAtMs + 3_000 },
    { kind: 'restoreProven', atMs: decidedAtMs + 3_000, decidedAtMs },
    { kind: 'quietProven', isRestored: true },
    { kind: 'ended', outcome: 'rolledBack', reason: report.reason },
    // An abort of another rollout.
  ]).concat(
    play([
      { kind: 'deployed', deployment: DEPLOYMENT },
      { kind: 'splitProven', percent: 25, atMs: BEGIN_MS + 5 * MINUTE },
      { kind: 'acted', act: 'abort', by: 'ana', reason: 'wrong text' },
      {
        kind: 'entered',
        phase: 'rollingBack',
        waitingFor: 'the baseline to serve everybody',
        reason: 'abort by ana: wrong text',
      },
    ]),
  );
}

function rejectedStory(): readonly Message[] {
  return play([
    {
      kind: 'ended',
      outcome: 'rejected',
      reason: 'Preflight found 1 problem: card-script-inline at action.html: the card runs code of its own.',
    },
  ]);
}

function otherEnds(): readonly Message[] {
  const deployed = { kind: 'deployed', deployment: DEPLOYMENT } as const;
  return [
    ...play([
      deployed,
      { kind: 'aloneProven', atMs: BEGIN_MS },
      { kind: 'ended', outcome: 'retired', reason: 'no refunds by card' },
    ]),
    ...play([
      deployed,
      { kind: 'restoreProven', atMs: BEGIN_MS + 4_000, decidedAtMs: BEGIN_MS },
      { kind: 'quietProven', isRestored: true },
      { kind: 'ended', outcome: 'undone', reason: 'undo by ana: the old text was right' },
    ]),
    ...play([
      deployed,
      {
        kind: 'setBack',
        differs: {
          kind: 'historyBehind',
          message:
            'Temporal was restored to an older state than the record of this rollout. It ended as rolledBack at ' +
            '2026-03-01T12:00:00.000Z: harm is proven.',
          highest: 20,
          end: { phase: 'rolledBack', outcome: 'rolledBack', reason: 'harm is proven.', atMs: 1_772_366_400_000 },
          isPromoted: false,
        },
      },
    ]),
  ];
}

/** What is told of these events, a minute apart. */
function play(events: readonly RolloutEvent[]): readonly Message[] {
  const facts = {
    workflowId: `rollout/${ACTION}`,
    rolloutId: 'example',
    action: ACTION,
    version: '1.5.0',
    steps: PLAN.steps,
    startedAtMs: BEGIN_MS,
  };
  let state = initialState(askedApprovals(PLAN.steps));
  return events.flatMap((event, minute) => {
    const before = state;
    const atMs = BEGIN_MS + minute * MINUTE;
    state = apply(before, event, atMs);
    if (!isAudited(event)) return [];
    const said = messageFor({ facts, plan: PLAN, startedBy: 'ana', before, event, after: state, atMs });
    return said === null ? [] : [said];
  });
}

const GUARDRAIL: Guardrail = {
  metric: 'acceptanceRate',
  worseWhen: 'lower',
  margin: { kind: 'relative', value: 0.1 },
  alpha: 0.01,
  mode: 'enforce',
};

const PLAN: Pick<Plan, 'steps' | 'policies'> = {
  steps: [
    { kind: 'setSplit', percent: 5 },
    { kind: 'bake', forMs: 30 * MINUTE, atMostMs: 360 * MINUTE, minCards: 0, require: 'noHarm' },
    { kind: 'approve', reason: 'Team leads agree', timeoutMs: 24 * 60 * MINUTE, onTimeout: 'hold' },
    { kind: 'setSplit', percent: 50 },
    { kind: 'bake', forMs: 120 * MINUTE, atMostMs: 1440 * MINUTE, minCards: 0, require: 'safe' },
  ],
  policies: DEFAULT_POLICIES,
};

const FINGERPRINT = { html: 'h', trigger: 't', ui: 'u' };

const DEPLOYMENT: Deployment = {
  target: 'agentAssistActions',
  actionName: ACTION,
  baseline: { id: 'a-1', version: '1.4.0', fingerprint: FINGERPRINT },
  candidate: { id: 'a-2', version: '1.5.0', fingerprint: FINGERPRINT },
};

/** The judge on cards of which the candidate's are accepted as often as is given (0..1), the baseline's to 42 %. */
function judged(accepted: number): JudgeReport {
  const looks = Array.from({ length: 20 }, (_, look) => ({
    atMs: (look + 1) * MINUTE,
    splitPercent: 50,
    cards: Array.from({ length: 100 }, (__, n) => card(n, n % 2 === 0 ? accepted : 0.42)),
  }));
  return reportOf(looks.reduce(takeLook, startJudge([GUARDRAIL])));
}

/** Every arm has cards of each of 25 agents in each look. */
function card(n: number, accepted: number): Card {
  const place = Math.floor(n / 2);
  return {
    arm: n % 2 === 0 ? 'candidate' : 'baseline',
    outcomes: (place * 7) % 50 < accepted * 50 ? ['accepted'] : [],
    latencyMs: 400 + place,
    agent: `agent-${place % 25}`,
    queue: 'q',
    firstOfConversation: true,
  };
}
