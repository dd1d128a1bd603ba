/**
 * The demo's two rollouts, many times over, straight into the judge and without a clock.
 * Usage: node dist/bench/judge-demo.js [runs=50] [seconds at 50 % = 25]
 * Exit code 1 when a healthy version is rolled back or a harmful one is not.
 */
import { runDemo } from './judge/demo-run.ts';

const runs = Number(process.argv[2] ?? 50);
const untilMs = 10_000 + Number(process.argv[3] ?? 25) * 1000;
const GOAL_MS = 15_000;

const startedAt = Date.now();
const seeds = Array.from({ length: runs }, (_, i) => i + 1);
const healthy = seeds.map((seed) => runDemo('healthy', seed, untilMs));
const harmful = seeds.map((seed) => runDemo('harmful', 1_000_000 + seed, untilMs));

const rolledBack = healthy.filter((run) => run.harmAfterCards !== null).length;
const untrusted = healthy.filter((run) => run.last.verdict === 'untrusted').length;
const safeMs = healthy.flatMap((run) => (run.safeAfterMs === null ? [] : [run.safeAfterMs]));
const caught = harmful.flatMap((run) => (run.harmAfterCards === null ? [] : [run.harmAfterCards]));

const lines = [
  `healthy: rolled back ${rolledBack} of ${runs}, untrusted ${untrusted} of ${runs}`,
  `healthy: safe within 15 s at 50 % in ${safeMs.filter((ms) => ms <= GOAL_MS).length} of ${runs}, median ` +
    `${quantile(safeMs, 0.5)} ms, p90 ${quantile(safeMs, 0.9)} ms, worst ${quantile(safeMs, 1)} ms`,
  `harmful: caught ${caught.length} of ${runs}, candidate cards until then: median ${quantile(caught, 0.5)}, ` +
    `p90 ${quantile(caught, 0.9)}, worst ${quantile(caught, 1)}`,
  `state at the end: at most ${Math.max(...healthy.map((run) => run.stateBytes))} bytes; ` +
    `${Date.now() - startedAt} ms in all`,
  harmful[0]?.last.reason ?? '',
  healthy[0]?.last.reason ?? '',
];
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = rolledBack === 0 && caught.length === runs ? 0 : 1;

function quantile(values: readonly number[], level: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(level * sorted.length) - 1)] ?? null;
}
