/**
 * Spans of what this process does. While tracing is off, the work is run and nothing else is done. A span says what was
 * done, where it failed and how long it took; never what was said: no text of people, no value of a query, no URL with ids.
 * Nobody outside decides what is traced: what a request says of a trace of its own is not taken on.
 */
import { SpanKind, SpanStatusCode, context, isSpanContextValid, trace } from '@opentelemetry/api';
import type { Attributes, Link, Span, SpanContext, Tracer } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

export interface Tracing {
  readonly tracer: Tracer;
  /** One that was made elsewhere: in the isolate of a workflow. */
  take(span: Omit<ReadableSpan, 'resource'>): void;
}

let active: Tracing | null = null;

/** From here on spans go there; null: nothing is traced. */
export function traceBy(next: Tracing | null): void {
  active = next;
}

export function tracing(): Tracing | null {
  return active;
}

export interface SpanOptions {
  readonly kind?: 'server' | 'client' | 'internal';
  readonly attributes?: Attributes;
  /** A trace of its own, which links to the span that is active: what goes on for days is no one trace. */
  readonly apart?: boolean;
  /** Only as a part of something: what merely repeats itself in the background is not worth a trace. */
  readonly within?: boolean;
  /** When it began; now if absent. ms since the epoch. */
  readonly sinceMs?: number;
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** The work as a span; a failure is told by its type alone, and goes on as it is. */
export async function traced<T>(
  name: string,
  { kind = 'internal', attributes = {}, apart = false, within = false, sinceMs = Date.now() }: SpanOptions,
  work: (span: Span | null) => Promise<T>,
): Promise<T> {
  const around = trace.getSpan(context.active());
  if (active === null || (within && around === undefined)) return work(null);
  const parent = context.active();
  const links: Link[] = apart && around !== undefined ? [{ context: around.spanContext() }] : [];
  const span = active.tracer.startSpan(
    name,
    { kind: KINDS[kind], attributes, links, root: apart, startTime: sinceMs },
    parent,
  );
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    failed(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** A text is a code that tells what failed. */
export function failed(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', error instanceof Error ? error.name : typeof error === 'string' ? error : 'unknown');
}

/** Of the active span, in the form of W3C trace context; null where none is that anybody will keep. */
export function activeTraceparent(): string | null {
  const span = active === null ? undefined : trace.getSpan(context.active())?.spanContext();
  if (span === undefined || !isSpanContextValid(span) || (span.traceFlags & 1) === 0) return null;
  return `00-${span.traceId}-${span.spanId}-01`;
}

/** For log lines: which trace they belong to. */
export function activeIds(): { readonly trace_id: string; readonly span_id: string } | null {
  const span = active === null ? undefined : trace.getSpan(context.active())?.spanContext();
  return span === undefined || !isSpanContextValid(span) ? null : { trace_id: span.traceId, span_id: span.spanId };
}

/** Leads from this span to that of another process, or of another day. */
export function linkTo(span: Span | null, traceparent: string | null, why: string): void {
  const from = traceparent === null ? null : spanContextOf(traceparent);
  if (span !== null && from !== null) span.addLink({ context: from, attributes: { 'assist_rollouts.link': why } });
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

function spanContextOf(traceparent: string): SpanContext | null {
  const [, traceId = '', spanId = '', flags = ''] = TRACEPARENT.exec(traceparent) ?? [];
  const found = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(found) ? found : null;
}
