/** A verb that goes on until Ctrl-C, or brings things up: it has a logger, and whatever it opens is closed. */
import { createClosers } from '../compose/closers.ts';
import type { Closers } from '../compose/closers.ts';
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
  /** Said on stderr when a person stops it. */
  readonly farewell?: string;
}

/** Logs go to stderr: stdout is for results. */
export async function serve(
  { out, signal }: Deps,
  { json, level, farewell = '' }: ServeOptions,
  work: (parts: ServiceParts) => Promise<number>,
): Promise<number> {
  const stream = { write: (line: string) => out.stderr(line) };
  const logger = createLogger({ pretty: !json, color: out.color, stream, ...(level === undefined ? {} : { level }) });
  const closers = createClosers({ onError: (name, error) => logger.error({ err: error }, `closing ${name} failed`) });
  try {
    return await work({ logger, closers });
  } finally {
    if (signal.aborted && farewell !== '') out.stderr(farewell);
    await closers.close();
  }
}
