/** The command line: verbs, their options, and what each calls. */
import { Command } from 'commander';
import { act } from './commands/act.ts';
import { addAudit } from './audit-verbs.ts';
import { addDatabase } from './database-verbs.ts';
import type { DevArgs } from './commands/dev.ts';
import type { DiffArgs } from './commands/diff.ts';
import type { EventsArgs } from './commands/events.ts';
import type { ExplainArgs } from './commands/explain.ts';
import type { JudgeArgs } from './commands/judge.ts';
import type { LintArgs } from './commands/lint.ts';
import { list } from './commands/list.ts';
import type { ListArgs } from './commands/list.ts';
import { recover } from './commands/recover.ts';
import type { RecoverArgs } from './commands/recover.ts';
import type { SandboxArgs } from './commands/sandbox.ts';
import type { PreviewArgs } from './commands/preview.ts';
import { start } from './commands/start.ts';
import type { StartArgs } from './commands/start.ts';
import { status } from './commands/status.ts';
import { watch } from './commands/watch.ts';
import type { DemoArgs } from './commands/demo.ts';
import type { Assumptions } from '../domain/forecast/assumptions.ts';
import type { Act } from '../domain/rollout/acts.ts';
import type { Deps, JsonOption } from './deps.ts';
import { addEventVerbs, addForwarding } from './event-verbs.ts';
import { EXIT_HELP } from './exit-codes.ts';
import { decimal, nonEmpty, personName, portNumber, reasonText, wholeNumber } from './options.ts';
import { MOST_CARDS_PER_SECOND } from '../sandbox/options.ts';
import { addTriggers } from './trigger-verbs.ts';

/** Runs the verb and keeps its exit code. */
export type Run = (verb: (deps: Deps) => Promise<number>) => Promise<void>;

const ACTS: readonly (readonly [Act, string])[] = [
  ['pause', 'stop at this split; guardrails stay live'],
  ['resume', 'go on after a pause'],
  ['approve', 'give the approval that the rollout waits for'],
  ['advance', 'leave the current bake now (not past harm)'],
  ['promote', 'skip the remaining steps and promote (not past harm)'],
  ['abort', 'roll back now, whatever is going on'],
];

export function createProgram(version: string, run: Run): Command {
  const program = new Command('assist-rollouts')
    .description(
      'Rolls out new versions of Genesys Cloud Agent Assist cards, step by step, and rolls back what does harm.',
    )
    .version(version)
    .showHelpAfterError()
    .addHelpText('after', EXIT_HELP);
  addProcesses(program, run);
  addRollouts(program, run);
  addAudit(program, run);
  addDatabase(program, run);
  for (const [name, description] of ACTS) addAct(program, run, name, description);
  addRecover(program, run);
  addChecks(program, run, version);
  addForecast(program, run);
  addExplain(program, run);
  addTriggers(program, run);
  return program;
}

/** What looks at plans and changes nothing. */
function addChecks(program: Command, run: Run, version: string): void {
  const browsers = [
    '--browsers <query>',
    'oldest browsers as a browserslist query (default: CARD_BROWSERS, else "chrome >= 90, firefox >= 88, safari ' +
      '>= 14")',
    nonEmpty,
  ] as const;
  program
    .command('judge')
    .description('the judge by itself: one JSON line in, one verdict out; ends with its input')
    .option('--stream', 'JSON lines on stdin and stdout')
    .option('--json', 'the same: what it writes is JSON')
    .action((options: JudgeArgs) => run(async (deps) => (await import('./commands/judge.ts')).judge(deps, options)));
  program
    .command('lint')
    .description('check plans and their cards, any number at once; contacts nobody')
    .argument('<plan...>', 'plan files')
    .option('--json', 'one line of JSON for each plan')
    .option('--sarif', 'one SARIF 2.1.0 log, for code hosts')
    .option(...browsers)
    .option(
      '--policy <file>',
      'what the organisation asks of every plan; the worker asks it by ORGANISATION_POLICY',
      nonEmpty,
    )
    .action((plans: string[], options: Omit<LintArgs, 'plans'>) =>
      run(async (deps) => (await import('./commands/lint.ts')).lint(deps, { plans, version, ...options })),
    );
  program
    .command('preview')
    .description('what agents will see, beside what they see now')
    .argument('<plan>', 'plan file')
    .option('--out <folder>', 'where to write it (default: preview-<action>-<version>)', nonEmpty)
    .option(
      '--baseline <plan>',
      'the version served now as a plan (default: read from the organisation, where GENESYS_* is set)',
      nonEmpty,
    )
    .option('--no-pictures', 'only the page; do not look for a Chromium')
    .option(...browsers)
    .option('--json', 'one JSON object')
    .action((plan: string, options: Omit<PreviewArgs, 'plan'>) =>
      run(async (deps) => (await import('./commands/preview.ts')).preview(deps, { plan, ...options })),
    );
  program
    .command('diff')
    .description('what a plan would change: document, card, trigger, and how often it would fire')
    .argument('<plan>', 'plan file')
    .option(
      '--against <plan>',
      'the baseline as a plan (default: read from the organisation, where GENESYS_* is set)',
      nonEmpty,
    )
    .option('--others <plan...>', 'plans of other actions, to find triggers that overlap')
    .option(
      '--transcripts <file>',
      'past utterances, one JSON object a line: text, confidence, isFinal, queueId, skillIds',
      nonEmpty,
    )
    .option('--json', 'one JSON object')
    .action((plan: string, options: Omit<DiffArgs, 'plan'>) =>
      run(async (deps) => (await import('./commands/diff.ts')).diff(deps, { plan, ...options })),
    );
}

interface ForecastOptions extends JsonOption {
  readonly cardsPerHour?: number;
  readonly acceptance?: number;
  readonly dismissal?: number;
  readonly undelivered?: number;
  readonly latencyP50?: number;
  readonly latencyP95?: number;
  readonly agents?: number;
  readonly runs: number;
  readonly seed: number;
  readonly days: number;
}

function addForecast(program: Command, run: Run): void {
  program
    .command('forecast')
    .description('how long a plan takes to catch harm and to prove safety, and how often it is wrong')
    .argument('<plan>', 'plan file')
    .option('--cards-per-hour <number>', 'both versions together', decimal(0, 1e9))
    .option('--acceptance <percent>', 'of the cards', decimal(0, 100))
    .option('--dismissal <percent>', 'of the cards', decimal(0, 100))
    .option('--undelivered <percent>', 'of the cards', decimal(0, 100))
    .option('--latency-p50 <ms>', 'median delivery latency', decimal(1, 86_400_000))
    .option('--latency-p95 <ms>', '95th percentile', decimal(1, 86_400_000))
    .option('--agents <number>', 'who see the card', wholeNumber(1, 1_000_000))
    .option(
      '--days <number>',
      'what is not given comes from the last so many days of the event store (DATABASE_URL)',
      wholeNumber(1, 365),
      7,
    )
    .option('--runs <number>', 'simulated rollouts for each figure', wholeNumber(1, 10_000), 20)
    .option('--seed <number>', 'of the simulation', wholeNumber(0, 999_999_999), 1)
    .option('--json', 'one JSON object')
    .action((plan: string, { runs, seed, days, json, ...given }: ForecastOptions) =>
      run(async (deps) =>
        (await import('./commands/forecast.ts')).forecast(deps, {
          plan,
          runs,
          seed,
          days,
          ...(json === undefined ? {} : { json }),
          given: assumptionsOf(given),
        }),
      ),
    );
}

/** Percentages as shares, and only what was given. */
function assumptionsOf(given: Omit<ForecastOptions, 'runs' | 'seed' | 'days' | 'json'>): Partial<Assumptions> {
  const { cardsPerHour, acceptance, dismissal, undelivered, latencyP50, latencyP95, agents } = given;
  const share = (percent: number | undefined): number | undefined =>
    percent === undefined ? undefined : percent / 100;
  const all = {
    cardsPerHour,
    acceptance: share(acceptance),
    dismissal: share(dismissal),
    undelivered: share(undelivered),
    latencyP50Ms: latencyP50,
    latencyP95Ms: latencyP95,
    agents,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function addExplain(program: Command, run: Run): void {
  program
    .command('explain')
    .description("take the verdict of an action's last rollout again from its decision record, offline")
    .argument('<action>', 'name of the action')
    .option('--rollout <id>', 'another rollout of it', nonEmpty)
    .option('--record <file>', 'a record written with --out: needs no database', nonEmpty)
    .option('--out <file>', 'write the record', nonEmpty)
    .option('--json', 'one JSON object')
    .action((action: string, options: Omit<ExplainArgs, 'action'>) =>
      run(async (deps) => (await import('./commands/explain.ts')).explain(deps, { action, ...options })),
    );
}

const JSON_LINES = 'JSON lines on stdout, nothing else';

/** Loaded when they run: the Temporal worker alone takes longer to load than `status` takes to answer. */
function addProcesses(program: Command, run: Run): void {
  program
    .command('demo')
    .description('two rollouts on this machine: a good version is promoted, a harmful one rolled back')
    .option('--keep', 'leave everything up afterwards, until Ctrl-C')
    .option('--json', JSON_LINES)
    .action((options: DemoArgs) => run(async (deps) => (await import('./commands/demo.ts')).demo(deps, options)));
  program
    .command('dev')
    .description('everything in one terminal: Temporal, database, sandbox organisation, events service, worker')
    .option('--temporal-port <port>', 'of the Temporal server', portNumber, 7233)
    .option('--ui-port <port>', 'of the Temporal Web UI', portNumber, 8233)
    .option('--sandbox-port <port>', 'of the sandbox organisation', portNumber, 8450)
    .option('--events-port <port>', 'of the events service', portNumber, 8460)
    .option('--admin-port <port>', 'of its figures and dead letters; default: EVENTS_ADMIN_PORT, else 8461', portNumber)
    .option('--cards <number>', 'simulated cards per second', wholeNumber(0, MOST_CARDS_PER_SECOND), 100)
    .option('--models <json>', 'how versions behave, e.g. {"1.6.0":{"acceptMultiplier":0.65}}')
    .option('--json', JSON_LINES)
    .action((options: DevArgs) => run(async (deps) => (await import('./commands/dev.ts')).dev(deps, options)));
  program
    .command('worker')
    .description('run rollouts (production; configured by the environment)')
    .option('--json', JSON_LINES)
    .action((options: JsonOption) => run(async (deps) => (await import('./commands/worker.ts')).worker(deps, options)));
  const events = program
    .command('events')
    .description('receive engagement events (production; configured by the environment)')
    .option('--port <port>', 'default: EVENTS_PORT, else 8460', portNumber)
    .option('--admin-port <port>', 'default: EVENTS_ADMIN_PORT, else 8461', portNumber)
    .option('--json', JSON_LINES)
    .action((options: EventsArgs) => run(async (deps) => (await import('./commands/events.ts')).events(deps, options)));
  addEventVerbs(events, run);
  addForwarding(program, run);
  program
    .command('sandbox')
    .description('an imitation organisation with simulated conversations')
    .option('--port <port>', '0 takes any free one', portNumber, 8450)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--seed <number>', 'of the simulated traffic', wholeNumber(0, 999_999_999), 1)
    .option('--cards <number>', 'simulated cards per second; 0 for none', wholeNumber(0, MOST_CARDS_PER_SECOND), 100)
    .option('--agents <number>', 'simulated agents', wholeNumber(1, 100_000), 200)
    .option('--models <json>', 'how versions behave, e.g. {"1.6.0":{"acceptMultiplier":0.65}}')
    .option('--state <file>', 'keeps the organisation over restarts')
    .option('--json', JSON_LINES)
    .action((options: SandboxArgs) =>
      run(async (deps) => (await import('./commands/sandbox.ts')).sandbox(deps, options)),
    );
}

function addRollouts(program: Command, run: Run): void {
  const patience = [
    '--patience <seconds>',
    'how long it may be held or need attention before watching ends with exit code 6',
    wholeNumber(0, 86_400),
    30,
  ] as const;
  program
    .command('start')
    .description('start the rollout of a plan')
    .argument('<plan>', 'plan file')
    .option('--watch', 'follow it to its end')
    .option('--by <name>', 'who starts it (default: you)', personName)
    .option('--reason <text>', 'why', reasonText)
    .option('--force', 'even if the plan cannot reach a verdict with the traffic of the last days')
    .option(...patience)
    .option('--json', 'JSON on stdout')
    .action((plan: string, options: Omit<StartArgs, 'plan'>) => run((deps) => start(deps, { plan, ...options })));
  program
    .command('status')
    .description('where the rollout of an action stands')
    .argument('<action>', 'name of the action')
    .option('--json', 'one JSON object')
    .action((action: string, options: { json?: boolean }) => run((deps) => status(deps, { action, ...options })));
  program
    .command('watch')
    .description('follow a rollout to its end')
    .argument('<action>', 'name of the action')
    .option(...patience)
    .option('--json', JSON_LINES)
    .action((action: string, options: { patience: number; json?: boolean }) =>
      run((deps) => watch(deps, { action, ...options })),
    );
  program
    .command('list')
    .description('rollouts, newest first')
    .option('--limit <number>', 'at most so many', wholeNumber(1, 1_000), 20)
    .option('--json', 'one JSON object')
    .action((options: ListArgs) => run((deps) => list(deps, options)));
}

function addRecover(program: Command, run: Run): void {
  program
    .command('recover')
    .description(
      'bring the baseline back of an action that nobody watches over, without its plan (its rollout was ' +
        'terminated, failed or is frozen)',
    )
    .argument('<action>', 'name of the action')
    .option('--reason <text>', 'why; stands in the audit log', reasonText)
    .option('--by <name>', 'who acts (default: you)', personName)
    .option('--json', 'one JSON object')
    .action((action: string, options: Omit<RecoverArgs, 'action'>) =>
      run((deps) => recover(deps, { action, ...options })),
    );
}

function addAct(program: Command, run: Run, name: Act, description: string): void {
  program
    .command(name)
    .description(description)
    .argument('<action>', 'name of the action')
    .requiredOption('--reason <text>', 'why; stands in the audit log', reasonText)
    .option('--by <name>', 'who acts (default: you)', personName)
    .option('--json', 'one JSON object')
    .action((action: string, options: { reason: string; by?: string; json?: boolean }) =>
      run((deps) => act(deps, { name, action, ...options })),
    );
}
