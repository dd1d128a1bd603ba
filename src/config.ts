/** The environment, parsed once into one frozen value. Nothing else reads `process.env` but the composition roots. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkEarnest } from './config/checks.ts';
import type { Destination } from './config/destination.ts';
import { readConsole } from './config/console.ts';
import type { ConsoleConfig } from './config/console.ts';
import { readDestinations } from './config/destinations.ts';
import { ConfigError } from './config/error.ts';
import type { ConfigProblem } from './config/error.ts';
import { readEvents } from './config/events.ts';
import type { EventsConfig } from './config/events.ts';
import { readHooks } from './config/hooks.ts';
import type { HookSettings } from './config/hooks.ts';
import { readGenesys } from './config/genesys.ts';
import type { GenesysConfig } from './config/genesys.ts';
import { requireOthers } from './config/needs.ts';
import type { Need } from './config/needs.ts';
import { readPanel } from './config/panel.ts';
import type { PanelConfig } from './config/panel.ts';
import { parseVariables } from './config/parse-variables.ts';
import { withSecrets } from './config/secrets.ts';
import type { Env } from './config/secrets.ts';
import { readTelemetry } from './config/telemetry.ts';
import { readTemporal } from './config/temporal.ts';
import type { TemporalConfig } from './config/temporal.ts';
import { SECRET_SETTINGS, VARIABLES } from './config/variables.ts';
import type { SecretSetting, Variables } from './config/variables.ts';

export interface Config {
  readonly temporal: TemporalConfig;
  readonly databaseUrl: string | null;
  /** Folder of the embedded database. */
  readonly home: string;
  readonly genesys: GenesysConfig | null;
  readonly events: EventsConfig;
  readonly panel: PanelConfig;
  /** Where the api process listens. */
  readonly api: { readonly host: string; readonly port: number };
  readonly console: ConsoleConfig;
  /** Where events and metrics are forwarded to; null: this process leaves that to others. */
  readonly destinations: readonly Destination[] | null;
  /** Whom hooks of plans may ask, and what they are signed with. */
  readonly hooks: HookSettings;
  /** What is done about versions that nobody watches. */
  readonly guardian: Variables['GUARDIAN'];
  /** How long a proof lets an undo go back to a version. */
  readonly undoWindowMs: number;
}

/** A configuration that has what was needed. */
export type ConfigWith<N extends Need> = Config &
  ('genesys' extends N ? { readonly genesys: GenesysConfig } : unknown) &
  ('database' extends N ? { readonly databaseUrl: string } : unknown) &
  ('panel' extends N ? { readonly panel: { readonly oauthClientId: string; readonly publicUrl: string } } : unknown) &
  ('publicUrl' extends N ? { readonly events: { readonly publicUrl: string } } : unknown) &
  ('signingSecrets' extends N
    ? { readonly events: { readonly signingSecrets: readonly [string, ...string[]] } }
    : unknown);

/** Throws one `ConfigError` that lists everything missing or wrong. */
export function readConfig<N extends Need = never>(env: Env, needs: readonly N[] = []): ConfigWith<N> {
  const { config, problems } = gatherConfig(env, needs);
  if (problems.length > 0) throw new ConfigError(problems);
  return config as ConfigWith<N>;
}

export interface GatheredConfig {
  /** What can be made of it; what is wrong is as if it were not set. */
  readonly config: Config;
  /** What `readConfig` would list. */
  readonly problems: readonly ConfigProblem[];
}

/** For who tells what is wrong and looks at the rest all the same. */
export function gatherConfig(given: Env, needs: readonly Need[] = []): GatheredConfig {
  const problems: ConfigProblem[] = [];
  const report = (name: string, message: string) => void problems.push({ name, message });
  const env = withSecrets(given, needs.includes('api') ? [...SECRETS, 'ASSIST_ATTESTOR_KEY'] : SECRETS, report);
  const parsed = parseVariables(env, problems);
  const temporal = readTemporal(env, parsed, problems);
  const genesys = readGenesys(env, parsed, needs, problems);
  requireOthers(parsed, needs, problems);
  const events = readEvents(env, parsed, problems);
  const panel = readPanel(env, parsed, needs, problems);
  const ownConsole = readConsole(env, parsed, problems);
  const destinations = readDestinations(
    {
      ...parsed,
      COACHING_SIGNING_SECRET: env['COACHING_SIGNING_SECRET'],
      COACHING_DESTINATIONS: env['COACHING_DESTINATIONS'],
    },
    report,
  );
  readTelemetry(env, parsed, problems);
  const hooks = readHooks({ ...parsed, HOOK_SECRETS: env['HOOK_SECRETS'] }, report);
  checkEarnest(
    env,
    { destinations: destinations ?? [], hooks },
    (name, message) => void (problems.some((problem) => problem.name === name) || report(name, message)),
  );
  const config: Config = {
    temporal,
    databaseUrl: parsed.DATABASE_URL ?? null,
    home: parsed.ASSIST_ROLLOUTS_HOME ?? defaultHome(env),
    genesys,
    events,
    panel,
    console: ownConsole,
    api: { host: parsed.API_HOST, port: parsed.API_PORT },
    destinations,
    hooks,
    guardian: parsed.GUARDIAN,
    undoWindowMs: parsed.UNDO_WINDOW,
  };
  return { config: deepFreeze(config), problems };
}

export interface CardRules {
  /** Content-Security-Policy under which the organisation shows cards; null: the default. */
  readonly policy: string | null;
  /** browserslist query of what agents use; null: the default. */
  readonly browsers: string | null;
}

/** By itself, so that checking a plan depends on nothing else in the environment. */
export function readCardRules(env: Env): CardRules {
  const { success, data, error } = VARIABLES.CARD_POLICY.schema.safeParse(env['CARD_POLICY'] || undefined);
  if (!success) throw new ConfigError([{ name: 'CARD_POLICY', message: error.issues[0]?.message ?? '' }]);
  return { policy: data ?? null, browsers: env['CARD_BROWSERS'] || null };
}

/** Who signs and ships reads these where that is done. */
const READ_ELSEWHERE: readonly SecretSetting[] = [
  'AUDIT_SIGNING_KEY',
  'SIEM_TOKEN',
  'ASSIST_OPERATOR_KEY',
  'ASSIST_ATTESTOR_KEY',
  'ASSIST_TOKEN',
  'ASSIST_FORGE_TOKEN',
];
const SECRETS = ([...SECRET_SETTINGS, 'GENESYS_CLIENT_ID'] as const).filter((name) => !READ_ELSEWHERE.includes(name));

function defaultHome(env: Env): string {
  const base = env['XDG_DATA_HOME'] ?? (process.platform === 'win32' ? env['LOCALAPPDATA'] : undefined);
  return join(base ?? join(homedir(), '.local', 'share'), 'assist-rollouts');
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
