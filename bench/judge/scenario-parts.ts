/** What scenarios are put together from: the usual arm, volumes, how a day moves, and one function for each kind. */
import type { ArmModel, Moment, Scenario } from './scenario.ts';
import { HORIZON } from './scenario.ts';

export const base: ArmModel = {
  accept: 0.2,
  dismiss: 0.2,
  undelivered: 0.01,
  medianMs: 400,
  sigma: 0.7,
  tail: { share: 0, times: 1 },
  plusMs: 0,
};
export const still: Moment = { accept: 1, dismiss: 1, latency: 1 };
export const LOW = 3;
const MEDIUM = 30;
export const HIGH = 300;
/** Both arms slide over the day: fewer accept, more dismiss, everything takes longer. */
export const worsening = (t: number): Moment => ({
  accept: 1 - 0.5 * (t / HORIZON),
  dismiss: 1 + 0.5 * (t / HORIZON),
  latency: 1 + t / HORIZON,
});
export const daily = (t: number): Moment => {
  const wave = Math.sin((2 * Math.PI * t) / HORIZON);
  return { accept: 1 + 0.4 * wave, dismiss: 1 - 0.3 * wave, latency: 1 - 0.4 * wave };
};
export const incident = (t: number): Moment =>
  t > 120 && t <= 180 ? { accept: 0.5, dismiss: 1.5, latency: 3 } : still;
export const rising = (t: number): number => [0.05, 0.1, 0.25, 0.5][Math.min(3, Math.floor((t - 1) / 90))] ?? 0.5;

export type Change = Partial<Omit<Scenario, 'name' | 'title' | 'kind'>>;

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
    historyCards: 600,
    habitsChanged: false,
    ...change,
  };
}

export function nothing(name: string, title: string, change: Change): Scenario {
  return scenario('null', name, title, change);
}

export function harm(name: string, title: string, candidate: Partial<ArmModel>, change: Change = {}): Scenario {
  return scenario('harm', name, title, withCandidate(candidate, change));
}

/** Worse by no more than the tolerance, or better: false to roll back, as a null scenario is. */
export function tolerable(name: string, title: string, candidate: Partial<ArmModel>, change: Change = {}): Scenario {
  return scenario('tolerable', name, title, withCandidate(candidate, change));
}

/** At the margin itself: may be rolled back or left undecided, but is promoted at most as often as alpha. */
export function edge(name: string, title: string, candidate: Partial<ArmModel>, change: Change = {}): Scenario {
  return scenario('edge', name, title, withCandidate(candidate, change));
}

/** What is not said of the candidate is the scenario's own baseline's. */
function withCandidate(candidate: Partial<ArmModel>, change: Change): Change {
  return { candidate: { ...(change.base ?? base), ...candidate }, ...change };
}

export function other(name: string, title: string, change: Change): Scenario {
  return scenario('other', name, title, change);
}

export function both(change: Partial<ArmModel>): Change {
  return { base: { ...base, ...change }, candidate: { ...base, ...change } };
}
