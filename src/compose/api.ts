/** Builds the api process from a configuration. */
import type { ApiServer } from '../api/server.ts';
import { startApi } from '../api/server.ts';
import type { Env } from '../config/secrets.ts';
import { IdentityError } from '../identity/errors.ts';
import { openOperators } from '../identity/operators-file.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Closers } from './closers.ts';
import { assertListed, attestorKey } from './attestor.ts';
import { openConfigurator } from './configurator.ts';
import { reachIssuers } from './issuers.ts';
import { operatorsFile } from './operators.ts';

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
  const attestor = attestorKey(env);
  await assertListed(operators, attestor);
  await assertSomebodySignsIn(operators);
  const { verifier } = reachIssuers({ env, now, closers });
  const engine = openConfigurator({ env, now });
  closers.add('engine of the api', () => engine.close());
  const server = await startApi({
    operators,
    attestor,
    engine,
    verifier,
    clock: () => performance.now(),
    logger,
    host,
    port,
  });
  closers.add('api', () => server.close());
  return server;
}

async function assertSomebodySignsIn(operators: OperatorsSource): Promise<void> {
  const { issuers } = await operators.now();
  if (issuers.length === 0)
    throw new IdentityError(
      'operators-invalid',
      'No identity provider is listed under issuers, so no token could be taken.',
      'Add one to operators.yaml; docs/api.md shows how.',
    );
}
