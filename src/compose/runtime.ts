/** The Temporal SDK's own runtime: it logs through us, and leaves signals to us. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { LogEntry, LogLevel } from '@temporalio/worker';
import type { Logger } from '../telemetry/logger.ts';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const satisfies Record<
  LogLevel,
  string
>;

/** The worker of the `genesys` queue serves activities only. */
const MEANT = 'No workflows registered';

let installed = false;

/** Once per process, before the first worker: the SDK refuses a second time. */
export function installRuntime(logger: Logger, metricsAddress?: string): void {
  if (installed) return;
  installed = true;
  const log = ({ level, message, meta }: LogEntry): void => {
    if (!message.startsWith(MEANT)) logger[LEVELS[level]](plain(meta), message);
  };
  Runtime.install({
    logger: new DefaultLogger('WARN', log),
    // One closing order for everything (closers.ts), so no worker may stop by itself.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(metricsAddress !== undefined && { metrics: { prometheus: metricsOn(metricsAddress) } }),
    },
  });
}

/** In the units and with the suffixes of Prometheus. */
function metricsOn(bindAddress: string) {
  return { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true };
}

function plain(meta: LogEntry['meta']): object {
  const { error, ...rest } = (meta ?? {}) as Record<string, unknown>;
  return error === undefined ? rest : { ...rest, err: error };
}
