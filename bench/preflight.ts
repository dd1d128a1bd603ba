/**
 * Cards a second and the slowest of them at 4, 32 and 256 KB, and cards of 64 and 256 KB that are nothing but a table,
 * one after another in
 * one process.
 * Usage: npm run bench:preflight -- [--json] [seconds for each size = 5]
 */
import { performance } from 'node:perf_hooks';
import { preflight } from '../src/domain/preflight/preflight.ts';
import { quantile } from './lib/quantile.ts';
import { planOf } from './preflight/card-plan.ts';
import { cardOf, tableOf } from './preflight/large-card.ts';

const args = process.argv.slice(2);
const json = args.includes('--json');
const seconds = Number(args.find((arg) => !arg.startsWith('-')) ?? 5);
const WARM_UP = 20;

const sizes = [
  ...[4, 32, 256].map((kb) => measure('card', kb, cardOf)),
  ...[64, 256].map((kb) => measure('table', kb, tableOf)),
];
const text = sizes
  .map(
    ({ kind, kb, cardsPerSecond, p50Ms, p99Ms, cards }) =>
      `${kind} of ${kb} KB: ${cardsPerSecond} cards a second, p50 ${p50Ms} ms, p99 ${p99Ms} ms (${cards} cards)`,
  )
  .join('\n');
process.stdout.write(`${json ? JSON.stringify({ seconds, sizes }) : text}\n`);

function measure(kind: 'card' | 'table', kb: number, htmlOf: (bytes: number, variant: number) => string) {
  const plans = Array.from({ length: 10 }, (_, i) => planOf(htmlOf(kb * 1024, i)));
  const refused = plans.flatMap((plan) => preflight(plan)).find(({ severity }) => severity === 'error');
  if (refused !== undefined)
    throw new Error(`A card of ${kb} KB is refused before it is read in full: ${refused.code}: ${refused.message}`);
  const times: number[] = [];
  const judge = (i: number): number => {
    const from = performance.now();
    preflight(plans[i % plans.length] ?? planOf(''));
    return performance.now() - from;
  };
  for (let i = 0; i < WARM_UP; i++) judge(i);
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) times.push(judge(times.length));
  const total = times.reduce((sum, ms) => sum + ms, 0);
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    kind,
    kb,
    cards: times.length,
    cardsPerSecond: round((times.length / total) * 1000),
    p50Ms: round(quantile(times, 0.5)),
    p99Ms: round(quantile(times, 0.99)),
  };
}
