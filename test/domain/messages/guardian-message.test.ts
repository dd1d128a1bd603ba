import { messageOfFinding, messageOfRecovery } from '../../../src/domain/messages/guardian-message.ts';
import type { Message } from '../../../src/domain/messages/message.ts';
import { NOON } from '../../helpers/events.ts';

const lost = {
  kind: 'lostRun',
  remedy: 'close',
  action: 'Card',
  version: '1.5.0',
  rolloutId: 'r1',
  workflowId: 'rollout/Card',
  sentence: 'It is over.',
  wayOut: 'Wait.',
  key: 'lostRun/r1',
} as const;

test('a rollout that ended without a word is a warning while agents see it, and leads to its run', () => {
  expect(messageOfFinding({ ...lost, isShown: true }, NOON)).toMatchObject({
    severity: 'warning',
    workflowId: 'rollout/Card',
    rolloutId: 'r1',
    commands: ['assist-rollouts status Card'],
  });
  expect(messageOfFinding(lost, NOON)).toMatchObject({
    severity: 'info',
    commands: ['assist-rollouts status Card', 'assist-rollouts retry Card --reason "…"'],
  });
});

test('what nobody watches can be brought back at once; what Temporal does not know has no run to lead to', () => {
  const { workflowId: _, ...unknown } = lost;
  const told = messageOfFinding({ ...unknown, kind: 'unwatched', remedy: 'alarm' }, NOON);
  expect(told).toMatchObject({ severity: 'alert', workflowId: null });
  expect(told.commands[0]).toBe('assist-rollouts recover Card --reason "…"');
});

test('waves that do nothing are a warning, for their rollouts go on; a rollout that does nothing is an alert', () => {
  const about = { action: null, version: null, rolloutId: null, waves: { name: 'spring', runId: 'r2' } };
  expect(messageOfFinding({ ...lost, ...about, kind: 'frozen', remedy: 'reset' }, NOON)).toMatchObject({
    severity: 'warning',
    headline: 'The waves spring: they do nothing any more',
  });
  expect(messageOfFinding({ ...lost, kind: 'frozen', remedy: 'alarm' }, NOON)).toMatchObject({ severity: 'alert' });
});

const why = 'Its run was terminated by hand at 2026-03-01 11:59:30 UTC.';
const restored = {
  kind: 'restored',
  rolloutId: 'r1',
  ended: 'terminated',
  baseline: 'v1.4.0 (b-1)',
  candidates: ['v1.5.0 (c-1)'],
  foreign: ['v9.0.0 (x-1)'],
  why,
  splitPercent: 20,
  provenAt: '2026-03-01T12:00:00.123Z',
  correlationId: null,
} as const;

function recovered(more: object, reason: string): Message | null {
  return messageOfRecovery({ action: 'Card', by: 'guardian', reason, recovery: { ...restored, ...more } }, NOON);
}

test('of a run that a hand terminated nobody has to find out why; it leads to the run, and retry is the way on', () => {
  const told = recovered({ byHand: true }, `v1.5.0 at 20 % of Card is shown and nobody watches: i${why.slice(1)}`);
  expect(told).toMatchObject({
    workflowId: 'rollout/Card',
    rolloutId: 'r1',
    what:
      'The baseline v1.4.0 of Card was brought back to 100 %, v1.5.0 is off; the organisation shows it (read back at ' +
      '2026-03-01 12:00:00 UTC). Left alone, for no rollout made it: v9.0.0.',
    why: `v1.5.0 at 20 % of Card is shown and nobody watches: i${why.slice(1)}`,
    next: 'Nothing is before agents but the baseline. If the rollout shall go on, `retry` starts it again.',
  });
  expect(told?.commands[0]).toBe('assist-rollouts retry Card --reason "…"');
});

test('whoever brings it back by hand gives a reason of their own, so what happened stands before what was done', () => {
  expect(recovered({}, 'night shift')?.what).toMatch(
    /^Its run was terminated by hand .*\. The baseline v1\.4\.0 of Card/,
  );
});

test('what broke by itself is to be found out, or put right', () => {
  expect(recovered({ ended: 'failed' }, 'x')?.next).toContain('find out why nobody watched');
  expect(recovered({ ended: null }, 'x')).toMatchObject({
    next: expect.stringContaining('put right what the workers run') as string,
    commands: ['assist-rollouts status Card'],
  });
});

test('the alert of a rollout whose run is lost is over once agents see nothing of it, and tells of what was brought back', () => {
  expect(messageOfFinding(lost, NOON).alert).toEqual({ key: 'r1', state: 'over' });
  expect(messageOfFinding({ ...lost, isShown: true }, NOON).alert).toBeNull();
  expect(recovered({}, 'x')?.alert).toEqual({ key: 'r1', state: 'open' });
  expect(recovered({ rolloutId: null }, 'x')?.alert).toEqual({ key: 'guardian/restored/Card/', state: 'open' });
});
