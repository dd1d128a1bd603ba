/** A scenario's stream of looks, drawn from a seed: the same scenario and seed always give the same stream. */
import { betaByCorrelation, poisson } from './draws.ts';
import type { ArmLook, StepConfig, StreamLook } from './protocol.ts';
import type { Random } from '../../src/domain/shared/random.ts';
import { seededRandom } from '../../src/domain/shared/random.ts';
import type { ArmModel, Moment, Scenario } from './scenario.ts';
import { AGENTS, ALPHA, HORIZON, MARGIN, USUAL_SHARE } from './scenario.ts';
import { still } from './scenario-parts.ts';

export function* looksOf(scenario: Scenario, seed: number): Generator<StreamLook> {
  const random = seededRandom(seed);
  const agents = drawAgents(random, scenario);
  const [baseBurst, candidateBurst] = [{ last: -1 }, { last: -1 }];
  for (let t = 1; t <= HORIZON; t++) {
    const share = scenario.share(t);
    const moment = scenario.moment(t);
    const total = scenario.perMinute / USUAL_SHARE;
    const first = Math.round(AGENTS * share);
    const candidate = t > scenario.onset ? scenario.candidate : scenario.base;
    const baseCards = poisson(random, total * (1 - share) * (1 - scenario.lost.base));
    const candidateCards = poisson(random, total * share * (1 - scenario.lost.candidate));
    const common = { random, moment, agents, burst: scenario.burst };
    yield {
      t,
      final: t === HORIZON,
      share,
      base: drawArm({ ...common, model: scenario.base, cards: baseCards, from: first, to: AGENTS, state: baseBurst }),
      cand: drawArm({ ...common, model: candidate, cards: candidateCards, from: 0, to: first, state: candidateBurst }),
    };
  }
}

/** Of the stream of the same seed. */
export function configOf(scenario: Scenario, seed: number): StepConfig {
  const { accept, dismiss, undelivered, medianMs, sigma } = scenario.base;
  const delivered = (1 - undelivered) * scenario.historyFactor;
  const quantile = (z: number): number => medianMs * Math.exp(z * sigma) * scenario.historyFactor;
  const history = {
    agents: agentHistory(scenario, seed),
    accept: accept * delivered,
    dismiss: dismiss * delivered,
    p50: quantile(0),
    p95: quantile(1.644854),
    p99: quantile(2.326348),
  };
  return {
    alpha: ALPHA,
    horizon: HORIZON,
    share: scenario.share(1),
    margin: MARGIN,
    history,
    slo: {
      accept: history.accept * (1 - MARGIN.accept),
      dismiss: history.dismiss * (1 + MARGIN.dismiss),
      p95: history.p95 * (1 + MARGIN.p95),
    },
  };
}

interface Agents {
  /** Each agent's rates over the mean ones, and its slowness as a shift of the log latency in units of sigma. */
  readonly accept: readonly number[];
  readonly dismiss: readonly number[];
  readonly slowness: readonly number[];
  /** What is left of the log latency's standard deviation within an agent. */
  readonly within: number;
}

const OTHER_DRAWS = 0x9e3779b9;

/** What the agents of the stream made of the baseline's cards before. */
function agentHistory(scenario: Scenario, seed: number): StepConfig['history']['agents'] {
  const agents = drawAgents(seededRandom(seed), scenario);
  const random = seededRandom((seed ^ OTHER_DRAWS) >>> 0);
  const draw = { random, moment: still, agents, model: scenario.base };
  const everyone = Array.from({ length: AGENTS }, (_, agent) => agent);
  const outcomes = everyone.map((agent) => {
    const who = scenario.habitsChanged ? (agent + AGENTS / 2) % AGENTS : agent;
    return Array.from({ length: scenario.historyCards }, () =>
      random.next() < scenario.base.undelivered ? 0 : drawOutcome(draw, who),
    );
  });
  const count = (outcome: number) => outcomes.map((all) => all.filter((one) => one === outcome).length);
  return { agent: everyone, cards: everyone.map(() => scenario.historyCards), accepted: count(1), dismissed: count(2) };
}

function drawAgents(random: Random, { base, icc }: Scenario): Agents {
  const everyone = <T>(draw: () => T): T[] => Array.from({ length: AGENTS }, draw);
  const ratio = (mean: number): number =>
    icc.outcomes === 0 ? 1 : betaByCorrelation(random, mean, icc.outcomes) / mean;
  return {
    accept: everyone(() => ratio(base.accept)),
    dismiss: everyone(() => ratio(base.dismiss)),
    slowness: everyone(() => (icc.latency === 0 ? 0 : Math.sqrt(icc.latency) * random.normal())),
    within: Math.sqrt(1 - icc.latency),
  };
}

interface ArmDraw {
  readonly random: Random;
  readonly moment: Moment;
  readonly agents: Agents;
  readonly burst: number;
  readonly model: ArmModel;
  readonly cards: number;
  /** Agents of this arm: [from, to). */
  readonly from: number;
  readonly to: number;
  readonly state: { last: number };
}

function drawArm(draw: ArmDraw): ArmLook {
  const out: number[] = [];
  const lat: (number | null)[] = [];
  const agent: number[] = [];
  for (let i = 0; i < draw.cards; i++) {
    const who = nextAgent(draw);
    const delivered = draw.random.next() >= draw.model.undelivered;
    agent.push(who);
    out.push(delivered ? drawOutcome(draw, who) : 0);
    lat.push(delivered ? drawLatency(draw, who) : null);
  }
  return { out, lat, agent };
}

function nextAgent({ random, burst, from, to, state }: ArmDraw): number {
  const again = burst > 0 && state.last >= from && state.last < to && random.next() < burst;
  if (!again) state.last = from + Math.floor(random.next() * (to - from));
  return state.last;
}

function drawOutcome(
  { random, moment, agents, model }: Pick<ArmDraw, 'random' | 'moment' | 'agents' | 'model'>,
  who: number,
): number {
  const accept = Math.min(0.98, model.accept * moment.accept * (agents.accept[who] ?? 1));
  const dismiss = model.dismiss * moment.dismiss * (agents.dismiss[who] ?? 1);
  const draw = random.next();
  if (draw < accept) return 1;
  return draw < accept + dismiss ? 2 : 0;
}

function drawLatency({ random, moment, agents, model }: ArmDraw, who: number): number {
  const shift = (agents.slowness[who] ?? 0) + agents.within * random.normal();
  const times = model.tail.share > 0 && random.next() < model.tail.share ? model.tail.times : 1;
  return Math.round(model.medianMs * moment.latency * times * Math.exp(model.sigma * shift) + model.plusMs);
}
