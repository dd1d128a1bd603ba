/** What a process tells of itself: metrics to whoever scrapes them, traces to a collector. Both are off unless asked for. */
import type { ConfigProblem } from './error.ts';
import { ConfigError } from './error.ts';
import { parseVariables } from './parse-variables.ts';
import { withSecrets } from './secrets.ts';
import type { Env } from './secrets.ts';
import type { Variables } from './variables.ts';

export interface TelemetryConfig {
  /** Where /metrics is served; null: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Where spans are sent; null: there are none. */
  readonly traces: TracesConfig | null;
}

export interface TracesConfig {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function readTelemetry(env: Env, parsed: Variables, problems: ConfigProblem[]): TelemetryConfig {
  const { METRICS_HOST: host, METRICS_PORT: port, METRICS_TEMPORAL_PORT: temporalPort } = parsed;
  if (port !== undefined && port === temporalPort)
    problems.push({ name: 'METRICS_TEMPORAL_PORT', message: 'is METRICS_PORT; expected another one' });
  const traces = readTraces(env, parsed, problems);
  return { metrics: port === undefined ? null : { host, port }, traces };
}

/** By itself, for who needs nothing else of the environment. Throws ConfigError. */
export function telemetryOf(given: Env): TelemetryConfig {
  const problems: ConfigProblem[] = [];
  const report = (name: string, message: string) => void problems.push({ name, message });
  const env = withSecrets(given, ['OTEL_EXPORTER_OTLP_HEADERS'], report);
  const config = readTelemetry(env, parseVariables(env, problems), problems);
  const own = problems.filter(({ name }) => /^(METRICS|OTEL)_/.test(name));
  if (own.length > 0) throw new ConfigError(own);
  return config;
}

const PROTOCOL = 'http/protobuf';

function readTraces(env: Env, parsed: Variables, problems: ConfigProblem[]): TracesConfig | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol = PROTOCOL } = parsed;
  if (endpoint === undefined) return null;
  const { username, password } = new URL(endpoint);
  if (username !== '' || password !== '')
    problems.push({
      name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      message: 'holds a name or a password; expected them in OTEL_EXPORTER_OTLP_HEADERS',
    });
  if (protocol !== PROTOCOL)
    problems.push({
      name: 'OTEL_EXPORTER_OTLP_PROTOCOL',
      message: `is "${protocol}"; expected ${PROTOCOL}, which is all that is spoken`,
    });
  return { url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, headers: readHeaders(env, problems) };
}

function readHeaders(env: Env, problems: ConfigProblem[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of (env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '').split(',').filter((text) => text.trim() !== '')) {
    const [, name, value] = /^\s*([\w.-]+)\s*=(.*)$/.exec(pair) ?? [];
    try {
      if (name === undefined || value === undefined) throw new Error('no pair');
      headers[name] = decodeURIComponent(value.trim());
    } catch {
      problems.push({
        name: 'OTEL_EXPORTER_OTLP_HEADERS',
        message: 'holds what is no header; expected <name>=<value>, comma-separated and percent-encoded',
      });
    }
  }
  return headers;
}
