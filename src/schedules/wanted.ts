/** A schedule as it must be, and where one is other. */
import type { ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { ScheduleOverlapPolicy } from '@temporalio/client';

export interface WantedSchedule {
  readonly id: string;
  readonly everyMs: number;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly taskQueue: string;
  /** A run that is stuck (paused by hand, say) must not keep the next ones out for long. */
  readonly maxRunMs: number;
  readonly summary: string;
}

/** The shortest that a server takes: a run that was missed is not made up for, the next one finds the same. */
const CATCH_UP_MS = 10_000;

export function optionsOf({ everyMs, workflowType, workflowId, taskQueue, maxRunMs, summary }: WantedSchedule) {
  return {
    spec: { intervals: [{ every: everyMs }] },
    action: {
      type: 'startWorkflow',
      workflowType,
      workflowId,
      taskQueue,
      args: [],
      workflowExecutionTimeout: maxRunMs,
      staticSummary: summary,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS, pauseOnFailure: false },
    state: { paused: false },
  } as const satisfies Omit<ScheduleOptions, 'scheduleId'>;
}

/** What only people read, and the zone of calendars, of which there are none. */
const NO_MATTER: ReadonlySet<string> = new Set([
  'state.notes',
  'action.startWorkflow.userMetadata',
  'spec.timezoneName',
  'spec.timezoneData',
]);

/**
 * Where it is other than wanted, by the names of Temporal's own message, so that nothing it has is left out: what we
 * never set (an end, a far start, what is skipped, arguments, a retry) stops it just as well as what we do.
 */
export function changedIn(found: ScheduleDescription['raw']['schedule'], wanted: WantedSchedule): readonly string[] {
  const [seen, due] = [fieldsIn(JSON.parse(JSON.stringify(found ?? {})) as Json), fieldsIn(asMessage(wanted))];
  const other = [...seen.keys(), ...due.keys()].filter((path) => seen.get(path) !== due.get(path));
  return [...new Set(other.map((path) => path.replace(/\.(seconds|nanos)$/, '')))].sort();
}

/** As a server tells it. */
function asMessage({ everyMs, workflowType, workflowId, taskQueue, maxRunMs }: WantedSchedule): Json {
  return {
    spec: { interval: [{ interval: duration(everyMs) }] },
    action: {
      startWorkflow: {
        workflowId,
        workflowType: { name: workflowType },
        taskQueue: { name: taskQueue, kind: 'TASK_QUEUE_KIND_NORMAL' },
        workflowExecutionTimeout: duration(maxRunMs),
      },
    },
    policies: { overlapPolicy: 'SCHEDULE_OVERLAP_POLICY_SKIP', catchupWindow: duration(CATCH_UP_MS) },
  };
}

function duration(wholeSecondsMs: number): Json {
  return { seconds: String(wholeSecondsMs / 1000) };
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const UNSET: ReadonlySet<string> = new Set(['null', 'false', '0', '"0"', '""', '[]']);

/** What is set, by its path; a list is one. */
function fieldsIn(message: Json, path = ''): ReadonlyMap<string, string> {
  if (NO_MATTER.has(path)) return new Map();
  if (typeof message === 'object' && message !== null && !Array.isArray(message))
    return new Map(
      Object.entries(message).flatMap(([name, value]) => [...fieldsIn(value, path === '' ? name : `${path}.${name}`)]),
    );
  const text = JSON.stringify(message);
  return new Map(UNSET.has(text) ? [] : [[path, text]]);
}
