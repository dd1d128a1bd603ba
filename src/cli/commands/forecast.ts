/** `forecast <plan>`: what to expect of a plan before it starts. */
import type { Command } from 'commander';
import { AssistError } from '../../configurator/errors.ts';
import { inWords, TYPICAL_TRAFFIC } from '../../domain/forecast/assumptions.ts';
import type { Assumptions } from '../../domain/forecast/assumptions.ts';
import { audiencesOf } from '../../domain/forecast/audiences.ts';
import type { AudienceShare } from '../../domain/forecast/audiences.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { forecast as forecastOf } from '../../domain/forecast/forecast.ts';
import { RATES } from '../../domain/metrics/index.ts';
import type { RateWord } from '../../domain/metrics/index.ts';
import { seededRandom } from '../../domain/shared/random.ts';
import { loadPlan } from '../../lint/lint.ts';
import { findStore, withStore } from '../../compose/store.ts';
import { audienceShares } from '../../store/audience-share.ts';
import { baseRates } from '../../store/base-rates.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_OBJECT, decimal, wholeNumber } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { madeLines } from '../view/forecast-view.ts';
import type { MadeForecast } from '../view/forecast-view.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { planAndCardFiles } from '../../compose/plan-files.ts';

export function forecast(run: Run): Command {
  const help = {
    description: 'how long a plan takes to catch harm and to prove safety, and how often it is wrong',
    examples: ['forecast examples/refund-assist-1.5.0.yaml --cards-per-hour 4000 --acceptance 40 --runs 50'],
  };
  const verb = createVerb('forecast', help)
    .argument('<plan>', 'plan file')
    .option('--cards-per-hour <number>', 'both versions together', decimal(0, 1e9));
  for (const { forecast: rate } of RATES) verb.option(`--${rate.word} <percent>`, 'of the cards', decimal(0, 100));
  return verb
    .option('--latency-p50 <ms>', 'median delivery latency', decimal(1, 86_400_000))
    .option('--latency-p95 <ms>', '95th percentile', decimal(1, 86_400_000))
    .option('--agents <number>', 'who see the card', wholeNumber(1, 1_000_000))
    .option(
      '--days <number>',
      'what is not given comes from the last so many days of the event store',
      wholeNumber(1, 365),
      7,
    )
    .option('--runs <number>', 'simulated rollouts for each figure', wholeNumber(1, 10_000), 20)
    .option('--seed <number>', 'of the simulation', wholeNumber(0, 999_999_999), 1)
    .option(...JSON_OBJECT)
    .action((plan: string, { runs, seed, days, json, ...given }: ForecastOptions) =>
      run((deps) => forecastPlan(deps, { plan, runs, seed, days, json, given: assumptionsOf(given) })),
    );
}

/** The options of rates are their words. */
interface ForecastOptions extends JsonOption, Partial<Readonly<Record<RateWord, number>>> {
  readonly cardsPerHour?: number;
  readonly latencyP50?: number;
  readonly latencyP95?: number;
  readonly agents?: number;
  readonly runs: number;
  readonly seed: number;
  readonly days: number;
}

interface ForecastArgs {
  readonly json: boolean | undefined;
  readonly plan: string;
  readonly runs: number;
  readonly seed: number;
  /** What is not given comes from the last days of the event store, where there is one. */
  readonly given: Partial<Omit<Assumptions, 'rates'>> & { readonly rates: Partial<Assumptions['rates']> };
  readonly days: number;
}

const MAX_CARDS = 150_000;

/** Exit code 2 when the plan can never promote a harmless version with this traffic. */
async function forecastPlan(deps: Deps, args: ForecastArgs): Promise<number> {
  const plan = await loadPlan(args.plan, planAndCardFiles(deps.env));
  const made = await forecastFor(deps, plan, {
    ...args,
    onPlay: () =>
      deps.out.stderr(`Playing rollouts, ${args.runs} for each figure (--runs); many cards take a minute.\n`),
  });
  if (made === null) {
    const { message, remedy } = unknownVolume(deps, plan, args.days);
    throw new AssistError('usage', message, remedy);
  }
  const { result, assumed, audiences } = made;
  if (args.json)
    printJson(deps.out, {
      kind: 'forecast',
      action: plan.action.name,
      version: plan.action.version,
      assumed: inWords(assumed),
      runs: args.runs,
      seed: args.seed,
      audiences,
      ...result,
    });
  else printLines(deps.out, madeLines(plan, made));
  return result.pointless ? EXIT.badInput : EXIT.ok;
}

/** What to say where nothing is known of its volume. */
export function unknownVolume(
  { env }: Pick<Deps, 'env'>,
  { action }: Plan,
  days: number,
): { readonly message: string; readonly remedy: string } {
  return findStore({ env }) === null
    ? {
        message: `Nothing is known of the volume of ${action.name}: there is no event store here.`,
        remedy:
          'Give --cards-per-hour, or DATABASE_URL or ASSIST_ROLLOUTS_HOME of a store with cards of the last days.',
      }
    : {
        message: `Nothing is known of the volume of ${action.name}: the event store has no cards of it of the last ${days} days.`,
        remedy: 'Give --cards-per-hour, what you expect of both versions together; its first rollout tells the store.',
      };
}

interface OnPlay {
  /** Called before it takes its time. */
  readonly onPlay?: () => void;
}

/** Null: nothing is known of its volume. */
export async function forecastFor(
  deps: Deps,
  plan: Plan,
  { given, days, runs, seed, onPlay }: Pick<ForecastArgs, 'given' | 'days' | 'runs' | 'seed'> & OnPlay,
): Promise<MadeForecast | null> {
  const { known, audiences } = await fromStore(deps, plan, days);
  const rates = { ...TYPICAL_TRAFFIC.rates, ...known?.rates, ...given.rates };
  const traffic = { ...TYPICAL_TRAFFIC, ...known, ...given, rates };
  const { cardsPerHour } = traffic;
  if (cardsPerHour === undefined || !(cardsPerHour > 0)) return null;
  const assumed: Assumptions = { ...traffic, cardsPerHour };
  onPlay?.();
  const result = forecastOf(plan, assumed, {
    runs,
    maxCards: MAX_CARDS,
    audiences,
    random: (run) => seededRandom(seed * 10_007 + run),
  });
  const from =
    known === null ? 'given, else typical values' : `given, else from the last ${days} days of the event store`;
  return { result, assumed, audiences, from };
}

interface FromStore {
  readonly known: Assumptions | null;
  readonly audiences: readonly AudienceShare[];
}

async function fromStore(deps: Deps, plan: Plan, days: number): Promise<FromStore> {
  if (findStore(deps) === null) return { known: null, audiences: audiencesOf(plan).map((of) => ({ of, share: null })) };
  return withStore(deps, async (db) => {
    const since = new Date(deps.now() - days * 86_400_000);
    const rates = await baseRates(db, plan.action.name, since, deps.now());
    return { known: rates?.rates ?? null, audiences: await audienceShares(db, plan, since) };
  });
}

/** Percentages as shares, and only what was given. */
function assumptionsOf(given: Omit<ForecastOptions, 'runs' | 'seed' | 'days' | 'json'>): ForecastArgs['given'] {
  const { cardsPerHour, latencyP50, latencyP95, agents } = given;
  const rates = RATES.flatMap(({ name, forecast: { word } }) => {
    const percent = given[word];
    return percent === undefined ? [] : [[name, percent / 100]];
  });
  const all = { cardsPerHour, latencyP50Ms: latencyP50, latencyP95Ms: latencyP95, agents };
  const others = Object.entries(all).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(others), rates: Object.fromEntries(rates) };
}
