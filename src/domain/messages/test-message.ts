import type { Message } from './message.ts';

/** Says of itself that nothing happened. */
export function testMessage(atMs: number): Message {
  return {
    event: 'test',
    severity: 'info',
    action: null,
    version: null,
    rolloutId: null,
    workflowId: null,
    atMs,
    headline: 'Test: this destination hears of rollouts',
    what: 'This is a test, sent by `assist-rollouts notify test`. Nothing happened.',
    why: null,
    figures: [],
    next: 'Nothing is to be done.',
    until: null,
    commands: ['assist-rollouts notify list'],
    alert: null,
    routes: [],
  };
}
