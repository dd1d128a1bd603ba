/** Builds the console: that of a person's own machine, or the process that people sign in at. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { ConfigError } from '../config/error.ts';
import { createCodec } from '../codec/cipher.ts';
import type { TemporalConfig } from '../config/temporal.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Env } from '../config/secrets.ts';
import type { Configurator } from '../configurator.ts';
import { storyOf } from '../configurator/story.ts';
import { createBoard } from '../console/board.ts';
import type { SealedHistories } from '../console/parts.ts';
import { createExamination } from '../console/examination.ts';
import { createForecaster } from '../subprocesses/forecaster.ts';
import { createPlans } from '../console/plans.ts';
import type { PlansDeps, Traffic } from '../console/plans.ts';
import { createReports } from '../story/reports.ts';
import { startConsole } from '../console/server.ts';
import type { ConsoleServer } from '../console/server.ts';
import { createSessions } from '../console/sessions.ts';
import type { SignInDeps } from '../console/sign-in.ts';
import { createTales } from '../console/tale.ts';
import { anybody, localViewers } from '../console/viewer.ts';
import type { Viewers } from '../console/viewer.ts';
import { createWatches } from '../console/watch.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { audienceShares } from '../store/audience-share.ts';
import { baseRates } from '../store/base-rates.ts';
import type { Database } from '../store/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import { examine } from './doctor/examine.ts';
import { assertListed, findAttestorKey } from './attestor.ts';
import { calendarIn } from './calendar.ts';
import { cardRules } from './card-rules.ts';
import type { Closers } from './closers.ts';
import { reachIssuers } from './issuers.ts';
import { operatorsOf } from './operators.ts';
import { organisationPolicy } from './organisation-policy.ts';
import { packageRoot } from './package-root.ts';
import { planAndCardFiles } from './plan-files.ts';

interface ConsoleParts {
  readonly env: Env;
  /** What `env` is made of. */
  readonly configuration: Configuration;
  readonly host: string;
  readonly port: number;
  readonly engine: Configurator;
  readonly temporal: Pick<TemporalConfig, 'uiUrl' | 'codecKeys'>;
  /** Null: this process has none, and asks a worker. */
  readonly db: Database | null;
  readonly now: () => number;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** `dev`: whoever reaches it at this machine's loopback is the person who started it. */
export function composeLocalConsole(parts: ConsoleParts & { readonly user: string }): Promise<ConsoleServer> {
  const viewers = localViewers(parts.engine, parts.user, randomBytes(32).toString('base64url'));
  return open(parts, { viewers, signIn: null, publicUrl: null });
}

/** The process that people sign in at. */
export async function composeConsole(parts: ConsoleParts): Promise<ConsoleServer> {
  const { console: settings } = readConfig(parts.env);
  const { readers, publicUrl } = settings;
  const signIn = await signInOf(parts, readers === 'anyone', settings.sessionSecrets);
  if (signIn !== null) return open(parts, { viewers: signIn.sessions, signIn, publicUrl });
  if (readers === 'anyone') return open(parts, { viewers: onlyLooking, signIn: null, publicUrl });
  throw new ConfigError([
    {
      name: 'OPERATORS_FILE',
      message:
        'is not set, so nobody could sign in; expected the list of who may act, or CONSOLE_READERS=anyone for a console ' +
        'that whoever reaches it may look at, and nobody acts from',
    },
  ]);
}

/** Nobody can be told apart here, so nobody acts. */
const onlyLooking: Viewers = { of: async (_session, address) => anybody(address, 'nobody signs in here.') };

/** Null: nobody can be told apart. */
async function signInOf(
  { env, engine, now, logger, closers }: ConsoleParts,
  isOpen: boolean,
  sessionSecrets: readonly string[],
): Promise<SignInDeps | null> {
  const operators = await operatorsOf(env, logger);
  if (operators === null) return null;
  const attestor = findAttestorKey(env);
  if (attestor === null && isOpen) {
    logger.warn(
      'ASSIST_ATTESTOR_KEY is not set, so nobody signs in: whoever reaches the console may look, and nobody acts',
    );
    return null;
  }
  if (attestor === null)
    throw new ConfigError([
      {
        name: 'ASSIST_ATTESTOR_KEY',
        message:
          'is not set, nor is ASSIST_ATTESTOR_KEY_FILE; make a key with `assist-rollouts operator key --new console --to <file>`',
      },
    ]);
  await assertListed(operators, attestor);
  const { fetch, verifier } = reachIssuers({ env, now, closers });
  if (sessionSecrets.length === 0)
    logger.warn('CONSOLE_SESSION_SECRET is not set: sessions end with this process, and are good at no other');
  const secrets = sessionSecrets.length > 0 ? sessionSecrets : [randomBytes(32).toString('base64url')];
  return {
    sessions: createSessions({ operators, attestor, engine, secrets, now, isOpen }),
    operators,
    verifier,
    attestor,
    fetch,
    secrets,
    now,
  };
}

interface Who {
  readonly viewers: Viewers;
  readonly signIn: SignInDeps | null;
  readonly publicUrl: string | null;
}

async function open(
  { env, configuration, host, port, engine, temporal, db, now, logger, closers }: ConsoleParts,
  who: Who,
): Promise<ConsoleServer> {
  const clock = () => performance.now();
  const onTrouble = (err: unknown): void => logger.warn({ err }, 'what the console shows could not be read');
  const forecaster = createForecaster();
  closers.add('forecasts of the console', () => forecaster.close());
  const fromStore = db === null ? null : (action: string, rolloutId?: string) => storyOf(db, action, rolloutId);
  const tell = createTales({ fromStore, engine, now: clock, onTrouble });
  const server = await startConsole({
    ...who,
    host,
    port,
    board: createBoard({ engine, clock, now, onTrouble }),
    watches: createWatches({ engine, tell, now: clock }),
    plans: createPlans({
      lint: await lintDeps(env, now),
      traffic: db === null ? null : trafficIn(db, now),
      forecaster,
    }),
    reports: fromStore === null ? null : createReports(fromStore, clock),
    examined: createExamination(() => examine({ configuration, now, ...(db !== null && { database: db }) }), {
      now,
      clock,
    }),
    records: engine,
    runbook: () => readFile(join(packageRoot(), 'docs/runbook.md'), 'utf8'),
    histories: historiesOf(temporal),
    cardPolicy: cardRules(env).policy,
    logger,
    now,
    clock,
  });
  closers.add('console', () => server.close());
  return server;
}

/** Null: nothing is in cipher, or nobody knows where the Web UI is. */
function historiesOf({ uiUrl, codecKeys = [] }: ConsoleParts['temporal']): SealedHistories | null {
  if (codecKeys.length === 0 || uiUrl === null) return null;
  return { origin: new URL(uiUrl).origin, decode: (payloads) => createCodec(codecKeys).decode(payloads) };
}

async function lintDeps(env: Env, now: () => number): Promise<PlansDeps['lint']> {
  const file = env['CALENDAR_FILE'] || null;
  return {
    ...planAndCardFiles(env),
    minimums: await organisationPolicy(env),
    ...(file !== null && { calendar: await calendarIn(file, env) }),
    now,
  };
}

const DAYS = 7;

function trafficIn(db: Database, now: () => number): (plan: Plan) => Promise<Traffic | null> {
  return async (plan) => {
    const since = new Date(now() - DAYS * 86_400_000);
    const known = await baseRates(db, plan.action.name, since, now());
    if (known === null) return null;
    return {
      assumed: known.rates,
      audiences: await audienceShares(db, plan, since),
      from: `the last ${DAYS} days of the event store`,
    };
  };
}
