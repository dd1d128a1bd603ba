/** Builds the api process from a configuration. */
import type { ApiServer } from '../api/server.ts';
import { startApi } from '../api/server.ts';
import type { Env } from '../config/secrets.ts';
import { createBoundedFetch } from '../http/bounded-fetch.ts';
import { IdentityError } from '../identity/errors.ts';
import { parseActorKey } from '../identity/key.ts';
import type { ActorKey } from '../identity/key.ts';
import { createTokenVerifier } from '../identity/tokens.ts';
import { openOperators } from '../identity/operators-file.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Closers } from './closers.ts';
import { openAgents } from './agents.ts';
import { openConfigurator } from './configurator.ts';
import { operatorsFile } from './operators.ts';
import { readSecretOf } from './secrets.ts';

export interface ComposeApiOptions {
  readonly env: Env;
  readonly host: string;
  readonly port: number;
  readonly now: () => number;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** Of an environment that has what `api` needs. */
export async function composeApi({ env, host, port, now, logger, closers }: ComposeApiOptions): Promise<ApiServer> {
  const operators = await openOperators(operatorsFile(env) ?? '', logger);
  const attestor = parseActorKey(
    readSecretOf({ env }, 'ASSIST_ATTESTOR_KEY') ?? '',
    env['ASSIST_ATTESTOR_KEY_FILE'] || 'ASSIST_ATTESTOR_KEY',
  );
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

const ANSWER_MS = 5_000;
const MAX_ANSWER_BYTES = 256 * 1024;

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
