/** A Temporal server of the benchmark's own: TEMPORAL_ADDRESS is somebody else's. */
import { obtainTemporal, startTemporalDevServer } from '../../src/local/temporal/server.ts';
import type { DevServerOptions, TemporalDevServer } from '../../src/local/temporal/server.ts';

export async function startBenchTemporal(
  say: (line: string) => void,
  searchAttributes: DevServerOptions['searchAttributes'] = {},
): Promise<TemporalDevServer> {
  return startTemporalDevServer({ path: await findOwnTemporal(say), searchAttributes, log: () => undefined });
}

/** Path of a Temporal CLI for a server that may be stopped and killed; obtained first where the machine has none. */
export async function findOwnTemporal(say: (line: string) => void): Promise<string> {
  const { TEMPORAL_ADDRESS: _somebodyElses, ...env } = process.env;
  const source = await obtainTemporal({ env, log: say });
  if (source.kind === 'external') throw new Error(`expected an executable, got the server at ${source.address}`);
  return source.path;
}
