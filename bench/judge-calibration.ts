/**
 * How much of alpha the judge spends at the edge of what is tolerated, by alpha: as Ville's inequality asks for evidence
 * (1/alpha), and as the judge does (calibration.ts). Every stream is judged to its end, whatever was said before.
 * Usage: npm run bench:judge-calibration -- [--streams N] [--seed N] [--only <scenario>,...] [--json]
 * One process; the evidence is that of all guardrails together, whose shares of alpha stay as they are.
 */
import { slackOf } from '../src/domain/judge/maths/calibration.ts';
import { createStreamJudge } from '../src/domain/judge/stream.ts';
import { shareOf } from '../src/domain/shared/share.ts';
import type { Share } from '../src/domain/shared/share.ts';
import { scenarioNamed, usualScenarios } from './judge/all-scenarios.ts';
import { configOf, looksOf } from './judge/generator.ts';
import { streamSeed } from './judge/run.ts';
import { ALPHA } from './judge/scenario.ts';
import type { Scenario } from './judge/scenario.ts';
import { benchOptions } from './lib/bench-options.ts';

const ALPHAS = [0.2, 0.1, 0.05, 0.02, 0.01] as const;
const FEWER_OF_HIGH_VOLUME = 10;

const values = benchOptions({
  streams: { type: 'string', default: '100' },
  seed: { type: 'string', default: '1000' },
  only: { type: 'string' },
  json: { type: 'boolean', default: false },
});
const chosen = values.only?.split(',').map(scenarioNamed) ?? usualScenarios.filter(({ kind }) => kind === 'tolerable');
const spends = chosen.flatMap((scenario) => (scenario === undefined ? [] : [measure(scenario)]));
process.stdout.write(`${tableOf(spends)}\nSeed ${values.seed}.\n`);
if (values.json) process.stdout.write(`${JSON.stringify({ seed: Number(values.seed), spends })}\n`);

interface Spend {
  readonly name: string;
  /** Of each stream: the highest evidence of all looks, as a multiple of what its budget weighs (an e-value). */
  readonly peaks: readonly number[];
}

function measure(scenario: Scenario): Spend {
  const asked = Number(values.streams);
  const streams = scenario.perMinute > 100 ? Math.ceil(asked / FEWER_OF_HIGH_VOLUME) : asked;
  const peaks = Array.from({ length: streams }, (_, i) =>
    peakOf(scenario, streamSeed(Number(values.seed), scenario.name, i)),
  );
  return { name: scenario.name, peaks };
}

function peakOf(scenario: Scenario, seed: number): number {
  const judge = createStreamJudge();
  judge.line({ type: 'reset', config: configOf(scenario, seed) });
  let evidence = 0;
  for (const look of looksOf(scenario, seed))
    evidence = (judge.line({ type: 'look', ...look }) as { readonly evidence: number }).evidence;
  return evidence / (slackOf(ALPHA) * ALPHA);
}

/** Share of the streams that reach 1 / (slack x alpha), over alpha; with how many, and Wilson's interval. */
function spentText(peaks: readonly number[], alpha: number, slack: number): string {
  const { hits, of, low, high } = reached(peaks, alpha, slack);
  const part = (share: number): string => (share / alpha).toFixed(2);
  return `${part(hits / of)} (${part(low)}-${part(high)}, ${hits} of ${of})`;
}

function tableOf(all: readonly Spend[]): string {
  const rows = ALPHAS.flatMap((alpha) =>
    [1, slackOf(alpha)].map((slack) => {
      const share = ({ peaks }: Spend): number => reached(peaks, alpha, slack).hits / peaks.length;
      const worst = all.toSorted((a, b) => share(b) - share(a))[0];
      const everywhere = all.flatMap(({ peaks }) => peaks);
      return (
        `| ${alpha} | ${slack.toFixed(2)} | ${spentText(everywhere, alpha, slack)} | ` +
        `${spentText(worst?.peaks ?? [], alpha, slack)}: ${worst?.name ?? ''} |`
      );
    }),
  );
  return ['| alpha | slack | spent: all streams | worst scenario |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function reached(peaks: readonly number[], alpha: number, slack: number): Share {
  return shareOf(peaks, (peak) => peak >= 1 / (slack * alpha));
}
