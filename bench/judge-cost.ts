/**
 * What a look costs, and how large the judge's state gets.
 *
 * Time: `takeLook` and `reportOf` by cards of a look, with and without slices and custom metrics, and a line of the
 * stream with its answer; beside each, in the same round, the reading of the same look (`JSON.parse`), so that the
 * ratio holds whatever the machine does. Each figure is the median of the rounds' means. Size: characters of the state as
 * it is stored, in all and by part, also while a look waits for its other arm.
 * Usage: npm run bench:judge-cost -- [--json] [--quick] [--time | --size]
 */
import { startJudge, takeLook } from '../src/domain/judge/judge.ts';
import { reportOf } from '../src/domain/judge/report/report.ts';
import { createStreamJudge } from '../src/domain/judge/stream.ts';
import { pack } from '../src/domain/judge/maths/packing.ts';
import { packState } from '../src/domain/judge/state.ts';
import type { JudgeState, Look } from '../src/domain/judge/types.ts';
import type { Guardrail, Slices } from '../src/domain/plan/plan.ts';
import { costLooks, fourGuardrails, threeMetrics, twelveSlices } from './judge/cost-traffic.ts';
import { quantile } from './lib/quantile.ts';

const args = process.argv.slice(2);
const quick = args.includes('--quick');
const ROUNDS = quick ? 3 : 7;
const AGENTS = 200;

interface Watched {
  readonly name: string;
  readonly guardrails: readonly Guardrail[];
  readonly slices?: Slices;
}

const WATCHED: readonly Watched[] = [
  { name: 'four guardrails', guardrails: fourGuardrails },
  { name: '+ 12 slices', guardrails: fourGuardrails, slices: twelveSlices },
  { name: '+ 3 metrics', guardrails: [...fourGuardrails, ...threeMetrics] },
  { name: '+ both', guardrails: [...fourGuardrails, ...threeMetrics], slices: twelveSlices },
];

const SIZES = [
  { baseline: 27, candidate: 3, looks: 360 },
  { baseline: 300, candidate: 30, looks: 360 },
  { baseline: 2700, candidate: 300, looks: 60 },
];

/** µs a look. */
interface Cost {
  readonly take: number;
  readonly report: number;
  readonly read: number;
}

function timeLooks({ guardrails, slices }: Watched, looks: readonly Look[]): Cost {
  const lines = looks.map((look) => JSON.stringify(look));
  let state = startJudge(guardrails, slices);
  const sums = { take: 0, report: 0, read: 0 };
  const time = (part: keyof Cost, work: () => void): void => {
    const started = performance.now();
    work();
    sums[part] += performance.now() - started;
  };
  looks.forEach((look, i) => {
    time('read', () => JSON.parse(lines[i] ?? ''));
    time('take', () => (state = takeLook(state, look)));
    time('report', () => reportOf(state));
  });
  return perLook(sums, looks.length);
}

/** The same cards as lines of `judge --stream`. */
function timeStream(looks: readonly Look[]): Cost {
  const judge = createStreamJudge();
  judge.line({ type: 'reset', config: {} });
  const sums = { take: 0, report: 0, read: 0 };
  looks.forEach((look, i) => {
    const line = JSON.stringify({ type: 'look', t: i + 1, final: false, ...streamArms(look) });
    const started = performance.now();
    const read = JSON.parse(line) as object;
    const parsed = performance.now();
    judge.line(read);
    sums.take += performance.now() - parsed;
    sums.read += parsed - started;
  });
  return perLook(sums, looks.length);
}

function streamArms({ cards, splitPercent }: Look): object {
  const arm = (which: 'baseline' | 'candidate'): object => {
    const own = cards.filter((card) => card.arm === which);
    return {
      out: own.map(({ outcomes }) => (outcomes[0] === 'accepted' ? 1 : outcomes[0] === 'dismissed' ? 2 : 0)),
      lat: own.map(({ latencyMs }) => latencyMs),
      agent: own.map(({ agent }) => Number(agent.slice('agent-'.length))),
    };
  };
  return { share: (splitPercent ?? 0) / 100, base: arm('baseline'), cand: arm('candidate') };
}

function perLook(sums: Cost, looks: number): Cost {
  const us = (ms: number): number => (1000 * ms) / looks;
  return { take: us(sums.take), report: us(sums.report), read: us(sums.read) };
}

interface TimeRow extends Cost {
  readonly cards: number;
  readonly watched: string;
  readonly timesReading: number;
}

function measureTime(): readonly TimeRow[] {
  return SIZES.flatMap(({ looks: count, ...arms }) => {
    const looks = [...costLooks({ seed: 1, agents: AGENTS, looks: quick ? count / 3 : count, ...arms })];
    const works = [
      { name: 'stream', work: () => timeStream(looks) },
      ...WATCHED.map((watched) => ({ name: watched.name, work: () => timeLooks(watched, looks) })),
    ];
    const rounds = Array.from({ length: ROUNDS + 1 }, () => works.map(({ work }) => work())).slice(1);
    return works.map(({ name }, i) =>
      timeRow(
        arms.baseline + arms.candidate,
        name,
        rounds.flatMap((r) => r[i] ?? []),
      ),
    );
  });
}

function timeRow(cards: number, watched: string, costs: readonly Cost[]): TimeRow {
  const median = (of: (cost: Cost) => number): number => Number(quantile(costs.map(of), 0.5).toFixed(1));
  return {
    cards,
    watched,
    take: median(({ take }) => take),
    report: median(({ report }) => report),
    read: median(({ read }) => read),
    timesReading: median(({ take, report, read }) => (take + report) / read),
  };
}

interface SizeRow {
  readonly agents: number;
  readonly looks: number;
  /** As it is stored, and as the judge has it at hand. */
  readonly chars: number;
  readonly unpacked: number;
  /** While ten looks of one arm wait for the other. */
  readonly waiting: number;
  /** The largest parts, in characters. */
  readonly parts: Readonly<Record<string, number>>;
}

function measureSize(): readonly SizeRow[] {
  return [50, 200, 2000, 20_000].flatMap((agents) => sizesOf(agents, quick ? [60] : [60, 2000]));
}

function sizesOf(agents: number, moments: readonly number[]): readonly SizeRow[] {
  const { guardrails } = WATCHED[3] ?? { guardrails: [] };
  let state = startJudge(guardrails, twelveSlices);
  const rows: SizeRow[] = [];
  let taken = 0;
  const looks = Math.max(...moments);
  for (const look of costLooks({ seed: 2, looks, baseline: 300, candidate: 30, agents })) {
    state = takeLook(state, look);
    taken++;
    if (moments.includes(taken)) rows.push(sizeRow(state, agents, taken, look));
  }
  return rows;
}

function sizeRow(state: JudgeState, agents: number, looks: number, last: Look): SizeRow {
  const packed = packState(state);
  const parts = Object.entries(state)
    .map(([name, value]) => [name, JSON.stringify(pack(value)).length] as const)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 7);
  const waiting = [...costLooks({ seed: 3, looks: 10, baseline: 300, candidate: 30, agents })].reduce(
    (before, { cards }, i) =>
      takeLook(before, {
        atMs: last.atMs + i * 60_000,
        splitPercent: last.splitPercent,
        cards: cards.filter(({ arm }) => arm === 'baseline'),
      }),
    state,
  );
  return {
    agents,
    looks,
    chars: JSON.stringify(packed).length,
    unpacked: JSON.stringify(state).length,
    waiting: JSON.stringify(packState(waiting)).length,
    parts: Object.fromEntries(parts),
  };
}

function timeText({ cards, watched, take, report, read, timesReading }: TimeRow): string {
  const all = take + report;
  return (
    `${String(cards).padStart(5)}  ${watched.padEnd(16)} ${all.toFixed(0).padStart(6)} ${take.toFixed(0).padStart(6)} ` +
    `${report.toFixed(0).padStart(6)} ${read.toFixed(0).padStart(6)} ${timesReading.toFixed(1).padStart(6)}`
  );
}

function sizeText({ agents, looks, chars, unpacked, waiting, parts }: SizeRow): string {
  const largest = Object.entries(parts).map(([name, size]) => `${name} ${size}`);
  return (
    `${String(agents).padStart(6)} ${String(looks).padStart(6)} ${String(chars).padStart(7)} ${String(unpacked).padStart(9)} ` +
    `${String(waiting).padStart(8)}  ${largest.join(', ')}`
  );
}

const time = args.includes('--size') ? [] : measureTime();
if (time.length > 0) {
  const head = 'cards  what              µs in all, takeLook, reportOf, reading; times reading';
  process.stdout.write(`${head}\n${time.map(timeText).join('\n')}\n`);
}
const size = args.includes('--time') ? [] : measureSize();
if (size.length > 0) {
  process.stdout.write(`agents  looks   chars  unpacked  waiting  parts\n${size.map(sizeText).join('\n')}\n`);
}
if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ unit: 'µs a look; characters', time, size })}\n`);
