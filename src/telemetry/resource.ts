/** Who this process is, to whoever reads its metrics and traces. */
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';

/** OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES stand above what we say ourselves. */
export function resourceOf(service: string, version: string): Resource {
  const own = resourceFromAttributes({ 'service.name': `assist-rollouts-${service}`, 'service.version': version });
  return own.merge(detectResources({ detectors: [envDetector] }));
}
