/** What became of a message, in words that give no address away. */
import { deliveryText, destinationText } from '../../../src/domain/story/sent-message.ts';
import type { SentMessage } from '../../../src/domain/story/sent-message.ts';

const queuedAt = '2026-03-01T12:00:00.000Z';
const at = '2026-03-01T12:05:00.000Z';
const sent: SentMessage = {
  destination: 'messages/team',
  event: 'harm',
  headline: 'harm',
  queuedAt,
  heldUntil: null,
  attempts: 0,
  nextTryAt: null,
  problem: null,
  deliveredAt: null,
  givenUpAt: null,
};

test.each<[string, Partial<SentMessage>]>([
  ['waits to be sent', {}],
  ['waits to be sent', { heldUntil: queuedAt }],
  ['held back by quiet hours until 2026-03-01 12:05:00 UTC', { heldUntil: at }],
  ['delivered 2026-03-01 12:05:00 UTC', { deliveredAt: at }],
  ['delivered 2026-03-01 12:05:00 UTC, after 2 attempts that failed', { deliveredAt: at, attempts: 2, problem: 'x' }],
  // A late answer counts: it is there.
  ['delivered 2026-03-01 12:05:00 UTC, after one attempt that failed', { deliveredAt: at, givenUpAt: at, attempts: 1 }],
  [
    'still trying: 3 attempts failed, the next is at 2026-03-01 12:05:00 UTC: HTTP 503',
    { attempts: 3, nextTryAt: at, problem: 'HTTP 503' },
  ],
  ['given up 2026-03-01 12:05:00 UTC, after one attempt: gone', { givenUpAt: at, attempts: 1, problem: 'gone' }],
])('%s', (text, more) => expect(deliveryText({ ...sent, ...more }, Date.parse('2026-03-01T12:01:00Z'))).toBe(text));

test('of an address its host is left, and of a credential nothing', () => {
  const problem =
    'no answer from https://hooks.example.com/services/T00/B00/sEcReT?token=abc and https://ana:pass@x.example/y with Bearer abcdefghijklmn';
  const text = deliveryText({ ...sent, attempts: 1, problem }, 0);
  expect(text).toContain('https://hooks.example.com/…');
  expect(text).not.toMatch(/sEcReT|abc|pass|services|ana/);
  expect(destinationText(sent)).toBe('team');
});
