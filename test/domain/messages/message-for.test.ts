import { readFileSync } from 'node:fs';
import { createPaint } from '../../../src/cli/view/paint.ts';
import { rolloutLines } from '../../../src/cli/view/rollout-view.ts';
import { exampleMessages } from '../../../src/domain/messages/examples.ts';
import { MESSAGE_EVENTS } from '../../../src/domain/messages/message.ts';
import type { Message } from '../../../src/domain/messages/message.ts';
import { instantText, textLines } from '../../../src/domain/messages/text.ts';
import type { Link } from '../../../src/domain/messages/text.ts';
import { messageFor } from '../../../src/domain/messages/message-for.ts';
import { DEFAULT_POLICIES } from '../../../src/domain/plan/default-policies.ts';
import type { Step } from '../../../src/domain/plan/steps/steps.ts';
import type { AuditedEvent, RolloutEvent } from '../../../src/domain/rollout/events.ts';
import { isAudited } from '../../../src/domain/rollout/events.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import { apply } from '../../../src/domain/rollout/transition.ts';
import { statusOf } from '../../../src/domain/rollout/view.ts';
import { NOON } from '../../helpers/events.ts';
import { refOf } from '../../helpers/arms.ts';

const steps: readonly Step[] = [
  { kind: 'setSplit', percent: 25 },
  { kind: 'approve', reason: 'Team leads agree', timeoutMs: 7_200_000, onTimeout: 'rollback' },
];
const facts = {
  workflowId: 'rollout/Card',
  rolloutId: 'r1',
  action: 'Card',
  version: '2.0.0',
  steps,
  startedAtMs: NOON,
};
const plan = { steps, policies: DEFAULT_POLICIES };

/** What is told of the last event, and the status at that moment. */
function after(...events: readonly RolloutEvent[]): { message: Message | null; status: string } {
  let state = initialState();
  let message: Message | null = null;
  for (const event of events) {
    const before = state;
    state = apply(before, event, NOON);
    message = isAudited(event)
      ? messageFor({ facts, plan, startedBy: 'kim', before, event, after: state, atMs: NOON })
      : null;
  }
  const view = {
    status: statusOf(facts, state),
    progress: null,
    running: true,
    workflowId: 'w',
    runId: 'r1',
    troubles: [],
    url: null,
    lost: null,
  };
  return { message, status: rolloutLines(view, { paint: createPaint(false), now: NOON }).join('\n') };
}

test('what the plan says of itself stands in messages that ask something of a person', () => {
  const about = { description: 'New wording', links: [{ name: 'CHG', url: 'https://change.example.com/1' }] };
  const event = { kind: 'entered', phase: 'awaitingApproval', waitingFor: 'approval' } as const;
  const state = initialState();
  const told = messageFor({
    facts: { ...facts, ...about },
    plan,
    startedBy: 'kim',
    event,
    atMs: NOON,
    before: state,
    after: apply(state, event, NOON),
  });
  expect(told === null ? [] : textLines(told, { links: [], again: false }, 80)).toEqual(
    expect.arrayContaining(['About  New wording', '       CHG: https://change.example.com/1']),
  );
});

const deployed: RolloutEvent = {
  kind: 'deployed',
  deployment: {
    target: 'agentAssistActions',
    actionName: 'Card',
    baseline: refOf('b', '1.0.0'),
    candidate: refOf('c', '2.0.0'),
  },
};
const harm: AuditedEvent = {
  kind: 'judged',
  report: {
    verdict: 'harm',
    reason: 'acceptanceRate harm: candidate 20.0 % vs baseline 42.0 %, limit 37.8 %, n 1000 / 1000 cards.',
    n: { baseline: 1000, candidate: 1000 },
    guardrails: [
      {
        metric: 'acceptanceRate',
        mode: 'enforce',
        verdict: 'harm',
        baselineValue: 0.42,
        candidateValue: 0.2,
        limit: 0.378,
        logEvidence: { harm: 9, safe: 0 },
        n: { baseline: 1000, candidate: 1000 },
        sentence: 'acceptanceRate harm: candidate 20.0 % vs baseline 42.0 %, limit 37.8 %, n 1000 / 1000 cards.',
      },
      {
        metric: 'deliveryLatency',
        statistic: 'p95',
        mode: 'enforce',
        verdict: 'undecided',
        baselineValue: 500,
        candidateValue: 510,
        limit: 700,
        logEvidence: { harm: 0, safe: 0 },
        n: { baseline: 1000, candidate: 1000 },
        sentence: 'deliveryLatency p95 undecided: candidate 510 ms vs baseline 500 ms, limit 700 ms.',
      },
    ],
  },
};
const back = (reason: string): RolloutEvent => ({
  kind: 'entered',
  phase: 'rollingBack',
  waitingFor: 'the baseline',
  reason,
});

test('there is an example of every event, and each says what happened, what comes next and what to type', () => {
  const examples = exampleMessages();
  expect(examples.map(({ event }) => event)).toEqual([...MESSAGE_EVENTS]);
  for (const { headline, what, next, commands } of examples)
    for (const text of [headline, what, next, commands[0] ?? '']) expect(text).not.toBe('');
});

test('harm is told in plain words, then as the status shows it; nobody has to do anything', () => {
  const reason = harm.report.reason;
  const { message, status } = after(deployed, { kind: 'splitProven', percent: 25, atMs: NOON }, harm, back(reason));
  expect(message).toMatchObject({
    event: 'harm',
    severity: 'alert',
    why: 'Harm is proven: agents accept fewer cards: 20.0 % instead of 42.0 %. Of the other guardrail it is not.',
    figures: [reason],
    next: 'Nothing for you to do: it is taken back by itself, and you will be told.',
    what: 'Agents see it in 25 % of the conversations, until that is taken back.',
    alert: { key: 'r1', state: 'open' },
  });
  for (const said of message?.figures ?? []) expect(status).toContain(said);
});

test('what waits for a person says first whether harm is proven, then why it waits, then the figures of the status', () => {
  const undecided: RolloutEvent = {
    ...harm,
    report: { ...harm.report, verdict: 'undecided', reason: harm.report.guardrails[1]!.sentence },
  };
  const pause = { kind: 'acted', act: 'pause', by: 'ana', reason: 'a look' } as const;
  const { message, status } = after(deployed, undecided, pause);
  expect(message).toMatchObject({
    why: 'No harm is proven so far; not yet proven safe (1000 candidate and 1000 baseline cards).',
    figures: ['pause by ana: a look', ...harm.report.guardrails.map(({ sentence }) => sentence)],
  });
  for (const said of message?.figures ?? []) expect(status).toContain(said);
  const waits = { kind: 'entered', phase: 'awaitingApproval', waitingFor: 'approval' } as const;
  expect(after(deployed, waits).message?.why).toBe('No card is judged yet, so neither harm nor safety is proven.');
});

test('a name that nobody verified is said in a line of its own, behind everything else', () => {
  const state = apply(initialState(), deployed, NOON);
  const event = { kind: 'acted', act: 'pause', by: 'ana', reason: 'a look' } as const;
  const told = (verifiedBy: string | null) =>
    textLines(
      messageFor({
        facts,
        plan,
        startedBy: 'kim',
        event,
        atMs: NOON,
        before: state,
        after: apply(state, event, NOON),
        proof: { verifiedBy },
      })!,
      { links: [], again: false },
      80,
    );
  expect(told(null).at(-1)).toBe('Note   Who acted is claimed, not verified.');
  expect(told(null)).toContain('What   It stays at split 0 %; guardrails stay live.');
  expect(told('key').join(' ')).not.toContain('claimed');
});

const pilot: RolloutEvent = { kind: 'splitProven', percent: 25, of: { name: 'Nights', teams: ['t'] }, atMs: NOON };

test.each([
  [harm, back('harm')],
  [{ kind: 'autoPaused', reason: 'silence', cause: 'noData' }],
  [{ kind: 'acted', act: 'pause', by: 'ana', reason: 'a look' }],
  [{ kind: 'acted', act: 'resume', by: 'ana', reason: 'seen' }],
  [{ kind: 'acted', act: 'advance', by: 'ana', reason: 'seen' }],
  [{ kind: 'acted', act: 'promote', by: 'ana', reason: 'seen' }],
  [{ kind: 'entered', phase: 'awaitingApproval', waitingFor: 'approval' }],
  [{ kind: 'entered', phase: 'held', waitingFor: 'proof' }],
  [{ kind: 'windowClosed', why: 'closed', closing: ['a'] }],
  [{ kind: 'blinded', reason: 'nobody looks' }],
  [{ kind: 'lapsed', reason: 'too late' }],
  [{ kind: 'reminded', leftMs: 1000 }],
] as RolloutEvent[][])('whom a split is for is told wherever it is, as the status has it: %j', (...events) => {
  const { message, status } = after(deployed, pilot, ...events);
  expect(status).toContain('split asked 25 % of Nights (pilot)');
  expect(message?.what).toMatch(/25 %( of the conversations)? of Nights \(pilot\)/);
});

test('a roll back is told with its time to safety and its proof as the status says them, and ends the alert', () => {
  const { message, status } = after(
    deployed,
    { kind: 'splitProven', percent: 25, atMs: NOON },
    { ...harm, firstCandidateCardAtMs: NOON - 60_000 },
    back('harm'),
    { kind: 'restoreProven', atMs: NOON + 4_000, decidedAtMs: NOON },
    { kind: 'quietProven', isRestored: true },
    { kind: 'ended', outcome: 'rolledBack', reason: 'harm' },
  );
  expect(message).toMatchObject({ event: 'rolledBack', severity: 'warning', alert: { key: 'r1', state: 'over' } });
  expect(message?.what).toContain('Time to safety: 1 m 04 s from the first candidate card, 4 s from the decision.');
  expect(status).toContain('time to safety: 1 m 04 s from the first candidate card, 4 s from the decision');
  expect(message?.what).toContain('the organisation shows it (read back at ');
});

test('what was not proven is not said to be', () => {
  const { message } = after(deployed, back('x'), { kind: 'ended', outcome: 'rolledBack', reason: 'x' });
  expect(message?.what).toContain('NOT proven by a read-back');
});

test('an approval is told with when it is over, what happens then, and the command to give it', () => {
  const { message } = after(
    deployed,
    { kind: 'stepStarted', step: 1 },
    { kind: 'entered', phase: 'awaitingApproval', waitingFor: 'approval: Team leads agree' },
  );
  expect(message).toMatchObject({
    event: 'approvalWaits',
    severity: 'action',
    until: { at: new Date(NOON + 7_200_000).toISOString(), action: 'roll back' },
    next: `Approve, or do nothing: it rolls back at ${instantText(new Date(NOON + 7_200_000).toISOString())}. Guardrails stay live meanwhile.`,
  });
  expect(message?.commands[0]).toBe('assist-rollouts approve Card --step 2 --reason "…"');
});

test('what is held says what lets it go on: proof goes on by itself, a hook that refused does not', () => {
  const hook = { kind: 'hook', url: 'https://gate.example.com/x', secret: 's', timeoutMs: 1000 } as const;
  const waits = (kind: 'bake' | 'hook'): Message | null => {
    const step: Step =
      kind === 'hook'
        ? { ...hook, onTimeout: 'hold', onRefuse: 'hold' }
        : { kind: 'bake', forMs: 1000, atMostMs: 1000, minCards: 0, require: 'safe' };
    const before = apply(initialState(), { kind: 'stepStarted', step: 0 }, NOON);
    const event = { kind: 'entered', phase: 'held', waitingFor: 'a person', reason: 'x' } as const;
    const held = apply(before, event, NOON);
    const of = { facts, plan: { ...plan, steps: [step] }, startedBy: 'kim' };
    return messageFor({ ...of, before, event, after: held, atMs: NOON });
  };
  expect(waits('bake')).toMatchObject({ next: 'With proof it goes on by itself, or a person decides.' });
  expect(waits('hook')).toMatchObject({
    headline: 'Card v2.0.0 is held: a person is needed',
    next: 'A person decides; the hook is not asked again.',
  });
});

test('a start that a person called off is not told as one that was wrong', () => {
  const rejected = { kind: 'ended', outcome: 'rejected', reason: 'Aborted before anything was written' } as const;
  expect(after({ kind: 'acted', act: 'abort', by: 'ana', reason: 'not today' }, rejected).message).toMatchObject({
    headline: 'Card v2.0.0 is called off: nothing that serves was changed',
    next: 'Nothing: start it again if it is still wanted.',
  });
  expect(after(rejected).message?.next).toContain('mend what is named');
});

test('drift that pauses, and an abort, are told once: by what follows', () => {
  const drift = { kind: 'rival', key: 'rival x', message: 'Another version serves.' } as const;
  expect(after(deployed, { kind: 'drifted', drift, reasserted: false }).message).toBeNull();
  expect(after(deployed, { kind: 'autoPaused', cause: drift, reason: drift.message }).message).toMatchObject({
    event: 'paused',
    severity: 'warning',
  });
  const abort: RolloutEvent = { kind: 'acted', act: 'abort', by: 'ana', reason: 'wrong' };
  expect(after(deployed, abort).message).toBeNull();
  expect(after(deployed, abort, back('abort by ana: wrong')).message).toMatchObject({
    event: 'rollingBack',
    severity: 'warning',
  });
});

test('a trouble that stays is told once, another one again', () => {
  const call = (waitingFor: string): RolloutEvent => ({
    kind: 'entered',
    phase: 'needsAttention',
    waitingFor,
    reason: 'x',
  });
  const first = [deployed, back('x'), call('403')];
  expect(after(...first).message).toMatchObject({ event: 'needsAttention', severity: 'alert' });
  expect(after(...first, call('403')).message).toBeNull();
  expect(after(...first, call('500')).message).toMatchObject({ event: 'needsAttention' });
});

test('names of actions with a space are one word of the command', () => {
  const named = exampleMessages()[0];
  const said = messageFor({
    facts: { ...facts, action: 'Refund Assist' },
    plan,
    startedBy: 'kim',
    before: initialState(),
    event: { kind: 'entered', phase: 'validating', waitingFor: 'x', reason: '' },
    after: apply(initialState(), { kind: 'entered', phase: 'validating', waitingFor: 'x', reason: '' }, NOON),
    atMs: NOON,
  });
  expect(said?.commands).toEqual(['assist-rollouts watch "Refund Assist"']);
  expect(named?.commands).toEqual(['assist-rollouts watch RefundAssist']);
});

test('a refused undo is told of whoever asked; the version that serves is not called rejected', () => {
  const before = initialState();
  const event = { kind: 'ended', outcome: 'rejected', reason: 'Cannot undo: ben has only approver.' } as const;
  const said = messageFor({
    facts: { ...facts, steps: [], isUndo: true },
    plan: { ...plan, steps: [] },
    startedBy: 'ben',
    before,
    event,
    after: apply(before, event, NOON),
    atMs: NOON,
  });
  expect(said).toMatchObject({
    headline: 'Card: the undo by ben was refused, and nothing was changed',
    what: 'What served before goes on serving.',
    why: 'Cannot undo: ben has only approver.',
    commands: ['assist-rollouts history Card', 'assist-rollouts status Card'],
  });
});

test('a version that begins a sentence keeps its small letter', () => {
  const restored: RolloutEvent[] = [
    deployed,
    { kind: 'restoreProven', atMs: NOON, decidedAtMs: NOON },
    { kind: 'quietProven', isRestored: true },
    { kind: 'ended', outcome: 'rolledBack', reason: 'harm' },
  ];
  expect(after(...restored).message?.what).toMatch(/^v1\.0\.0 serves; /);
});

test('the tree of waves is drawn as it is in a terminal, line by line', () => {
  const told = exampleMessages().filter(({ event }) => event === 'wavesStopped' || event === 'wavesEnded');
  expect(told).toHaveLength(2);
  for (const message of told) {
    const lines = textLines(message, { links: [], again: false }, 76);
    expect(lines.join('\n')).not.toContain(String.raw`\n`);
    expect(lines).toContain('State  ├─ pilot');
    expect(lines).toContain('          └─ RefundAssistOrders 1.5.0  rolledBack');
  }
});

test('docs/messages.md shows each message as it is', () => {
  const page = readFileSync('docs/messages.md', 'utf8');
  for (const message of exampleMessages()) {
    const text = textLines(message, { links: linksOf(message), again: false }, 80).join('\n');
    expect(page).toContain(`### ${message.event} (${message.severity})\n\n\`\`\`text\n${text}\n\`\`\``);
  }
});

function linksOf({ workflowId, rolloutId }: Message): readonly Link[] {
  const base = 'https://temporal.example.com/namespaces/default/workflows';
  return workflowId === null || rolloutId === null
    ? []
    : [{ title: 'Temporal Web UI', url: `${base}/${encodeURIComponent(workflowId)}/${rolloutId}` }];
}
