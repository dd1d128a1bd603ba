/**
 * Generated and mutated documents straight into preflight: none may crash it, take more than 100 ms of processor time
 * for each begun 64 KB, or be answered otherwise the second time.
 * Usage: npm run bench:preflight-fuzz -- [documents=20000] [first seed=0]. Exit code 1 when one does.
 */
import { preflight } from '../src/domain/preflight/preflight.ts';
import { planOf } from './preflight/card-plan.ts';
import { documentOf } from './preflight/documents.ts';
import { quantile } from './lib/quantile.ts';
import { cpuMs, minCpuMs } from './preflight/timed.ts';

const documents = Number(process.argv[2] ?? 20_000);
const firstSeed = Number(process.argv[3] ?? 0);
const MAX_MS = 100;
const PORTION = 64 * 1024;

const failures: string[] = [];
const times: number[] = [];
let bytes = 0;
let problems = 0;

for (let seed = firstSeed; seed < firstSeed + documents; seed++) examine(seed, documentOf(seed));

process.stdout.write(
  `${[
    `${documents} documents, ${(bytes / 1024 / 1024).toFixed(1)} MB, ${problems} problems found`,
    `time for each begun 64 KB: p50 ${quantile(times, 0.5).toFixed(2)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms, worst ${quantile(times, 1).toFixed(1)} ms (at most ${MAX_MS} ms)`,
    `failures: ${failures.length}`,
    ...failures.slice(0, 50),
  ].join('\n')}\n`,
);
process.exitCode = failures.length === 0 ? 0 : 1;

function examine(seed: number, html: string): void {
  const plan = planOf(html);
  bytes += html.length;
  try {
    let answer = '';
    const run = (): void => {
      const found = preflight(plan);
      problems += found.length;
      answer = JSON.stringify(found);
    };
    const portions = Math.ceil(Math.max(1, html.length) / PORTION);
    let ms = cpuMs(run) / portions;
    const first = answer;
    if (ms > MAX_MS) ms = minCpuMs(run, 3) / portions;
    else if (seed % 20 === 0) run();
    times.push(ms);
    if (ms > MAX_MS)
      failures.push(
        `seed ${seed}: ${ms.toFixed(0)} ms for each 64 KB of ${html.length} characters: ` +
          JSON.stringify(html.slice(0, 100)),
      );
    if (answer !== first) failures.push(`seed ${seed}: another answer the second time`);
  } catch (error) {
    failures.push(
      `seed ${seed}: ${error instanceof Error ? (error.stack?.slice(0, 300) ?? error.message) : String(error)}`,
    );
  }
}
