/** What makes a worker trace its activities, and take the spans of its workflows. */
import type { InjectedSinks, WorkerOptions } from '@temporalio/worker';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { OpenTelemetrySinks, SerializableSpan } from '@temporalio/interceptors-opentelemetry/lib/workflow';
import { tracing } from '../telemetry/spans.ts';
import type { Tracing } from '../telemetry/spans.ts';

export async function tracedWorker(): Promise<Pick<WorkerOptions, 'interceptors' | 'sinks'>> {
  const active = tracing();
  // One who traces may have begun a workflow that is run by one who does not.
  if (active === null) return { sinks: { exporter: { export: { fn: () => undefined, callDuringReplay: false } } } };
  const { OpenTelemetryActivityInboundInterceptor: Inbound } =
    await import('@temporalio/interceptors-opentelemetry/lib/worker/index.js');
  return { interceptors: { activity: [(context) => ({ inbound: new Inbound(context) })] }, sinks: sinksOf(active) };
}

function sinksOf(active: Tracing): InjectedSinks<OpenTelemetrySinks> {
  return {
    exporter: {
      export: {
        fn: ({ workflowId, runId, workflowType }, spans) => {
          const attributes = { workflowId, runId, workflowType };
          for (const span of spans) active.take(toReadable(span, attributes));
        },
        callDuringReplay: false,
      },
    },
  };
}

/** The isolate has an older SDK than we; of the workflow only names go with it, for its memo holds what people said. */
function toReadable(
  { spanContext: { traceState: _state, ...context }, parentSpanId, instrumentationLibrary, ...span }: SerializableSpan,
  ofWorkflow: ReadableSpan['attributes'],
): Omit<ReadableSpan, 'resource'> {
  const { traceId, traceFlags } = context;
  return {
    ...span,
    attributes: { ...span.attributes, ...ofWorkflow },
    spanContext: () => context,
    ...(parentSpanId !== undefined && { parentSpanContext: { traceId, traceFlags, spanId: parentSpanId } }),
    instrumentationScope: instrumentationLibrary,
  };
}
