import type { GenesysClient } from '../../src/genesys/client.ts';
import type { TargetDeps } from '../../src/targets/target.ts';

/** For targets that are in the organisation alone, with no rows of ours. */
export function targetDeps(client: GenesysClient): TargetDeps {
  return { client, db: null, panelUrl: null, now: Date.now };
}
