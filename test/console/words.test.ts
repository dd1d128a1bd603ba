/** How the page of a rollout says it: each thing once, and times as times. */
import { RUNBOOK } from '../../src/domain/rollout/runbook.ts';
import { runbookHtml } from '../../src/console/runbook.ts';
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

const byHand = { agentsSee: 'Agents may still see it.', writes: ['first', 'second'] };

test.each<[Parameters<typeof viewOf>[1], anchors: string[]]>([
  [{ phase: 'needsAttention', byHand }, ['a-roll-back-is-not-confirmed', 'setting-it-by-hand']],
  [{ phase: 'rollingBack' }, ['a-roll-back-is-not-confirmed']],
  [{ phase: 'terminated' as never }, ['somebody-terminated-a-rollout']],
  [{ phase: 'frozen' as never }, ['a-release-of-ours-is-broken']],
  [
    {
      paused: true,
      report: { verdict: 'noData', reason: 'x', guardrails: [], n: { baseline: 0, candidate: 0 } } as never,
    },
    ['no-cards-come-in'],
  ],
  [{ phase: 'awaitingApproval' }, ['row-waits-for-an-approval-awaitingapproval']],
  [{ phase: 'held', canDo: ['advance', 'abort'] }, ['row-held-for-proof-held']],
  [{ phase: 'held', canDo: ['approve', 'abort'] }, ['row-held-its-approval-is-overdue-held']],
  [{ paused: true, reason: 'pause by ana: a look' }, ['row-paused-by-a-person']],
  [{ paused: true }, ['what-you-see-and-what-to-do']],
  [{ phase: 'baking' }, []],
])(
  'whoever is needed is led to what the runbook says of it, and to the links of the plan: %#',
  async (status, anchors) => {
    const links = [{ name: 'Change 4711', url: 'https://changes.example.com/4711' }];
    const shown = await statusOf({ ...status, links });
    expect([...shown.matchAll(/href="\/runbook#([^"]+)"/g)].map(([, anchor]) => anchor)).toEqual(anchors);
    expect(shown).toContain('href="https://changes.example.com/4711"');
  },
);

test('the runbook is a page of the console, with every section that is led to', async () => {
  const site = openConsole(fakeEngine());
  const page = await (await site.get('/runbook')).text();
  site.close();
  const ids = [...page.matchAll(/<h[12] id="([^"]+)"|<(?:h3|tr role="row") id="([^"]+)"/g)].map(
    ([, two, three]) => two ?? three,
  );
  for (const { title, anchor } of Object.values(RUNBOOK)) {
    expect(ids).toContain(anchor);
    expect(
      page
        .slice(page.indexOf(`id="${anchor}"`))
        .replace(/^[^>]*>(<td[^>]*>)?/, '')
        .toLowerCase(),
    ).toMatch(new RegExp(`^${title.toLowerCase()}`));
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(page).not.toContain('cli.md#overrides');
  // A link leads within the page, or to nowhere.
  const targets = [...page.matchAll(/<a href="#([^"]+)"/g)].map(([, anchor]) => anchor);
  expect(targets.length).toBeGreaterThan(3);
  expect(ids).toEqual(expect.arrayContaining(targets));
  expect(page.match(/href="(?![/#]|data:)[^"]*"/g)).toBeNull();
});

test('what a page of the documentation holds is no markup of ours', () => {
  const page = runbookHtml(
    '# A <b>b</b>\n\n<script>x</script>\n\n[y](javascript:alert(1)) ![z](https://e.example/z.png)\n',
  );
  expect(page).not.toMatch(/<script|<img|href="(?!#)/);
});

test('whoever is needed is led to what they can do, before they read what the judge says', async () => {
  const status = await statusOf({ paused: true, canDo: ['resume', 'abort'] });
  expect(status).toContain('<a href="#acts">');
  expect(withoutMarkup(status)).toContain('Possible now: resume, abort');
});

test('where a bad version was taken back, what serves now is said', async () => {
  const safety = { provenAt: '2026-03-01T12:20:09.123Z', provenByReadBack: true, timeToSafetyMs: 1, reactionMs: 1 };
  const over = { phase: 'rolledBack', outcome: 'rolledBack', safety: safety as never } as const;
  expect(await statusOf(over)).toContain('v1.4.0 serves again;');
  expect(await statusOf({ ...over, baselineVersion: null })).toContain('agents see no card again;');
  expect(await statusOf({ ...over, safety: { ...safety, provenByReadBack: false } as never })).not.toContain('serves');
});
