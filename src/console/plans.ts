/** A plan that is being written: what is wrong with it, and what to expect of it. Nothing of it is kept. */
import { resolve } from 'node:path';
import type { Assumptions } from '../domain/forecast/assumptions.ts';
import { TYPICAL_TRAFFIC } from '../domain/forecast/assumptions.ts';
import { audiencesOf } from '../domain/forecast/audiences.ts';
import type { AudienceShare } from '../domain/forecast/audiences.ts';
import type { Forecast } from '../domain/forecast/forecast.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Problem } from '../domain/plan/problem.ts';
import { stepLabel } from '../domain/plan/steps/steps.ts';
import { lintFiles, loadPlan } from '../lint/lint.ts';
import type { LintDeps } from '../lint/lint.ts';
import { createKept } from './kept.ts';
import type { ForecastAsked, Forecaster } from '../subprocesses/forecaster.ts';

export interface PlanLook {
  readonly problems: readonly Problem[];
  /** Null: something is wrong with it. */
  readonly plan: Plan | null;
  readonly steps: readonly string[];
  /** When its splits may rise next, in words. */
  readonly openings: readonly string[];
}

export interface PlanForecast {
  readonly forecast: Forecast;
  readonly assumed: Assumptions;
  /** Where the assumptions come from, in words that go on after the volume. */
  readonly from: string;
}

/** What is known of the traffic of an action; null: nothing is. */
export interface Traffic {
  readonly assumed: Assumptions;
  readonly audiences: readonly AudienceShare[];
  readonly from: string;
}

export interface PlansDeps {
  /** As `lint` is held to here; the plan's own text goes before its readFile. */
  readonly lint: LintDeps;
  readonly traffic: ((plan: Plan) => Promise<Traffic | null>) | null;
  readonly forecaster: Pick<Forecaster, 'forecast'>;
}

export interface Plans {
  look(text: string): Promise<PlanLook>;
  /** `cardsPerHour`: instead of what is known. A text: why there is none. */
  forecast(plan: Plan, cardsPerHour: number | null): Promise<PlanForecast | string>;
}

/** Why there is none, in a sentence. */
class NoForecast extends Error {}

/** Of no folder of this machine. */
const PLAN = resolve('/plan.yaml');
/** Enough to see an hour from a day; the command line simulates more. */
const RUNS = 5;
const SEED = 10_007;
const MAX_CARDS = 40_000;
const ELSEWHERE = '`assist-rollouts forecast <plan.yaml>` has the time and the room.';

export function createPlans({ lint, traffic, forecaster }: PlansDeps): Plans {
  const kept = createKept<PlanForecast>({ most: 50 });
  return {
    async look(text) {
      const deps = { ...lint, readFile: onlyOf(text, lint) };
      const [result] = await lintFiles([PLAN], deps);
      const problems = (result?.problems ?? []).map(withoutFiles);
      if (result?.ok !== true) return { problems, plan: null, steps: [], openings: [] };
      const plan = await loadPlan(PLAN, deps);
      return { problems, plan, steps: plan.steps.map(stepLabel), openings: result.openings ?? [] };
    },
    forecast(plan, cardsPerHour) {
      return kept
        .of(JSON.stringify([plan, cardsPerHour]), () => forecastOf(plan, cardsPerHour))
        .catch((error: unknown) => {
          if (error instanceof NoForecast) return error.message;
          throw error;
        });
    },
  };

  async function forecastOf(plan: Plan, cardsPerHour: number | null): Promise<PlanForecast> {
    const known = (await traffic?.(plan)) ?? null;
    const assumed = { ...TYPICAL_TRAFFIC, ...known?.assumed, ...(cardsPerHour !== null && { cardsPerHour }) };
    if (assumed.cardsPerHour === undefined || !(assumed.cardsPerHour > 0))
      throw new NoForecast(
        `Nothing is known of the volume of ${plan.action.name}; say how many cards an hour there are.`,
      );
    const whole = { ...assumed, cardsPerHour: assumed.cardsPerHour };
    const audiences = known?.audiences ?? audiencesOf(plan).map((of) => ({ of, share: null }));
    const forecast = await simulated({ plan, assumed: whole, audiences, seed: SEED, runs: RUNS, maxCards: MAX_CARDS });
    const from = known === null ? 'typical values' : known.from;
    return {
      forecast,
      assumed: whole,
      from: cardsPerHour === null ? `from ${from}` : `as you say; all else from ${from}`,
    };
  }

  /** Whatever ended it without an answer is told as that: the page has the rest of the look to show. */
  async function simulated(asked: ForecastAsked): Promise<Forecast> {
    const broken = (error: unknown): never => {
      const why = error instanceof Error ? error.message.replace(/[.\s]+$/, '') : 'nothing says why';
      throw new NoForecast(`The simulation ended without an answer: ${why}. ${ELSEWHERE}`);
    };
    const forecast = await forecaster.forecast(asked).catch(broken);
    if (forecast === null) throw new NoForecast(`The simulation takes too long here. ${ELSEWHERE}`);
    return forecast;
  }
}

/** The text and the organisation's templates: a page names no other file of this machine. */
function onlyOf(text: string, { readFile, defaultsFile }: LintDeps): LintDeps['readFile'] {
  return async (path, bounds) => {
    // A card is looked for within a folder, and the plan is none.
    if (path === PLAN && bounds.within === undefined) return text;
    if (defaultsFile && path === defaultsFile) return readFile(path, bounds);
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  };
}

/** What stands at a machine's places is told in words of the page. */
function withoutFiles({ file: _file, ...problem }: Problem): Problem {
  if (problem.code !== 'plan-html-missing') return problem;
  return {
    ...problem,
    message: 'The console reads no files, so it cannot see the card.',
    remedy: 'Write the card into the plan: html: { inline: "<h3>…</h3>" }.',
  };
}
