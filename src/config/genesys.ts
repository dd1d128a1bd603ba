/** The organisation, and as whom it is asked. */
import { regionEndpoints } from '../genesys/regions.ts';
import type { Endpoints } from '../genesys/regions.ts';
import type { ConfigProblem } from './error.ts';
import type { ProxySettings } from '../genesys/proxy.ts';
import { missing } from './needs.ts';
import type { Need } from './needs.ts';
import { readProxy } from './proxy.ts';
import type { Env } from './secrets.ts';
import type { Variables } from './variables.ts';

export interface GenesysConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly loginUrl: string;
  readonly apiUrl: string;
  readonly callsPerMinute: number;
  /** The way out of the network; absent or null: directly. */
  readonly proxy?: ProxySettings | null;
}

export function readGenesys(
  env: Env,
  parsed: Variables,
  needs: readonly Need[],
  problems: ConfigProblem[],
): GenesysConfig | null {
  const clientId = env['GENESYS_CLIENT_ID'] ?? null;
  const clientSecret = env['GENESYS_CLIENT_SECRET'] ?? null;
  const endpoints = endpointsOf(parsed, problems);
  const proxy = readProxy(env, problems);
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
  return { clientId, clientSecret, ...endpoints, callsPerMinute: parsed.GENESYS_CALLS_PER_MINUTE, proxy };
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
