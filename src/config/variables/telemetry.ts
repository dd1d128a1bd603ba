/** What a process tells of itself. */
import { PORTS, httpUrl, text, wholeNumber } from '../shapes.ts';
import { optional, secret, withDefault } from '../variable.ts';

export const TELEMETRY = {
  METRICS_PORT: optional('metrics.port', wholeNumber(...PORTS), {
    meaning: 'where the process serves `/metrics` for Prometheus, each process of a machine on one of its own',
    unset: 'nothing is measured',
  }),
  METRICS_TEMPORAL_PORT: optional('metrics.temporalPort', wholeNumber(1, 65_535), {
    meaning: "where the Temporal SDK of `worker`, `forward` or `dev` serves its own; another than the process's",
    unset: 'nowhere',
  }),
  METRICS_HOST: withDefault('metrics.host', text, '127.0.0.1', { meaning: 'on which address both are served' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional('traces.endpoint', httpUrl, {
    meaning:
      'base URL of a collector that takes traces by OTLP over HTTP; the other standard variables that count are in ' +
      '[observability.md](observability.md#traces)',
    unset: 'nothing is traced',
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: optional(null, text, {
    meaning: 'how it is spoken to: nothing but `http/protobuf`',
    unset: 'that',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: secret('traces.headers', text, {
    meaning: 'headers for it, `<name>=<value>`, comma-separated and percent-encoded',
    unset: 'none',
  }),
};
