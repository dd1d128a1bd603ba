/** What a process tells of itself, from its begin to its last word. The SDK is loaded where somebody wants it. */
import { telemetryOf } from '../config/telemetry.ts';
import type { Env } from '../config/secrets.ts';
import type { Logger } from '../telemetry/logger.ts';
import { tracing } from '../telemetry/spans.ts';
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

export interface ServiceTelemetryParts extends TelemetryParts {
  /** Does it do its work by now, and not end yet? */
  readonly isReady: () => boolean;
}

/** Throws ConfigError. Call it first, so that it is closed last. */
export async function composeTelemetry(parts: ServiceTelemetryParts): Promise<void> {
  const { env, service, version, logger, closers, isReady } = parts;
  const { metrics } = telemetryOf(env);
  await composeTraces(parts);
  if (metrics === null) return;
  const [{ resourceOf }, { serveMetrics }] = await Promise.all([
    import('../telemetry/resource.ts'),
    import('../telemetry/endpoint.ts'),
  ]);
  const endpoint = await serveMetrics(metrics, resourceOf(service, version), isReady);
  closers.add('metrics', () => endpoint.close());
  logger?.info({ url: endpoint.url }, 'metrics are served');
}

/** Of a verb that ends by itself: nobody would scrape it. A process that traces already goes on as it does. */
export async function composeTraces({ env, service, version, logger, closers }: TelemetryParts): Promise<void> {
  const { traces } = telemetryOf(env);
  if (traces === null || tracing() !== null) return;
  const [{ resourceOf }, { startTracing }] = await Promise.all([
    import('../telemetry/resource.ts'),
    import('../telemetry/tracing.ts'),
  ]);
  const started = startTracing(resourceOf(service, version), traces, logger);
  closers.add('traces', () => started.close());
}
