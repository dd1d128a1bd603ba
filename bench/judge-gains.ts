/**
 * How often the judge says "better" of what is no better, and "goal proven" of what is just at the goal, at whatever
 * look or at the planned end, six hours on; and how often, and after how many candidate cards, it says so of what is.
 * Usage: npm run bench:judge-gains -- [--streams N] [--seed N]
 * One process. All streams are judged to their end; alpha is 5 % for each metric.
 */
import { askPlannedEnd, planEnd } from '../src/domain/judge/decision/planned-end.ts';
import { startJudge, takeLook } from '../src/domain/judge/judge.ts';
import { reportOf } from '../src/domain/judge/report/report.ts';
import { readConfig, readLook } from '../src/domain/judge/stream-input.ts';
import type { JudgeReport, JudgeState } from '../src/domain/judge/types.ts';
import type { Guardrail } from '../src/domain/plan/plan.ts';
import { median, shareOf } from '../src/domain/shared/share.ts';
import type { Share } from '../src/domain/shared/share.ts';
import { configOf, looksOf } from './judge/generator.ts';
import { streamSeed } from './judge/run.ts';
import { base, daily, nothing, other, rising } from './judge/scenario-parts.ts';
import type { Scenario } from './judge/scenario.ts';
import { AGENTS, HORIZON } from './judge/scenario.ts';
import { benchOptions } from './lib/bench-options.ts';

const MINUTE = 60_000;

const values = benchOptions({ streams: { type: 'string', default: '300' }, seed: { type: 'string', default: '1' } });

const relative = (value: number) => ({ kind: 'relative' as const, value });
const guardrails: readonly Guardrail[] = [
  { metric: 'acceptanceRate', worseWhen: 'lower', margin: relative(0.1), goal: 0.1, alpha: 0.05, mode: 'enforce' },
  { metric: 'dismissalRate', worseWhen: 'higher', margin: relative(0.1), goal: 0.1, alpha: 0.05, mode: 'enforce' },
  {
    metric: 'deliveryLatency',
    statistic: 'p95',
    worseWhen: 'higher',
    margin: relative(0.25),
    goal: 0.2,
    alpha: 0.05,
    mode: 'enforce',
  },
];
/** Just at all goals. */
const atGoal = { accept: base.accept * 1.1, dismiss: base.dismiss * 0.9, medianMs: base.medianMs * 0.8 };
const agents = { icc: { outcomes: 0.03, latency: 0.03 } };
/** Half of the cards, 120 a minute: all streams take minutes. */
const share = (): number => 0.5;
const perMinute = 12;

const scenarios: readonly Scenario[] = [
  nothing('gain-null', 'no difference', { share, perMinute }),
  nothing('gain-null-agents', 'no difference, agents differ', { share, perMinute, ...agents }),
  nothing('gain-null-day', 'no difference, a moving day, a rising split', { share: rising, perMinute, moment: daily }),
  other('gain-at-goal', 'just at each goal', { share, perMinute, candidate: { ...base, ...atGoal } }),
  other('gain-at-goal-agents', 'just at each goal, agents differ', {
    share,
    perMinute,
    candidate: { ...base, ...atGoal },
    ...agents,
  }),
  other('gain-better', 'acceptance 30 % higher, dismissal 30 % lower, latency x0.6', {
    share,
    perMinute,
    candidate: { ...base, accept: base.accept * 1.3, dismiss: base.dismiss * 0.7, medianMs: base.medianMs * 0.6 },
  }),
];

/** Candidate cards at the first look that said so, for each guardrail; null: none did. */
interface Said {
  readonly better: (number | null)[];
  readonly goal: (number | null)[];
}

function judgeStream(scenario: Scenario, seed: number): Said {
  const { habits } = readConfig(configOf(scenario, seed));
  const said: Said = { better: guardrails.map(() => null), goal: guardrails.map(() => null) };
  let state: JudgeState = planEnd(startJudge(guardrails), { atMs: HORIZON * MINUTE, share: 1 });
  for (const line of looksOf(scenario, seed)) {
    const look = readLook(line as never, habits);
    state = takeLook(state, { atMs: look.t * MINUTE, splitPercent: (look.share ?? 0) * 100, cards: look.cards });
    if (look.final) state = askPlannedEnd(state);
    note(said, reportOf(state));
  }
  return said;
}

function note(said: Said, { guardrails: rows, n }: JudgeReport): void {
  rows.forEach((row, i) => {
    if (row.better !== undefined) said.better[i] ??= n.candidate;
    if (row.goal?.proven === true) said.goal[i] ??= n.candidate;
  });
}

function shareText({ hits, of, low, high }: Share): string {
  return `${hits} of ${of} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %)`;
}

function cellsOf(all: readonly Said[], kind: keyof Said): string[] {
  return guardrails.map((_, i) => {
    const cards = all.flatMap((said) => said[kind][i] ?? []);
    const after = cards.length > all.length / 2 ? `, ${median(cards)} cards` : '';
    return `${shareText(shareOf(all, (said) => said[kind][i] !== null))}${after}`;
  });
}

const streams = Number(values.streams);
process.stdout.write(`| scenario | said | ${guardrails.map(({ metric }) => metric).join(' | ')} |\n`);
process.stdout.write(`| --- | --- | --- | --- | --- |\n`);
for (const scenario of scenarios) {
  const all = Array.from({ length: streams }, (_, i) =>
    judgeStream(scenario, streamSeed(Number(values.seed), scenario.name, i)),
  );
  for (const kind of ['better', 'goal'] as const)
    process.stdout.write(`| ${scenario.title} | ${kind} | ${cellsOf(all, kind).join(' | ')} |\n`);
}
process.stdout.write(`${streams} streams each, six hours, ${AGENTS} agents, seed ${values.seed}, alpha 5 % each.\n`);
