/**
 * The benchmark's scenarios: canary steps of six hours with a look a minute, 200 agents of whom as many see the
 * candidate as the split
 * says (20 at 10/90), log-normal latencies. Null scenarios differ in rate, volume, movement over time and clustering;
 * harm moves one thing.
 */
import type { ArmModel, Moment, Scenario } from './scenario.ts';
import { HORIZON } from './scenario.ts';

const base: ArmModel = {
  accept: 0.2,
  dismiss: 0.2,
  undelivered: 0.01,
  medianMs: 400,
  sigma: 0.7,
  tail: { share: 0, times: 1 },
};
const still: Moment = { accept: 1, dismiss: 1, latency: 1 };
const LOW = 3;
const MEDIUM = 30;
const HIGH = 300;
const ONSET = 45;
/** Both arms slide over the day: fewer accept, more dismiss, everything takes longer. */
const worsening = (t: number): Moment => ({
  accept: 1 - 0.5 * (t / HORIZON),
  dismiss: 1 + 0.5 * (t / HORIZON),
  latency: 1 + t / HORIZON,
});
const daily = (t: number): Moment => {
  const wave = Math.sin((2 * Math.PI * t) / HORIZON);
  return { accept: 1 + 0.4 * wave, dismiss: 1 - 0.3 * wave, latency: 1 - 0.4 * wave };
};
const incident = (t: number): Moment => (t > 120 && t <= 180 ? { accept: 0.5, dismiss: 1.5, latency: 3 } : still);
const rising = (t: number): number => [0.05, 0.1, 0.25, 0.5][Math.min(3, Math.floor((t - 1) / 90))] ?? 0.5;

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

  harm('accept-10', 'acceptance -10 %', { accept: 0.18 }),
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
  harm('accept-10-high', 'acceptance -10 %, 300 a minute', { accept: 0.18 }, { perMinute: HIGH }),
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

/**
 * The stage after the last step: 95 % see the candidate, the rest is held back. Only when they are named
 * (docs/judge.md, "After the
 * promotion"); the scarce cards are the baseline's, of 10 agents.
 */
const heldBack: Change = { share: () => 0.95 };
export const holdbackScenarios: readonly Scenario[] = [
  nothing('holdback-null', 'holdback: harmless', heldBack),
  nothing('holdback-null-drift', 'holdback: drift through the day', { ...heldBack, moment: daily }),
  nothing('holdback-null-agents', 'holdback: outcomes and latency cluster by agent', {
    ...heldBack,
    icc: { outcomes: 0.03, latency: 0.03 },
  }),
  nothing('holdback-null-low', 'holdback: 1.5 baseline exposures a minute', { ...heldBack, perMinute: LOW }),
  harm('holdback-accept-50', 'holdback: acceptance -50 %', { accept: 0.1 }, heldBack),
  harm(
    'holdback-accept-50-agents',
    'holdback: acceptance -50 %, clustered agents',
    { accept: 0.1 },
    { ...heldBack, icc: { outcomes: 0.03, latency: 0.03 } },
  ),
  harm('holdback-latency-2', 'holdback: latency x2', { medianMs: 800 }, heldBack),
  harm(
    'holdback-latency-2-low',
    'holdback: latency x2, 1.5 baseline exposures a minute',
    { medianMs: 800 },
    { ...heldBack, perMinute: LOW },
  ),
  harm('holdback-p95-2', 'holdback: p95 doubled, same median', { sigma: base.sigma + Math.LN2 / 1.644854 }, heldBack),
];

/** Of every scenario that can be named. */
export function scenarioNamed(name: string): Scenario | undefined {
  return [...scenarios, ...holdbackScenarios].find((one) => one.name === name);
}

type Change = Partial<Omit<Scenario, 'name' | 'title' | 'kind'>>;

function scenario(kind: Scenario['kind'], name: string, title: string, change: Change): Scenario {
  return {
    kind,
    name,
    title,
    perMinute: MEDIUM,
    base,
    candidate: base,
    onset: 0,
    share: () => 0.1,
    moment: () => still,
    icc: { outcomes: 0, latency: 0 },
    burst: 0,
    lost: { base: 0, candidate: 0 },
    historyFactor: 1,
    ...change,
  };
}

function nothing(name: string, title: string, change: Change): Scenario {
  return scenario('null', name, title, change);
}

function harm(name: string, title: string, candidate: Partial<ArmModel>, change: Change = {}): Scenario {
  return scenario('harm', name, title, { candidate: { ...base, ...candidate }, ...change });
}

/** At the margin itself: may be rolled back or left undecided, but is promoted at most as often as alpha. */
function edge(name: string, title: string, candidate: Partial<ArmModel>, change: Change = {}): Scenario {
  return scenario('other', name, title, { candidate: { ...base, ...candidate }, ...change });
}

function other(name: string, title: string, change: Change): Scenario {
  return scenario('other', name, title, change);
}

function both(change: Partial<ArmModel>): Change {
  return { base: { ...base, ...change }, candidate: { ...base, ...change } };
}
