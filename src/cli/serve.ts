/** A verb that goes on until Ctrl-C, or brings things up: it has a logger, and whatever it opens is closed. */
import { createClosers } from '../compose/closers.ts';
import type { Closers } from '../compose/closers.ts';
import { composeTelemetry } from '../compose/telemetry.ts';
import { createLogger } from '../telemetry/logger.ts';
import type { Logger } from '../telemetry/logger.ts';
import { printJson } from './deps.ts';
import type { Deps, JsonOption } from './deps.ts';

export interface ServiceParts {
  readonly logger: Logger;
  /** Closed when the work is done, and when it fails. */
  readonly closers: Closers;
  /** Said once all is there: as JSON these facts, else this text. From then on `/ready` of the metrics' port says so. */
  readonly ready: (facts: object, text: string) => void;
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
  let isReady = false;
  const stream = { write: (line: string) => out.stderr(line) };
  const logger = createLogger({ pretty: !json, color: out.color, stream, ...(level === undefined ? {} : { level }) });
  const closers = createClosers({ onError: (name, error) => logger.error({ err: error }, `closing ${name} failed`) });
  const ready = (facts: object, text: string): void => {
    isReady = true;
    if (json) printJson(out, { kind: 'ready', ...facts });
    else out.stdout(text);
  };
  const isServing = (): boolean => isReady && !signal.aborted;
  try {
    if (service !== undefined) await composeTelemetry({ env, service, version, logger, closers, isReady: isServing });
    return await work({ logger, closers, ready });
  } finally {
    isReady = false;
    if (signal.aborted && farewell !== '') out.stderr(farewell);
    await closers.close();
  }
}
