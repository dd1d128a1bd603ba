/** Sends spans to a collector, by OTLP; how many and how often is said by the standard variables of the SDK. */
import { context, diag, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Resource } from '@opentelemetry/resources';
import type { Logger } from './logger.ts';
import { traceBy } from './spans.ts';

export interface Collector {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function startTracing(
  resource: Resource,
  to: Collector,
  logger: Pick<Logger, 'warn'> | null,
  exporter: SpanExporter = new OTLPTraceExporter({ ...to }),
): { close(): Promise<void> } {
  if (logger !== null) diag.setLogger(seldom(logger), { suppressOverrideMessage: true });
  const processor = new BatchSpanProcessor(withoutWords(exporter));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  traceBy({
    tracer: provider.getTracer('assist-rollouts'),
    take: (span) => processor.onEnd({ ...span, resource }),
  });
  return {
    async close() {
      traceBy(null);
      await provider.shutdown();
      for (const api of [context, propagation, trace, diag]) api.disable();
    },
  };
}

/**
 * Temporal's interceptors put reasons of people and messages of errors into spans: neither leaves the process. What went
 * wrong stands in the log, under the id of the trace.
 */
function withoutWords(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans: ReadableSpan[], done: (result: ExportResult) => void) => exporter.export(spans.map(wordless), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

/** Of Temporal's interceptors, and of an exception as OpenTelemetry records it. */
const WORDS = ['temporalTerminateReason', 'exception.message', 'exception.stacktrace'];

function wordless(span: ReadableSpan): ReadableSpan {
  const clean = (attributes: ReadableSpan['attributes'] = {}): ReadableSpan['attributes'] =>
    Object.fromEntries(Object.entries(attributes).filter(([name]) => !WORDS.includes(name)));
  const { code } = span.status;
  return Object.create(span, {
    attributes: { value: clean(span.attributes) },
    status: { value: { code } },
    events: { value: span.events.map((event) => ({ ...event, attributes: clean(event.attributes) })) },
  }) as ReadableSpan;
}

const SELDOM_MS = 60_000;

/** A collector that is away is said once a minute. */
function seldom(logger: Pick<Logger, 'warn'>): Parameters<typeof diag.setLogger>[0] {
  let saidAt = -Infinity;
  const say = (message: string): void => {
    if (performance.now() - saidAt < SELDOM_MS) return;
    saidAt = performance.now();
    logger.warn({ problem: message.slice(0, 500) }, 'traces cannot be sent');
  };
  const silent = (): void => undefined;
  return { error: say, warn: say, info: silent, debug: silent, verbose: silent };
}
