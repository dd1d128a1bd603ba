/** The events service: where it listens, and whose pushes it takes. */
import { MIN_SECRET_LENGTH } from '../webhooks/secret.ts';
import { listOf } from './list.ts';
import type { ConfigProblem } from './error.ts';
import type { Env } from './secrets.ts';
import type { Variables } from './variables.ts';

export interface EventsConfig {
  readonly host: string;
  readonly port: number;
  /** Where the organisation reaches the events service; null when it was not said. */
  readonly publicUrl: string | null;
  readonly signingSecrets: readonly string[];
  /** For `X-Hub-Signature-256`; none: that header is not accepted. */
  readonly hubSecrets: readonly string[];
  /** Of those who may send custom metrics and nothing else. */
  readonly metricSecrets: readonly string[];
  /** Admit to /eventbridge; none: it is not there. */
  readonly bridgeSecrets: readonly string[];
  /** Of /admin, on this machine alone. */
  readonly adminPort: number;
  /** Admits to /admin; null: nobody is. */
  readonly adminToken: string | null;
  /** Agent ids are stored as a hash under this key; null: as they come. */
  readonly agentIdHashKey: string | null;
}

export function readEvents(env: Env, parsed: Variables, problems: ConfigProblem[]): EventsConfig {
  const secrets = readSecrets(env, problems);
  const { EVENTS_SIGNING_SECRETS: signingSecrets = [], EVENTS_METRIC_SECRETS: metricSecrets = [] } = parsed;
  if (metricSecrets.some((secret) => signingSecrets.includes(secret))) {
    problems.push({
      name: 'EVENTS_METRIC_SECRETS',
      message: 'holds a secret that is in EVENTS_SIGNING_SECRETS too: who has it could send every event; make another',
    });
  }
  return {
    host: parsed.EVENTS_HOST,
    port: parsed.EVENTS_PORT,
    adminPort: parsed.EVENTS_ADMIN_PORT,
    publicUrl: parsed.EVENTS_PUBLIC_URL ?? null,
    signingSecrets,
    metricSecrets,
    ...secrets,
  };
}

function readSecrets(
  env: Env,
  problems: ConfigProblem[],
): Pick<EventsConfig, 'hubSecrets' | 'bridgeSecrets' | 'adminToken' | 'agentIdHashKey'> {
  const hubSecrets = listOf(env['EVENTS_HUB_SECRET']);
  const bridgeSecrets = listOf(env['EVENTS_BRIDGE_SECRET']);
  const adminToken = env['EVENTS_ADMIN_TOKEN'] ?? null;
  const agentIdHashKey = env['AGENT_ID_HASH_KEY'] ?? null;
  const tooShort = `has fewer than ${MIN_SECRET_LENGTH} characters; make one with: openssl rand -base64 32`;
  if (hubSecrets.some((secret) => secret.length < MIN_SECRET_LENGTH))
    problems.push({ name: 'EVENTS_HUB_SECRET', message: tooShort });
  if (bridgeSecrets.some((secret) => secret.length < MIN_SECRET_LENGTH))
    problems.push({ name: 'EVENTS_BRIDGE_SECRET', message: tooShort });
  if (isShort(adminToken)) problems.push({ name: 'EVENTS_ADMIN_TOKEN', message: tooShort });
  if (isShort(agentIdHashKey)) problems.push({ name: 'AGENT_ID_HASH_KEY', message: tooShort });
  return { hubSecrets, bridgeSecrets, adminToken, agentIdHashKey };
}

/** What could not be read from its file is told there. */
function isShort(secret: string | null): boolean {
  return secret !== null && secret !== '' && secret.length < MIN_SECRET_LENGTH;
}
