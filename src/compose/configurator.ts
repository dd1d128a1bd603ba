/** The configurator of the environment. */
import { readConfig } from '../config.ts';
import type { Env } from '../config/secrets.ts';
import { createConfigurator } from '../configurator.ts';
import type { Configurator } from '../configurator.ts';
import type { Forecaster } from '../subprocesses/forecaster.ts';
import { apiUrl, openRemoteConfigurator } from './api-client.ts';
import { findOperatorKey } from './operator-key.ts';
import { demandStore } from './store.ts';

/** That of the api process where the environment, or `api`, names one. */
export function openPersonsConfigurator({ env, now }: { readonly env: Env; readonly now: () => number }): Configurator {
  const url = apiUrl(env);
  return url === null ? openConfigurator({ env, now }) : openRemoteConfigurator(env, url, now);
}

interface OpenOptions {
  readonly env: Env;
  readonly now: () => number;
  /** Of a process that serves others. */
  readonly forecaster?: Forecaster;
}

/** Each part of the environment is read when it is first needed: who lists rollouts needs no organisation. */
export function openConfigurator({ env, now, forecaster }: OpenOptions): Configurator {
  return createConfigurator({
    get temporal() {
      return readConfig(env).temporal;
    },
    get genesys() {
      return readConfig(env, ['genesys']).genesys;
    },
    get database() {
      return demandStore({ env });
    },
    // Who has the database needs no worker; beside `dev`, and where only TEMPORAL_* is given, a worker answers.
    get registryFrom() {
      return readConfig(env).databaseUrl === null ? ('worker' as const) : ('database' as const);
    },
    get signer() {
      const key = findOperatorKey(env);
      return key === null ? null : { key };
    },
    get agentIdHashKey() {
      return readConfig(env).events.agentIdHashKey;
    },
    now,
    ...(forecaster !== undefined && { forecaster }),
  });
}
