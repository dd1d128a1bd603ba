/**
 * The watch after promotion on seeded streams of two days: false alarms, and cards until harm is said.
 * Usage: npm run bench:long-watch -- [--streams N] [--seed N] [--only <scenario>,...] [--json]
 */
import { wilson } from '../src/domain/shared/share.ts';
import { quantile } from './judge/summary.ts';
import { scenarios } from './long-watch/scenarios.ts';
import type { Scenario } from './long-watch/scenarios.ts';
import { ALPHA, still, watchStream } from './long-watch/streams.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  streams: { type: 'string', default: '100' },
  seed: { type: 'string', default: '1' },
  only: { type: 'string' },
  json: { type: 'boolean', default: false },
});

function measure(scenario: Scenario, streams: number, seed: number) {
  const runs = Array.from(
    { length: streams },
    (_, i) => watchStream({ ...still, ...scenario.stream, seed: seed * 100_000 + i }).cards,
  );
  const from = scenario.onset * (scenario.stream.perHour ?? still.perHour);
  const isFound = (cards: number | null): cards is number => cards !== null && cards > from;
  const delays = runs.map((cards) => (isFound(cards) ? cards - from : Infinity));
  const hits = runs.filter(scenario.kind === 'harm' ? isFound : (cards) => cards !== null).length;
  return {
    name: scenario.name,
    title: scenario.title,
    kind: scenario.kind,
    streams,
    hits,
    ...wilson(hits, streams),
    median: quantile(delays, 0.5),
    p90: quantile(delays, 0.9),
  };
}

const names = values.only?.split(',') ?? scenarios.map(({ name }) => name);
const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown === undefined) {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  process.stdout.write(
    `| scenario | harm said (alpha ${percent(ALPHA)}) | cards until then: median | nine of ten |\n| --- | --- | ` +
      `--- | --- |\n`,
  );
  const rows = scenarios
    .filter(({ name }) => names.includes(name))
    .map((scenario) => {
      const row = measure(scenario, Number(values.streams), Number(values.seed));
      const { title, kind, streams, hits, low, high, median, p90 } = row;
      const delays = kind === 'harm' ? `${median ?? 'never'} | ${p90 ?? 'never'}` : ' | ';
      process.stdout.write(`| ${title} | ${hits} of ${streams} (${percent(low)} to ${percent(high)}) | ${delays} |\n`);
      return row;
    });
  if (values.json) process.stdout.write(`${JSON.stringify({ seed: Number(values.seed), rows })}\n`);
} else {
  process.stderr.write(`"${unknown}" is no scenario. There are: ${scenarios.map(({ name }) => name).join(', ')}.\n`);
  process.exitCode = 2;
}
