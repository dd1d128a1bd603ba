/** The environment, parsed once into one frozen value. Nothing else reads `process.env` but the composition roots. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { checkEarnest } from './config/checks.ts';
import { withSecrets } from './config/secrets.ts';
import type { Env } from './config/secrets.ts';
import { listOf, readDestinations } from './config/destinations.ts';
import type { Destination } from './config/destination.ts';
import { regionEndpoints } from './genesys/regions.ts';
import type { Endpoints } from './genesys/regions.ts';
import { MIN_CALLS_PER_MINUTE } from './genesys/token-bucket.ts';
import { MIN_SECRET_LENGTH, WEBHOOK_SECRET_FORM, isWebhookSecret } from './webhooks/secret.ts';

export interface TemporalConfig {
  readonly connectionOptions: ClientConnectConfig['connectionOptions'];
  /** As shown to people; `localhost:7233` when nothing else is set. */
  readonly address: string;
  readonly namespace: string;
  /** Base of the Web UI; null when it cannot be known. */
  readonly uiUrl: string | null;
}
export interface GenesysConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly loginUrl: string;
  readonly apiUrl: string;
  readonly callsPerMinute: number;
}
export interface EventsConfig {
  readonly host: string;
  readonly port: number;
  /** Where the organisation reaches the events service; null when it was not said. */
  readonly publicUrl: string | null;
  readonly signingSecrets: readonly string[];
  /** For `X-Hub-Signature-256`; none: that header is not accepted. */
  readonly hubSecrets: readonly string[];
  /** Of those who may send levels and nothing else. */
  readonly metricSecrets: readonly string[];
  /** Of /admin, on this machine alone. */
  readonly adminPort: number;
  /** Admits to /admin; null: nobody is. */
  readonly adminToken: string | null;
  /** Agent ids are stored as a hash under this key; null: as they come. */
  readonly agentIdHashKey: string | null;
}
export interface Config {
  readonly temporal: TemporalConfig;
  readonly databaseUrl: string | null;
  /** Folder of the embedded database. */
  readonly home: string;
  readonly genesys: GenesysConfig | null;
  readonly events: EventsConfig;
  /** Where events and metrics are forwarded to; null: this process leaves that to others. */
  readonly destinations: readonly Destination[] | null;
}

/**
 * What a process cannot do without; `genesysIfAny`: an organisation that is half described is a mistake, none at all is
 * not.
 */
export type Need = 'genesys' | 'genesysIfAny' | 'database' | 'publicUrl' | 'signingSecrets';

export interface ConfigProblem {
  readonly name: string;
  readonly message: string;
}

export class ConfigError extends Error {
  readonly code = 'config-invalid';
  readonly remedy = 'Set these variables and run the command again; docs/cli.md lists all of them.';
  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ name, message }) => `  ${name}: ${message}`);
    super(
      `The environment has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:\n${lines.join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/** A configuration that has what was needed. */
export type ConfigWith<N extends Need> = Config &
  ('genesys' extends N ? { readonly genesys: GenesysConfig } : unknown) &
  ('database' extends N ? { readonly databaseUrl: string } : unknown) &
  ('publicUrl' extends N ? { readonly events: { readonly publicUrl: string } } : unknown) &
  ('signingSecrets' extends N
    ? { readonly events: { readonly signingSecrets: readonly [string, ...string[]] } }
    : unknown);

/** Throws one `ConfigError` that lists everything missing or wrong. */
export function readConfig<N extends Need = never>(given: Env, needs: readonly N[] = []): ConfigWith<N> {
  const problems: ConfigProblem[] = [];
  const report = (name: string, message: string) => void problems.push({ name, message });
  const env = withSecrets(given, SECRETS, report);
  const parsed = parseVariables(env, problems);
  const temporal = readTemporal(env, parsed, problems);
  const genesys = readGenesys(env, parsed, needs, problems);
  requireOthers(parsed, needs, problems);
  const admission = readAdmission(env, problems);
  if (parsed.EVENTS_METRIC_SECRETS?.some((secret) => parsed.EVENTS_SIGNING_SECRETS?.includes(secret))) {
    report(
      'EVENTS_METRIC_SECRETS',
      'holds a secret that is in EVENTS_SIGNING_SECRETS too: who has it could send every event; make another',
    );
  }
  const destinations = readDestinations(
    {
      ...parsed,
      COACHING_SIGNING_SECRET: env['COACHING_SIGNING_SECRET'],
      COACHING_DESTINATIONS: env['COACHING_DESTINATIONS'],
    },
    report,
  );
  checkEarnest(
    env,
    destinations ?? [],
    (name, message) => void (problems.some((problem) => problem.name === name) || report(name, message)),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  const config: Config = {
    temporal,
    databaseUrl: parsed.DATABASE_URL ?? null,
    home: parsed.ASSIST_ROLLOUTS_HOME ?? defaultHome(env),
    genesys,
    events: {
      host: parsed.EVENTS_HOST,
      port: parsed.EVENTS_PORT,
      adminPort: parsed.EVENTS_ADMIN_PORT,
      publicUrl: parsed.EVENTS_PUBLIC_URL ?? null,
      signingSecrets: parsed.EVENTS_SIGNING_SECRETS ?? [],
      metricSecrets: parsed.EVENTS_METRIC_SECRETS ?? [],
      ...admission,
    },
    destinations,
  };
  return deepFreeze(config as ConfigWith<N>);
}

export interface CardRules {
  /** Content-Security-Policy under which the organisation shows cards; null: the default. */
  readonly policy: string | null;
  /** browserslist query of what agents use; null: the default. */
  readonly browsers: string | null;
}

/** By itself, so that checking a plan depends on nothing else in the environment. */
export function readCardRules(env: Env): CardRules {
  const policy = env['CARD_POLICY'] || null;
  if (policy !== null && !/(^|;)\s*(default|script)-src(-elem)?\s/i.test(policy)) {
    throw new ConfigError([
      { name: 'CARD_POLICY', message: 'names neither default-src nor script-src, so it would let every script run' },
    ]);
  }
  return { policy, browsers: env['CARD_BROWSERS'] || null };
}

/** 0: any free one. */
export const PORTS = [0, 65_535] as const;

/** Those that this configuration holds; the others are read where they are used. */
const SECRETS = [
  'DATABASE_URL',
  'EVENTS_SIGNING_SECRETS',
  'EVENTS_METRIC_SECRETS',
  'EVENTS_HUB_SECRET',
  'EVENTS_ADMIN_TOKEN',
  'AGENT_ID_HASH_KEY',
  'GENESYS_CLIENT_ID',
  'GENESYS_CLIENT_SECRET',
  'COACHING_SIGNING_SECRET',
  'COACHING_DESTINATIONS',
  'TEMPORAL_API_KEY',
] as const;

const httpUrl = z.url({ protocol: /^https?$/, error: 'is not an http(s) URL' });
const signingSecret = z.string().refine(isWebhookSecret, `holds a secret that is not ${WEBHOOK_SECRET_FORM}`);
const signingSecrets = z.string().transform(listOf).pipe(z.array(signingSecret).min(1, 'is empty'));
const variables = {
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'is not a postgres:// URL')
    .optional(),
  ASSIST_ROLLOUTS_HOME: z.string().optional(),
  TEMPORAL_UI_URL: httpUrl.optional(),
  GENESYS_REGION: z.string().optional(),
  GENESYS_LOGIN_URL: httpUrl.optional(),
  GENESYS_API_URL: httpUrl.optional(),
  GENESYS_CALLS_PER_MINUTE: wholeNumber(MIN_CALLS_PER_MINUTE, 60_000).default(300),
  EVENTS_HOST: z.string().default('127.0.0.1'),
  EVENTS_PORT: wholeNumber(...PORTS).default(8460),
  EVENTS_ADMIN_PORT: wholeNumber(...PORTS).default(8461),
  EVENTS_PUBLIC_URL: httpUrl.optional(),
  COACHING_URL: z.string().optional(),
  COACHING_ALLOWED_HOSTS: z.string().optional(),
  EVENTS_SIGNING_SECRETS: signingSecrets.optional(),
  EVENTS_METRIC_SECRETS: signingSecrets.optional(),
};
const schema = z.object(variables);
type Variables = z.infer<typeof schema>;

function wholeNumber(min: number, max: number) {
  const wrong = `is not a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, wrong)
    .transform(Number)
    .pipe(z.number().min(min, wrong).max(max, wrong));
}

/** An empty variable counts as unset: compose files pass `NAME=` for what is not given. */
function parseVariables(env: Env, problems: ConfigProblem[]): Variables {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name in variables && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const wrong = new Set<string>();
  for (const issue of result.error.issues) {
    const name = String(issue.path[0]);
    if (!wrong.has(name)) problems.push({ name, message: issue.message });
    wrong.add(name);
  }
  return schema.parse(Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))));
}

function readTemporal(env: Env, parsed: Variables, problems: ConfigProblem[]): TemporalConfig {
  const fallback = { connectionOptions: {}, address: 'localhost:7233', namespace: 'default', uiUrl: null };
  try {
    const defined = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]));
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: defined });
    const address = connectionOptions.address ?? fallback.address;
    return {
      connectionOptions: { ...connectionOptions, address },
      address,
      namespace: namespace ?? fallback.namespace,
      uiUrl: parsed.TEMPORAL_UI_URL ?? localUi(address),
    };
  } catch (error) {
    problems.push({
      name: 'TEMPORAL_*',
      message: `the Temporal client configuration cannot be read: ${(error as Error).message}`,
    });
    return fallback;
  }
}

/** A local dev server shows its Web UI on the port 1000 above. */
function localUi(address: string): string | null {
  return /^(localhost|127\.0\.0\.1):7233$/.test(address) ? 'http://localhost:8233' : null;
}

function readGenesys(
  env: Env,
  parsed: Variables,
  needs: readonly Need[],
  problems: ConfigProblem[],
): GenesysConfig | null {
  const clientId = env['GENESYS_CLIENT_ID'] ?? null;
  const clientSecret = env['GENESYS_CLIENT_SECRET'] ?? null;
  const endpoints = endpointsOf(parsed, problems);
  const { GENESYS_REGION, GENESYS_LOGIN_URL, GENESYS_API_URL } = parsed;
  const any =
    [clientId, clientSecret].some((secret) => secret !== null) ||
    [GENESYS_REGION, GENESYS_LOGIN_URL, GENESYS_API_URL].some((url) => url !== undefined);
  if (needs.includes('genesys') || (any && needs.includes('genesysIfAny'))) {
    if (clientId === null)
      problems.push({
        name: 'GENESYS_CLIENT_ID',
        message: missing('the id of the OAuth client, or GENESYS_CLIENT_ID_FILE'),
      });
    if (clientSecret === null)
      problems.push({ name: 'GENESYS_CLIENT_SECRET', message: missing('its secret, or GENESYS_CLIENT_SECRET_FILE') });
    if (endpoints === null && !problems.some(({ name }) => name === 'GENESYS_REGION')) {
      problems.push({
        name: 'GENESYS_REGION',
        message: missing('the region, e.g. mypurecloud.com (or GENESYS_LOGIN_URL and GENESYS_API_URL)'),
      });
    }
  }
  if (clientId === null || clientSecret === null || endpoints === null) return null;
  return { clientId, clientSecret, ...endpoints, callsPerMinute: parsed.GENESYS_CALLS_PER_MINUTE };
}

/** Two URLs win over the region: they are how a sandbox organisation is reached. */
function endpointsOf(parsed: Variables, problems: ConfigProblem[]): Endpoints | null {
  const { GENESYS_REGION: region, GENESYS_LOGIN_URL: loginUrl, GENESYS_API_URL: apiUrl } = parsed;
  if (loginUrl !== undefined && apiUrl !== undefined) return { loginUrl, apiUrl };
  if (region === undefined) return null;
  try {
    return regionEndpoints(region);
  } catch (error) {
    problems.push({ name: 'GENESYS_REGION', message: (error as Error).message });
    return null;
  }
}

function readAdmission(
  env: Env,
  problems: ConfigProblem[],
): Pick<EventsConfig, 'hubSecrets' | 'adminToken' | 'agentIdHashKey'> {
  const hubSecrets = listOf(env['EVENTS_HUB_SECRET']);
  const adminToken = env['EVENTS_ADMIN_TOKEN'] ?? null;
  const agentIdHashKey = env['AGENT_ID_HASH_KEY'] ?? null;
  const tooShort = `has fewer than ${MIN_SECRET_LENGTH} characters; make one with: openssl rand -base64 32`;
  if (hubSecrets.some((secret) => secret.length < MIN_SECRET_LENGTH))
    problems.push({ name: 'EVENTS_HUB_SECRET', message: tooShort });
  if (isShort(adminToken)) problems.push({ name: 'EVENTS_ADMIN_TOKEN', message: tooShort });
  if (isShort(agentIdHashKey)) problems.push({ name: 'AGENT_ID_HASH_KEY', message: tooShort });
  return { hubSecrets, adminToken, agentIdHashKey };
}

/** What could not be read from its file is told there. */
function isShort(secret: string | null): boolean {
  return secret !== null && secret !== '' && secret.length < MIN_SECRET_LENGTH;
}

function requireOthers(parsed: Variables, needs: readonly Need[], problems: ConfigProblem[]): void {
  const named = (name: string) => problems.some((problem) => problem.name === name || problem.name === `${name}_FILE`);
  const demand = (need: Need, name: keyof Variables, what: string) => {
    if (needs.includes(need) && parsed[name] === undefined && !named(name))
      problems.push({ name, message: missing(what) });
  };
  demand(
    'database',
    'DATABASE_URL',
    'the PostgreSQL that worker and events service share; only `dev` and `demo` embed one',
  );
  demand('publicUrl', 'EVENTS_PUBLIC_URL', 'the URL at which the organisation reaches the events service');
  demand('signingSecrets', 'EVENTS_SIGNING_SECRETS', 'one or more webhook secrets (whsec_...), the current one first');
}

function missing(what: string): string {
  return `is not set; expected ${what}`;
}

function defaultHome(env: Env): string {
  const base = env['XDG_DATA_HOME'] ?? (process.platform === 'win32' ? env['LOCALAPPDATA'] : undefined);
  return join(base ?? join(homedir(), '.local', 'share'), 'assist-rollouts');
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
