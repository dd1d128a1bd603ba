/** Builds the api process from a configuration. */
import type { ApiServer } from '../api/server.ts';
import { startApi } from '../api/server.ts';
import { ConfigError } from '../config/error.ts';
import type { Env } from '../config/secrets.ts';
import { createBoundedFetch } from '../http/bounded-fetch.ts';
import { IdentityError } from '../identity/errors.ts';
import { parseActorKey } from '../identity/key.ts';
import type { ActorKey } from '../identity/key.ts';
import { createTokenVerifier } from '../identity/tokens.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Closers } from './closers.ts';
import { openAgents } from './agents.ts';
import { openConfigurator } from './configurator.ts';
import { operatorsOf } from './operators.ts';
import { readSecretOf } from './secrets.ts';

export interface ComposeApiOptions {
  readonly env: Env;
  readonly host: string;
  readonly port: number;
  readonly now: () => number;
  readonly logger: Logger;
  readonly closers: Closers;
}

export async function composeApi({ env, host, port, now, logger, closers }: ComposeApiOptions): Promise<ApiServer> {
  const operators = await operatorsOf(env, logger);
  const attestor = findAttestorKey(env);
  if (operators === null || attestor === null)
    throw new ConfigError([
      ...(operators === null
        ? [{ name: 'OPERATORS_FILE', message: 'is not set; expected the list of who may act' }]
        : []),
      ...(attestor === null ? [{ name: 'ASSIST_ATTESTOR_KEY', message: KEY_MISSING }] : []),
    ]);
  await assertListed(operators, attestor);
  const agents = openAgents(env);
  closers.add('proxies', () => agents.close());
  const fetch = createBoundedFetch({
    timeoutMs: ANSWER_MS,
    maxBytes: MAX_ANSWER_BYTES,
    agentFor: agents.agentFor,
  });
  const engine = openConfigurator({ env, now });
  closers.add('engine of the api', () => engine.close());
  const server = await startApi({
    operators,
    attestor,
    engine,
    verifier: createTokenVerifier({ fetch, now }),
    clock: () => performance.now(),
    logger,
    host,
    port,
  });
  closers.add('api', () => server.close());
  return server;
}

const KEY_MISSING =
  'is not set, nor is ASSIST_ATTESTOR_KEY_FILE; make a key with `assist-rollouts operator key --new api --to <file>`';
const ANSWER_MS = 5_000;
const MAX_ANSWER_BYTES = 256 * 1024;

function findAttestorKey(env: Env): ActorKey | null {
  const given = readSecretOf({ env }, 'ASSIST_ATTESTOR_KEY');
  return given === undefined ? null : parseActorKey(given, env['ASSIST_ATTESTOR_KEY_FILE'] || 'ASSIST_ATTESTOR_KEY');
}

/** Else every act would be refused by the worker, each with a riddle. */
async function assertListed(operators: OperatorsSource, { publicKey }: ActorKey): Promise<void> {
  const { attestors, issuers } = await operators.now();
  if (!attestors.some(({ keys }) => keys.includes(publicKey)))
    throw new IdentityError(
      'operators-invalid',
      `The key of the api process (${publicKey}) is not listed under attestors, so no worker would take its word.`,
      `Add to operators.yaml: attestors: [{ name: api, key: ${publicKey} }].`,
    );
  if (issuers.length === 0)
    throw new IdentityError(
      'operators-invalid',
      'No identity provider is listed under issuers, so no token could be taken.',
      'Add one to operators.yaml; docs/api.md shows how.',
    );
}
