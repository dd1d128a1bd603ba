/** `judge replay` on a real PostgreSQL, and on records in files. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RolloutRecord } from '../../src/configurator/decision-record.ts';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import { reportOf } from '../../src/domain/judge/report/report.ts';
import { judgeAgain } from '../../src/domain/judge/resume.ts';
import { JUDGE_RULES } from '../../src/domain/judge/state.ts';
import { saveLooks } from '../../src/store/decision-looks.ts';
import { saveJudgeState } from '../../src/store/judge-states.ts';
import { openDatabase } from '../../src/store/open.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { seededRandom } from '../../src/domain/shared/random.ts';
import { acceptance } from '../domain/replay/traffic.ts';
import { describeSharedPostgres } from '../helpers/database.ts';
import { eventOf, iso, NOON } from '../helpers/events.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { cli, jsonLines } from './fixtures.ts';

const HOUR = 3_600_000;
const PLAN = join(__dirname, '../../examples/demo/1.5.0.yaml');
const FIRST = join(__dirname, '../../examples/returns-assist-1.0.0.yaml');

/** One card a second for half an hour; those of 1.5.0 are of its rollout, in the last ten minutes. */
async function fill(url: string): Promise<void> {
  const db = await openDatabase({ kind: 'pg', url });
  const random = seededRandom(1);
  const cards = Array.from({ length: 1800 }, (_, i): EngagementEvent => {
    const version = i >= 1200 && i % 4 === 0 ? '1.5.0' : '1.4.0';
    const at = i * 1000;
    return eventOf(`card-${i}`, random.next() < 0.4 ? 'accepted' : 'rendered', at + 500, {
      conversationId: `conversation-${i >> 1}`,
      actionId: `action-${version}`,
      actionName: `RefundAssist v${version}`,
      version,
      agentId: `agent-${Math.floor(random.next() * 40)}`,
      triggeredAt: iso(NOON + at),
      renderedAt: iso(NOON + at + 200),
    });
  });
  for (let i = 0; i < cards.length; i += 20)
    await storeEvents(db, cards.slice(i, i + 20), {
      source: 'genesys',
      receivedAt: new Date(NOON + i * 1000 + 20_000),
    });
  await saveRollout(
    db,
    rolloutRow({ rolloutId: 'r-1', action: 'RefundAssist', version: '1.5.0', startedAt: new Date(NOON + 1_200_000) }),
  );
  await db.close();
}

/** Acceptance falls by half; 100 cards of each arm a minute. */
function recordOf(): RolloutRecord {
  const guardrails = [acceptance];
  const looks = Array.from({ length: 12 }, (_, look) => ({
    atMs: (look + 1) * 60_000,
    splitPercent: 50,
    cards: Array.from({ length: 200 }, (__, i) => ({
      arm: i % 2 === 0 ? ('baseline' as const) : ('candidate' as const),
      outcomes: (i * 37 + look * 11) % 100 < (i % 2 === 0 ? 30 : 15) ? (['accepted'] as const) : [],
      latencyMs: 200,
      agent: `a${i % 50}`,
      queue: 'q',
      firstOfConversation: true,
    })),
  }));
  const common = { kind: 'decisionRecord', rules: JUDGE_RULES, action: 'RefundAssist', version: '1.5.0' } as const;
  return { ...common, rolloutId: 'r-1', guardrails, looks, report: reportOf(judgeAgain({ guardrails }, looks)) };
}

describeSharedPostgres('judge replay', (postgres) => {
  let url: string;
  const replay = (...args: string[]) =>
    cli(['judge', 'replay', ...args], { env: { DATABASE_URL: url }, now: () => NOON + HOUR });

  beforeAll(async () => {
    url = await postgres().createDatabase();
    await fill(url);
  });

  test("the baseline's cards are split at random, the candidate's left out, and the same command tells the same", async () => {
    const args = ['--from', '2h', '--plan', PLAN, '--aa', '6', '--json'];
    const { code, stdout } = await replay(...args);
    expect(code).toBe(0);
    const [report] = jsonLines(stdout);
    expect(report).toMatchObject({
      kind: 'judge-replay',
      action: 'RefundAssist',
      by: 'conversation',
      repetitions: 6,
      versions: [{ version: '1.4.0', cards: 1650 }],
      leftOut: 150,
      cut: false,
      cards: 1650,
      conversations: 900,
      agents: 40,
      harm: { of: 6 },
      budget: 0.004,
    });
    expect((await replay(...args)).stdout).toBe(stdout);
  });

  test('people read it within 80 columns, and what is found of an effect as well', async () => {
    const { code, stdout } = await replay('--from', '2h', '--action', 'RefundAssist', '--aa', '3', '--by', 'agent');
    expect(code).toBe(0);
    expect(stdout).toContain('RefundAssist, A/A by agent, 3 repetitions, seed 1\n');
    expect(stdout).toContain('150 cards of versions that were being rolled out are left out\n');
    expect(stdout).toContain('stopped for silence            3');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const harmed = await replay('--from', '2h', '--plan', PLAN, '--aa', '3', '--effect', 'acceptanceRate=-90%');
    expect(harmed.stdout).toMatch(/With acceptanceRate=-90% injected, harm was found in \d of 3, /);
  });

  test.each([
    [['--from', '2h', '--action', 'refundassist'], 'replay-no-action'],
    [['--from', '2d', '--to', '1d', '--plan', PLAN], 'replay-no-cards'],
    [['--from', iso(NOON + HOUR + 1000), '--plan', PLAN], 'usage'],
    [['--from', 'tomorrow', '--plan', PLAN], 'usage'],
    [['--from', '2h', '--plan', FIRST], 'replay-plan-unsupported'],
    [['--from', '2h'], 'usage'],
    [['--plan', PLAN], 'usage'],
    [['--from', '2h', '--rollout', 'r-1', '--plan', PLAN], 'usage'],
    [['--from', '2h', '--plan', PLAN, '--set', 'alpha=7'], 'usage'],
    [['--from', '2h', '--plan', PLAN, '--effect', 'acceptanceRate=+95pp'], 'usage'],
    [['--rollout', 'r-1'], 'usage'],
    [['--rollout', 'r-9', '--set', 'alpha=0.1'], 'rollout-not-found'],
  ])('%j is refused with %s', async (args, expected) => {
    const { code, stdout } = await replay(...args, '--json');
    expect(code).toBe(2);
    expect(jsonLines(stdout)).toEqual([expect.objectContaining({ kind: 'error', code: expected })]);
  });

  test('Ctrl-C ends it between two repetitions', async () => {
    const stop = new AbortController();
    stop.abort();
    const args = ['judge', 'replay', '--from', '2h', '--plan', PLAN];
    const { code } = await cli(args, { env: { DATABASE_URL: url }, now: () => NOON + HOUR, signal: stop.signal });
    expect(code).toBe(130);
  });

  test('a past rollout is judged by other guardrails, out of the store as out of a file', async () => {
    const { looks, report, guardrails } = recordOf();
    const db = await openDatabase({ kind: 'pg', url });
    await saveLooks(db, { rolloutId: 'r-1', fromCursor: 0, cursor: 12, looks });
    const judge = judgeAgain({ guardrails }, looks);
    await saveJudgeState(db, { rolloutId: 'r-1', cursor: 12, state: { judge }, report, updatedAt: new Date(NOON) });
    await db.close();
    const file = join(mkdtempSync(join(tmpdir(), 'judge-replay-')), 'record.json');
    writeFileSync(file, JSON.stringify(recordOf()));
    const stored = await replay('--rollout', 'r-1', '--set', 'alpha=0.000001', '--json');
    expect(stored.code).toBe(0);
    const [found] = jsonLines(stored.stdout) as [
      { was: { harmAt: { look: number } }; would: { harmAt: { look: number } } },
    ];
    expect(found).toMatchObject({ kind: 'judge-what-if', rolloutId: 'r-1', looks: 12, notInRecord: [] });
    expect(found.would.harmAt.look).toBeGreaterThan(found.was.harmAt.look);
    const read = await replay('--record', file, '--set', 'alpha=0.000001', '--json');
    expect(jsonLines(read.stdout)).toMatchObject([{ would: { harmAt: found.would.harmAt } }]);
    const shown = await replay('--record', file, '--plan', PLAN);
    expect(shown.stdout).toMatch(/by the record's guardrails +\d m/);
  });
});
