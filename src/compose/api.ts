/** Builds the api process from a configuration. */
import type { Reports } from '../api/report.ts';
import type { ApiServer } from '../api/server.ts';
import { startApi } from '../api/server.ts';
import type { Env } from '../config/secrets.ts';
import { storyOf } from '../configurator/story.ts';
import { IdentityError } from '../identity/errors.ts';
import { openOperators } from '../identity/operators-file.ts';
import type { OperatorsSource } from '../identity/operators-file.ts';
import type { Database } from '../store/database.ts';
import { createReports } from '../story/reports.ts';
import type { Logger } from '../telemetry/logger.ts';
import { cardRules } from './card-rules.ts';
import type { Closers } from './closers.ts';
import { assertListed, attestorKey } from './attestor.ts';
import { createForecaster } from '../subprocesses/forecaster.ts';
import { openConfigurator } from './configurator.ts';
import { reachIssuers } from './issuers.ts';
import { operatorsFile } from './operators.ts';

export interface ComposeApiOptions {
  readonly env: Env;
  /** Null: it tells no reports. */
  readonly db: Database | null;
  readonly host: string;
  readonly port: number;
  readonly now: () => number;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** Of an environment that has what `api` needs. */
export async function composeApi({ env, db, host, port, now, logger, closers }: ComposeApiOptions): Promise<ApiServer> {
  const operators = await openOperators(operatorsFile(env) ?? '', logger);
  const attestor = attestorKey(env);
  await assertListed(operators, attestor);
  await assertSomebodySignsIn(operators);
  const { verifier } = reachIssuers({ env, now, closers });
  const forecaster = createForecaster();
  closers.add('forecasts of the api', () => forecaster.close());
  const engine = openConfigurator({ env, now, forecaster });
  closers.add('engine of the api', () => engine.close());
  const server = await startApi({
    operators,
    attestor,
    engine,
    reports: db === null ? null : reportsOf(db, env, now),
    verifier,
    clock: () => performance.now(),
    logger,
    host,
    port,
  });
  closers.add('api', () => server.close());
  return server;
}

function reportsOf(db: Database, env: Env, now: () => number): Reports {
  const tell = createReports(
    (action, rolloutId) => storyOf(db, action, rolloutId),
    () => performance.now(),
  );
  return { tell, cardPolicy: cardRules(env).policy, now };
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
