/** The report of a rollout: from a real store into one file, read in a real Chromium. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { cli } from '../cli/fixtures.ts';
import { JUDGE_RULES } from '../../src/domain/judge/state.ts';
import { acceptance, halfAccepted, inQueues, p95 } from '../domain/judge/helpers.ts';
import { newContext } from '../helpers/browser-context.ts';
import { findChromium, withoutChromium } from '../preflight/chromium.ts';
import { NOON } from '../helpers/events.ts';
import { refOf } from '../helpers/arms.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';
import { axeFindings, widthOf } from '../helpers/shown-page.ts';
import { planEnd } from '../../src/domain/judge/decision/planned-end.ts';
import { startJudge, takeLook } from '../../src/domain/judge/judge.ts';
import { reportOf } from '../../src/domain/judge/report/report.ts';
import { courseOf } from '../../src/domain/story/course.ts';
import { loadPlan } from '../../src/lint/lint.ts';
import { openChromium } from '../../src/preview/chromium.ts';
import { appendAudit } from '../../src/store/audit.ts';
import { TYPICAL_TRAFFIC } from '../../src/domain/forecast/assumptions.ts';
import { keepForecast } from '../../src/store/forecasts.ts';
import { saveLooks } from '../../src/store/decision-looks.ts';
import { saveJudgeState } from '../../src/store/judge-states.ts';
import { openDatabase } from '../../src/store/open.ts';
import { saveRegistered } from '../../src/store/registry.ts';
import { saveRollout } from '../../src/store/rollouts.ts';

const home = mkdtempSync(join(tmpdir(), 'assist-report-'));
const GUARDRAILS = [acceptance, p95];
const SLICES = { by: ['queue'], times: 2, alpha: 0.01 } as const;
const EVIL = '<script>document.title = "taken"</script> & "so on"';

beforeAll(async () => {
  const db = await openDatabase({ kind: 'pglite', dataDir: join(home, 'database') });
  const shown = inQueues(halfAccepted(60), ['0c2f4a7e-5b1d-4d9c-8f5e-6a7b8c9d0e1f', 'Billing']);
  const judge = shown.reduce((state, look) => takeLook(state, look), planEnd(startJudge(GUARDRAILS, SLICES), null));
  const report = reportOf(judge);
  const plan = await loadPlan(join(__dirname, '../../examples/demo/1.6.0.yaml'));
  await saveRollout(
    db,
    rolloutRow({
      phase: 'rolledBack',
      outcome: 'rolledBack',
      endedAt: new Date(NOON + 1_200_000),
      reason: EVIL,
      report,
      safety: {
        provenByReadBack: true,
        provenAt: new Date(NOON + 1_200_000).toISOString(),
        firstCandidateCardAt: new Date(NOON + 1000).toISOString(),
        timeToSafetyMs: 1_199_000,
        reactionMs: 82,
      },
    }),
  );
  await saveRegistered(db, 'r1', {
    plan,
    contentSha256: 'ab'.repeat(32),
    deployment: {
      target: 'agentAssistActions',
      actionName: 'RefundAssist',
      baseline: refOf('b', '1.5.0'),
      candidate: refOf('c', '1.6.0'),
    },
    verifiedBy: 'key',
  });
  await saveLooks(db, { rolloutId: 'r1', fromCursor: 0, cursor: 1200, looks: shown });
  await saveJudgeState(db, { rolloutId: 'r1', cursor: 1200, state: { judge }, report, updatedAt: new Date(NOON) });
  await keepForecast(db, 'r1', new Date(NOON), {
    traffic: { ...TYPICAL_TRAFFIC, cardsPerHour: 400 },
    basis: { cards: 812, hours: 2 },
    runs: 3,
    promoted: 3,
    endsAfterMs: 60_000,
    steps: [],
    cut: false,
    notForecast: [],
  });
  for (const [at, act] of ['validating', 'pause', 'resume', 'rollingBack', 'ended'].entries())
    await db.tx((trx) =>
      appendAudit(trx, {
        key: `r1/${act}`,
        at: new Date(NOON + at * 1000),
        actor: act === 'pause' ? 'ana' : 'engine',
        act,
        reason: act === 'pause' ? EVIL : '',
        rolloutId: 'r1',
        action: 'RefundAssist',
        version: '1.6.0',
      }),
    );
  await db.close();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const report = (...args: string[]) =>
  cli(['report', ...args], { env: { ASSIST_ROLLOUTS_HOME: home }, now: () => NOON + 2_000_000 });

test('one private file holds verdict, pictures, acts, plan and proof, and no text of others is markup in it', async () => {
  const file = join(home, 'report.html');
  const { code, stdout, stderr } = await report('RefundAssist', '--out', file);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`${file}: RefundAssist 1.6.0, rolledBack\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const page = readFileSync(file, 'utf8');
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;document.title');
  expect(page).toContain('acceptanceRate harm: candidate');
  expect(page.match(/<svg class="plot"/g)).toHaveLength(2 + 2 * GUARDRAILS.length);
  expect(page).toMatch(/<figcaption>\s*Each slice by the guardrail/);
  expect(page).toMatch(/class="slice[^]*queue Billing[^]*evidence of harm/);
  expect(page).toContain('82 ms from the decision');
  expect(page).toMatch(/Decision record of 60 looks, SHA-256 <code>[0-9a-f]{64}/);
  expect(page).toContain('setSplit: 10');
  expect(page).toMatch(/Forecast and what came[^]*out of the plan and the 812 cards of the 2 h before/);
});

test('as JSON it is the same story, with the course of every guardrail up to the report on record', async () => {
  const { stdout } = await report('RefundAssist', '--json');
  const story = JSON.parse(stdout) as {
    kind: string;
    entries: object[];
    judged: { report: { guardrails: object[] }; course: { points: { rows: object[] }[] } };
  };
  expect(story.kind).toBe('report');
  expect(story.entries).toHaveLength(5);
  expect(story.judged.course.points).toHaveLength(60);
  expect(story.judged.course.points.at(-1)?.rows).toEqual(
    story.judged.report.guardrails.map((row) => ({
      effect: (row as { effect: object }).effect,
      logEvidence: (row as { logEvidence: object }).logEvidence,
    })),
  );
});

test.each([
  [['RefundAssist'], 2, /no file to write to/],
  [['RefundAssist', '--out', join(home, 'report.doc')], 2, /neither \.html nor \.pdf/],
  [['Nobody', '--out', join(home, 'x.html')], 2, /Nobody/],
  [['RefundAssist', '--rollout', 'r9', '--out', join(home, 'x.html')], 2, /no such rollout/],
  [['RefundAssist', '--out', join(home, 'no', 'such', 'x.html')], 2, /is not there/],
])('%j: one error, no file', async (args, code, said) => {
  const ran = await report(...args);
  expect(ran.code).toBe(code);
  expect(ran.stderr).toMatch(said);
  expect(ran.stdout).toBe('');
});

test('a long rollout is shown in as many points as fit, with its first and last look', () => {
  const shown = halfAccepted(500);
  const judge = shown.reduce((state, look) => takeLook(state, look), planEnd(startJudge(GUARDRAILS), null));
  const course = courseOf(
    {
      kind: 'decisionRecord',
      rules: JUDGE_RULES,
      action: 'x',
      version: '1',
      rolloutId: 'r',
      guardrails: GUARDRAILS,
      looks: shown,
      report: reportOf(judge),
    },
    50,
  );
  expect(course?.points).toHaveLength(50);
  expect([course?.points[0]?.atMs, course?.points.at(-1)?.atMs]).toEqual([20_000, 10_000_000]);
  expect(course?.splits).toEqual([
    { atMs: 0, percent: 10 },
    { atMs: 5_000_000, percent: 50 },
  ]);
  expect(course?.latency.candidate?.n).toBe(5000);
});

const chromium = findChromium();
if (chromium === undefined) withoutChromium('the report is not read in a browser');
else
  describe('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = (await openChromium(chromium))!;
    });
    afterAll(() => browser.close());

    test.each([
      ['desktop', 1280, 'light'],
      ['desktop', 1280, 'dark'],
      ['phone', 360, 'light'],
      ['small phone', 320, 'dark'],
    ] as const)(
      '%s, %i px, %s: nothing is fetched, nothing runs over, axe finds nothing',
      async (_, width, colorScheme) => {
        const file = join(home, 'shown.html');
        await report('RefundAssist', '--out', file);
        const context = await newContext(browser, { viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
        const page = await context.newPage();
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        await page.goto(`file://${file}`, { waitUntil: 'networkidle' });
        await page.frameLocator('iframe').first().locator('body', { hasText: 'refund' }).waitFor();
        expect(asked.filter((url) => !url.startsWith(`file://${file}`) && url !== 'about:srcdoc')).toEqual([]);
        expect(await page.title()).toBe('RefundAssist 1.6.0: rolled back');
        expect(await widthOf(page)).toBeLessThanOrEqual(width);
        const rightmost =
          'Math.max(...[...document.querySelectorAll(".log td")].map((one) => one.getBoundingClientRect().right))';
        expect(await page.evaluate(rightmost)).toBeLessThanOrEqual(width);
        expect(await axeFindings(page)).toEqual([]);
        await context.close();
      },
    );

    test('on paper it is a PDF', async () => {
      const file = join(home, 'report.pdf');
      const without = await cli(['report', 'RefundAssist', '--out', file], {
        env: { ASSIST_ROLLOUTS_HOME: home, CHROMIUM: '/nonexistent' },
      });
      expect([without.code, without.stderr]).toEqual([2, expect.stringMatching(/A PDF needs a Chromium/) as string]);
      const ran = await cli(['report', 'RefundAssist', '--out', file], {
        env: { ASSIST_ROLLOUTS_HOME: home, CHROMIUM: chromium },
        now: () => NOON,
      });
      expect([ran.code, ran.stderr]).toEqual([0, '']);
      expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
    });
  });
