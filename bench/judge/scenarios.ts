/**
 * The benchmark's scenarios: canary steps of six hours with a look a minute, 200 agents of whom as many see the
 * candidate as the split says (20 at 10/90), log-normal latencies. Null scenarios differ in rate, volume, movement over
 * time and clustering; harm moves one thing, beyond the margin or to it. What is worse within the tolerance is in `tolerable-scenarios.ts`.
 */
import type { Scenario } from './scenario.ts';
import {
  base,
  both,
  daily,
  edge,
  harm,
  HIGH,
  incident,
  LOW,
  nothing,
  other,
  rising,
  worsening,
} from './scenario-parts.ts';

const ONSET = 45;

export const scenarios: readonly Scenario[] = [
  nothing('null-5', 'acceptance 5 %', both({ accept: 0.05 })),
  nothing('null-20', 'acceptance 20 %', {}),
  nothing('null-40', 'acceptance 40 %', both({ accept: 0.4 })),
  nothing('null-low', '3 candidate exposures a minute', { perMinute: LOW }),
  nothing('null-high', '300 candidate exposures a minute', { perMinute: HIGH }),
  nothing('null-drift', 'drift through the day', { moment: daily }),
  nothing('null-incident', 'an incident in both arms', { moment: incident }),
  nothing('null-rising', 'the split rises while the day gets worse', { share: rising, moment: worsening }),
  nothing('null-agents', 'outcomes cluster by agent (0.03)', { icc: { outcomes: 0.03, latency: 0 }, burst: 0.5 }),
  nothing('null-agents-latency', 'latency clusters by agent (0.03)', {
    icc: { outcomes: 0, latency: 0.03 },
    burst: 0.5,
  }),
  nothing('null-agents-high', 'both cluster by agent, 300 a minute', {
    perMinute: HIGH,
    icc: { outcomes: 0.03, latency: 0.03 },
  }),
  nothing('null-agents-rising', 'both cluster, split rises, day gets worse', {
    share: rising,
    moment: worsening,
    icc: { outcomes: 0.03, latency: 0.03 },
  }),
  nothing('null-history', "last month's figures 30 % too low", { historyFactor: 0.7 }),
  nothing('null-tail', 'a heavier tail (sigma 1.2)', both({ sigma: 1.2 })),

  harm('accept-25', 'acceptance -25 %', { accept: 0.15 }),
  harm('accept-50', 'acceptance -50 %', { accept: 0.1 }),
  harm('accept-50-low', 'acceptance -50 %, 3 a minute', { accept: 0.1 }, { perMinute: LOW }),
  harm(
    'accept-50-agents',
    'acceptance -50 %, clustered agents',
    { accept: 0.1 },
    { icc: { outcomes: 0.03, latency: 0.03 } },
  ),
  harm('accept-25-drift', 'acceptance -25 %, drift through the day', { accept: 0.15 }, { moment: daily }),
  harm(
    'accept-25-rising',
    'acceptance -25 %, the split rises while the day gets worse',
    { accept: 0.15 },
    { share: rising, moment: worsening },
  ),
  harm('accept-50-rare', 'acceptance 5 % halved', { accept: 0.025 }, { base: { ...base, accept: 0.05 } }),
  harm('dismiss-25', 'dismissal +25 %', { dismiss: 0.25 }),
  harm('latency-1.5', 'latency x1.5', { medianMs: 600 }),
  harm('latency-2', 'latency x2', { medianMs: 800 }),
  harm('latency-5', 'latency x5', { medianMs: 2000 }),
  harm('latency-1.5-low', 'latency x1.5, 3 a minute', { medianMs: 600 }, { perMinute: LOW }),
  harm('latency-2-low', 'latency x2, 3 a minute', { medianMs: 800 }, { perMinute: LOW }),
  harm(
    'latency-1.5-agents',
    'latency x1.5, clustered agents',
    { medianMs: 600 },
    { icc: { outcomes: 0.03, latency: 0.03 } },
  ),
  harm('tail', '1 % of the cards x20', { tail: { share: 0.01, times: 20 } }),
  harm('p95-2', 'p95 doubled, same median', { sigma: base.sigma + Math.LN2 / 1.644854 }),
  harm(
    'p95-2-low',
    'p95 doubled, same median, 3 a minute',
    { sigma: base.sigma + Math.LN2 / 1.644854 },
    { perMinute: LOW },
  ),
  harm('late-accept-25', 'acceptance -25 % after 45 min', { accept: 0.15 }, { onset: ONSET }),
  harm('late-accept-50', 'acceptance -50 % after 45 min', { accept: 0.1 }, { onset: ONSET }),
  harm('late-latency-2', 'latency x2 after 45 min', { medianMs: 800 }, { onset: ONSET }),
  harm(
    'late-accept-50-low',
    'acceptance -50 % after 45 min, 3 a minute',
    { accept: 0.1 },
    { onset: ONSET, perMinute: LOW },
  ),
  harm(
    'late-latency-2-low',
    'latency x2 after 45 min, 3 a minute',
    { medianMs: 800 },
    { onset: ONSET, perMinute: LOW },
  ),

  edge('accept-10', 'acceptance exactly a margin lower', { accept: 0.18 }),
  edge('accept-10-high', 'acceptance exactly a margin lower, 300 a minute', { accept: 0.18 }, { perMinute: HIGH }),
  edge('edge-accept-drift', 'acceptance exactly a margin lower, drift', { accept: 0.18 }, { moment: daily }),
  edge(
    'edge-accept-agents',
    'acceptance exactly a margin lower, clustered agents',
    { accept: 0.18 },
    { icc: { outcomes: 0.03, latency: 0.03 } },
  ),
  edge(
    'edge-dismiss-rising',
    'dismissal exactly a margin higher, split rises',
    { dismiss: 0.22 },
    { share: rising, moment: worsening },
  ),
  edge(
    'edge-latency-agents',
    'latency exactly a margin slower, clustered agents',
    { medianMs: 500 },
    { icc: { outcomes: 0.03, latency: 0.03 } },
  ),

  other('lost-candidate', "30 % of the candidate's events lost", { lost: { base: 0, candidate: 0.3 } }),
  other('lost-baseline', "30 % of the baseline's events lost", { lost: { base: 0.3, candidate: 0 } }),
  other('no-data', 'nothing from the candidate', { lost: { base: 0, candidate: 1 } }),
  other('better', 'acceptance +20 %, latency x0.8', { candidate: { ...base, accept: 0.24, medianMs: 320 } }),
];
