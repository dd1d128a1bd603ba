/** A Temporal server of the benchmark's own: TEMPORAL_ADDRESS is somebody else's. */
import { obtainTemporal, startTemporalDevServer } from '../../src/local/temporal/server.ts';

export interface BenchTemporal {
  readonly address: string;
  readonly namespace: string;
  close(): Promise<void>;
}

export async function startBenchTemporal(say: (line: string) => void): Promise<BenchTemporal> {
  const source = await obtainTemporal({ env: {}, log: say });
  if (source.kind === 'external') throw new Error('The benchmark starts a Temporal server of its own.');
  return startTemporalDevServer({ path: source.path, searchAttributes: {}, log: () => undefined });
}
