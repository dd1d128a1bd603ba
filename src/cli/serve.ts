/** A verb that goes on until Ctrl-C, or brings things up: it has a logger, and whatever it opens is closed. */
import { createClosers } from '../compose/closers.ts';
import type { Closers } from '../compose/closers.ts';
import { composeTelemetry } from '../compose/telemetry.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Deps, JsonOption } from './deps.ts';

export interface ServiceParts {
  readonly logger: Logger;
  /** Closed when the work is done, and when it fails. */
  readonly closers: Closers;
}

export interface ServeOptions extends JsonOption {
  readonly level?: string;
  /** What its metrics and traces call it; absent: it tells nothing of itself. */
  readonly service?: string;
  /** Said on stderr when a person stops it. */
  readonly farewell?: string;
}

/** Logs go to stderr: stdout is for results. */
export async function serve(
  { out, signal, env, version }: Deps,
  { json, level, service, farewell = '' }: ServeOptions,
  work: (parts: ServiceParts) => Promise<number>,
): Promise<number> {
  const stream = { write: (line: string) => out.stderr(line) };
  const logger = createLogger({ pretty: !json, color: out.color, stream, ...(level === undefined ? {} : { level }) });
  const closers = createClosers({ onError: (name, error) => logger.error({ err: error }, `closing ${name} failed`) });
  try {
    if (service !== undefined) await composeTelemetry({ env, service, version, logger, closers });
    return await work({ logger, closers });
  } finally {
    if (signal.aborted && farewell !== '') out.stderr(farewell);
    await closers.close();
  }
}
