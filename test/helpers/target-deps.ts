import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import type { TargetDeps } from '../../src/targets/target.ts';
import { PATIENCE_MS } from './patience.ts';

/** For targets that are in the organisation alone, with no rows of ours. */
export function targetDeps(client: GenesysClient): TargetDeps {
  return { client, db: null, panelUrl: null, now: Date.now };
}

/** Of a sandbox: what it is told to wait for, it does not. */
export function sandboxClient(url: string): GenesysClient {
  return createGenesysClient({
    loginUrl: url,
    apiUrl: url,
    clientId: DEFAULT_CLIENT.id,
    clientSecret: DEFAULT_CLIENT.secret,
    callsPerMinute: 3000,
    requestTimeoutMs: PATIENCE_MS,
    now: Date.now,
    sleep: () => Promise.resolve(),
  });
}
