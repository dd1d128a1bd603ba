/** What a process tells of itself, from its begin to its last word. The SDK is loaded where somebody wants it. */
import { telemetryOf } from '../config/telemetry.ts';
import type { Env } from '../config/secrets.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Closers } from './closers.ts';

export interface TelemetryParts {
  readonly env: Env;
  /** Such as `worker`; OTEL_SERVICE_NAME stands above it. */
  readonly service: string;
  readonly version: string;
  /** Null: nobody reads what goes wrong with it. */
  readonly logger: Logger | null;
  readonly closers: Pick<Closers, 'add'>;
}

/** Throws ConfigError. Call it first, so that it is closed last. */
export async function composeTelemetry({ env, service, version, logger, closers }: TelemetryParts): Promise<void> {
  const { metrics, traces } = telemetryOf(env);
  if (metrics === null && traces === null) return;
  const { resourceOf } = await import('../telemetry/resource.ts');
  const resource = resourceOf(service, version);
  if (traces !== null) {
    const { startTracing } = await import('../telemetry/tracing.ts');
    const tracing = startTracing(resource, traces, logger);
    closers.add('traces', () => tracing.close());
  }
  if (metrics === null) return;
  const { serveMetrics } = await import('../telemetry/endpoint.ts');
  const endpoint = await serveMetrics(metrics, resource);
  closers.add('metrics', () => endpoint.close());
  logger?.info({ url: endpoint.url }, 'metrics are served');
}
