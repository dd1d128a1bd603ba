/**
 * A judge's state of every release is understood, or taken again from the looks; neither leaves a rollout without a
 * judge. `RECORD_HISTORIES=<release>` keeps a new one.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../src/domain/shared/random.ts';
import { reportOf } from '../../src/domain/judge/report/report.ts';
import { judgeAgain, resumeJudge } from '../../src/domain/judge/resume.ts';
import { JUDGE_RULES, JudgeStateError } from '../../src/domain/judge/state.ts';
import type { Card, JudgeReport, JudgeState, Look } from '../../src/domain/judge/types.ts';
import type { Guardrail } from '../../src/domain/plan/plan.ts';

interface Kept {
  readonly guardrails: readonly Guardrail[];
  readonly looks: readonly Look[];
  readonly state: JudgeState;
  readonly report: JudgeReport;
}

const folder = join(__dirname, 'judge-states');
const release = process.env.RECORD_HISTORIES;
if (release !== undefined) writeFileSync(join(folder, `${release}.json`), `${JSON.stringify(record())}\n`);

const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const read = (file: string): Kept => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Kept;

test.each(files)('%s: taken again from its looks, the verdict is the one that was given', (file) => {
  const { guardrails, looks, state, report } = read(file);
  const again = reportOf(judgeAgain({ guardrails }, looks, state));
  expect({ verdict: again.verdict, n: again.n }).toEqual({ verdict: report.verdict, n: report.n });
  // The same rules give the same report, to the last word: raise JUDGE_RULES with whatever changes one.
  if (state.rules === JUDGE_RULES) expect(again).toEqual(report);
});

test.each(files)('%s: the state is carried on, or refused by name', (file) => {
  const { state, report } = read(file);
  try {
    expect(reportOf(resumeJudge(state, []))).toEqual(report);
  } catch (error) {
    if (!(error instanceof JudgeStateError)) throw error;
  }
});

function record(): Kept {
  const source = seededRandom(7);
  const random = (): number => source.next();
  const guardrails: readonly Guardrail[] = [
    {
      metric: 'acceptanceRate',
      worseWhen: 'lower',
      margin: { kind: 'relative', value: 0.1 },
      alpha: 0.01,
      mode: 'enforce',
    },
    {
      metric: 'deliveryLatency',
      statistic: 'p95',
      worseWhen: 'higher',
      margin: { kind: 'relative', value: 0.25 },
      alpha: 0.01,
      mode: 'enforce',
    },
  ];
  const card = (arm: Card['arm']): Card => ({
    arm,
    outcomes: random() < (arm === 'candidate' ? 0.2 : 0.4) ? ['accepted'] : [],
    latencyMs: Math.round(300 + 400 * random()),
    agent: `agent ${Math.floor(random() * 20)}`,
    queue: 'q',
    firstOfConversation: true,
  });
  const looks = Array.from({ length: 12 }, (_, i): Look => ({
    atMs: (i + 1) * 10_000,
    splitPercent: 50,
    cards: Array.from({ length: 20 }, (_card, at) => card(at % 2 === 0 ? 'candidate' : 'baseline')),
  }));
  const state = resumeJudge(judgeAgain({ guardrails }, []), looks);
  return { guardrails, looks, state, report: reportOf(state) };
}
