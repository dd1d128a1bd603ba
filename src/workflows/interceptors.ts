/**
 * Ranks every activity (priority.ts), whatever a client gave its workflow, and traces a workflow that was begun by somebody who traces: its own first event says so, so every replay does the same.
 * Of all others nothing is traced, and nothing of OpenTelemetry is even loaded: it would cost each of them memory.
 */
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { workflowInfo } from '@temporalio/workflow';
import type * as OpenTelemetry from '@temporalio/interceptors-opentelemetry/lib/workflow';
import { priorityOf } from '../domain/rollout/priority.ts';
import { createAnsweredAhead } from './answered-ahead.ts';
import { rankOf } from './priority.ts';

/** In which Temporal's interceptors carry a trace on. */
const TRACE_HEADER = '_tracer-data';

interface Traced {
  readonly inbound: OpenTelemetry.OpenTelemetryInboundInterceptor;
  readonly outbound: OpenTelemetry.OpenTelemetryOutboundInterceptor;
}

function load(): Traced {
  // Not at the top: there it would be evaluated for each workflow of each worker.
  // oxlint-disable-next-line typescript/no-require-imports
  const openTelemetry = require('@temporalio/interceptors-opentelemetry/lib/workflow') as typeof OpenTelemetry;
  return {
    inbound: new openTelemetry.OpenTelemetryInboundInterceptor(),
    outbound: new openTelemetry.OpenTelemetryOutboundInterceptor(),
  };
}

/** Where nothing is traced, each other passes on what it got in the same turn: not even a promise is added. */
export function interceptors(): WorkflowInterceptors {
  let traced: Traced | null = null;
  const { root: outermost, workflowId } = workflowInfo();
  const root = outermost?.workflowId ?? workflowId;
  return {
    internals: [createAnsweredAhead()],
    inbound: [
      {
        execute(input, next) {
          if (!(TRACE_HEADER in input.headers)) return next(input);
          traced = load();
          return traced.inbound.execute(input, next);
        },
        handleSignal: (input, next) => (traced === null ? next(input) : traced.inbound.handleSignal(input, next)),
        handleUpdate: (input, next) => (traced === null ? next(input) : traced.inbound.handleUpdate(input, next)),
      },
    ],
    outbound: [
      {
        scheduleActivity(input, next) {
          const ranked = {
            ...input,
            options: { ...input.options, priority: priorityOf(rankOf(input.activityType), root) },
          };
          return traced === null ? next(ranked) : traced.outbound.scheduleActivity(ranked, next);
        },
        startChildWorkflowExecution: (input, next) =>
          traced === null ? next(input) : traced.outbound.startChildWorkflowExecution(input, next),
        signalWorkflow: (input, next) => (traced === null ? next(input) : traced.outbound.signalWorkflow(input, next)),
        continueAsNew: (input, next) => (traced === null ? next(input) : traced.outbound.continueAsNew(input, next)),
        getLogAttributes: (input, next) =>
          traced === null ? next(input) : traced.outbound.getLogAttributes(input, next),
      },
    ],
  };
}
