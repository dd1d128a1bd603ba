/** A workflow that is begun by somebody who traces is part of that trace; all others are as they always were. */
import { Client } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client';
import { Worker } from '@temporalio/worker';
import { ExportResultCode } from '@opentelemetry/core';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import { resourceOf } from '../../src/telemetry/resource.ts';
import { traced } from '../../src/telemetry/spans.ts';
import { startTracing } from '../../src/telemetry/tracing.ts';
import { tracedWorker } from '../../src/worker/traced.ts';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import type { rollout } from '../../src/workflows/rollout.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

const kept: ReadableSpan[] = [];
const exporter = new InMemorySpanExporter();
exporter.export = (spans, done) => {
  kept.push(...spans);
  done({ code: ExportResultCode.SUCCESS });
};
let harness: Harness;
let tracing: { close(): Promise<void> };

beforeAll(async () => {
  tracing = startTracing(resourceOf('test', '0'), { url: 'http://127.0.0.1:1', headers: {} }, null, exporter);
  const org = new ScriptedOrganisation();
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());

test('one trace from who began it over the workflow to its activities; not traced, no header; both replay', async () => {
  const { client } = harness;
  const { connection, options } = client;
  const tracingClient = new Client({
    connection,
    namespace: options.namespace,
    interceptors: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
  });
  const begin = (by: Client, name: string) => {
    const plan = quickPlan();
    return by.workflow.start<typeof rollout>(ROLLOUT_WORKFLOW, {
      workflowId: rolloutWorkflowId(name),
      taskQueue: ROLLOUTS_QUEUE,
      args: [{ plan: { ...plan, action: { ...plan.action, name } }, startedBy: 'test' }],
    });
  };
  const handles = [await traced('begun', {}, () => begin(tracingClient, 'Traced')), await begin(client, 'Untraced')];
  for (const handle of handles) await handle.result();
  const [tracedHistory, untracedHistory] = await Promise.all(handles.map((handle) => handle.fetchHistory()));
  await tracing.close();

  const headers = [tracedHistory, untracedHistory].map((history) =>
    Object.keys(history?.events?.[0]?.workflowExecutionStartedEventAttributes?.header?.fields ?? {}),
  );
  expect(headers).toEqual([['_tracer-data'], []]);
  const [begun] = kept.filter(({ name }) => name === 'begun');
  const within = kept.filter((span) => span.spanContext().traceId === begun?.spanContext().traceId);
  const names = within.map(({ name }) => name);
  for (const name of ['StartWorkflow:rollout', 'RunWorkflow:rollout', 'StartActivity:validate', 'RunActivity:validate'])
    expect(names).toContain(name);
  // Every span but the first has its parent in the same trace.
  const ids = new Set(within.map((span) => span.spanContext().spanId));
  expect(within.filter(({ parentSpanContext: parent }) => parent && !ids.has(parent.spanId))).toEqual([]);
  expect(kept.filter(({ name }) => name === 'RunWorkflow:rollout')).toHaveLength(1);
  const [run] = within.filter(({ name }) => name === 'RunWorkflow:rollout');
  expect(Object.keys(run?.attributes ?? {}).toSorted()).toEqual(['runId', 'workflowId', 'workflowType']);

  const bundle = await workflowCode({ codecKeys: [] });
  // By a worker that traces nothing.
  const replaying = { ...(await tracedWorker()), workflowBundle: bundle };
  await Worker.runReplayHistory(replaying, tracedHistory, rolloutWorkflowId('Traced'));
  await Worker.runReplayHistory(replaying, untracedHistory, rolloutWorkflowId('Untraced'));
});
