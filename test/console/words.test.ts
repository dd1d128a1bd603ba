/** How the page of a rollout says it: each thing once, and times as times. */
import { fakeEngine, openConsole, viewOf } from './helpers.ts';

const UTC = /\d{4}-\d\d-\d\dT\d\d:\d\d/;

async function statusOf(status: Parameters<typeof viewOf>[1]): Promise<string> {
  const fake = fakeEngine();
  fake.views = new Map([['Refund', viewOf('Refund', status)]]);
  const site = openConsole(fake);
  const page = await (await site.get('/rollouts/Refund')).text();
  site.close();
  return /<section id="status".*?<\/section>/s.exec(page)?.[0] ?? '';
}

const withoutMarkup = (text: string): string => text.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ');

test('how it ended is said once, and when it was read back is a time', async () => {
  const provenAt = '2026-03-01T12:20:09.123Z';
  const safety = { provenAt, provenByReadBack: true, timeToSafetyMs: 60_000, reactionMs: 400 };
  const status = await statusOf({
    phase: 'rolledBack',
    outcome: 'rolledBack',
    endedAt: '2026-03-01T12:20:10.000Z',
    reason: 'acceptanceRate harm until 2026-03-01T12:20:00.000Z.',
    safety: safety as never,
    canDo: [],
  });
  expect(status.match(/rolled back/g)).toHaveLength(1);
  expect(status).toContain('<time datetime="2026-03-01T12:20:09Z">2026-03-01 12:20:09 UTC</time>');
  expect(status).toContain('harm until <time datetime="2026-03-01T12:20:00Z">2026-03-01 12:20:00 UTC</time>.');
  expect(withoutMarkup(status)).not.toMatch(UTC);
});

test('an override, and what is waited for, tell their times as times', async () => {
  const status = await statusOf({
    overrides: ['OVERRIDE by ben until 2026-03-01T13:00:00.000Z: approvals'],
    waitingFor: 'the window of 2026-03-02 08:00:00 UTC',
  });
  expect(status.match(/<time datetime="2026-03-0[12]T/g)).toHaveLength(3);
  expect(withoutMarkup(status)).not.toMatch(UTC);
});
