/** Temporal: that it answers, what the namespace knows, and what runs there on schedules. Reads alone. */
import { ScheduleNotFoundError } from '@temporalio/client';
import type { Client, ScheduleDescription } from '@temporalio/client';
import { formatDuration } from '../domain/shared/duration.ts';
import { changedIn } from '../schedules/wanted.ts';
import type { WantedSchedule } from '../schedules/wanted.ts';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.ts';
import { CLOCK_EXPECTED, clockSeen } from './clock.ts';
import type { Seen } from './finding.ts';
import { once } from './run-checks.ts';
import type { Check } from './run-checks.ts';

export interface TemporalLooks {
  /** Connected once for all looks. */
  readonly client: () => Promise<Client>;
  readonly address: string;
  readonly namespace: string;
  readonly schedules: readonly ExpectedSchedule[];
  readonly now: () => number;
}

export interface ExpectedSchedule {
  readonly schedule: WantedSchedule;
  /** Null: it is to be there; else why not. */
  readonly notBecause: string | null;
}

export function temporalChecks(looks: TemporalLooks): Check[] {
  const { schedules, now } = looks;
  const client = () => looks.client().catch(temporalNotReached);
  const described = new Map(
    schedules.map(({ schedule }) => [schedule.id, once(async () => describeSchedule(await client(), schedule.id))]),
  );
  const of = (id: string) => described.get(id)?.() ?? Promise.resolve(null);
  const check = (name: string, expected: string, look: () => Promise<Seen | readonly Seen[]>): Check => ({
    area: 'temporal',
    name,
    expected,
    look,
  });
  return [
    check('reachable', 'an answer', () => reachable(looks)),
    check('namespace', 'one that is there', async () => namespaceSeen(await client(), looks)),
    check('search attributes', 'those by which rollouts are found', async () =>
      attributesSeen(await client(), looks.namespace),
    ),
    ...schedules.map((expected) =>
      check(`schedule ${expected.schedule.id}`, 'there, and running', async () =>
        scheduleSeen(expected, await of(expected.schedule.id), now()),
      ),
    ),
    check('clock', CLOCK_EXPECTED, async () =>
      temporalClock(await Promise.all(schedules.map(({ schedule }) => of(schedule.id))), now()),
    ),
  ];
}

/** Said by every look but the first, which says why. */
export function temporalNotReached(): never {
  throw new Error('Temporal was not reached');
}

async function reachable({ client, address, now }: TemporalLooks): Promise<Seen> {
  const check = 'reachable';
  const startedAt = now();
  try {
    const { serverVersion } = await (await client()).workflowService.getSystemInfo({});
    const seen = `${address}, server ${serverVersion ?? 'of a version that it does not tell'}, ${now() - startedAt} ms`;
    return { check, level: 'ok', seen };
  } catch (error) {
    const { message, remedy } = error as Error & { readonly remedy?: string };
    const wayOut = remedy ?? 'Mend TEMPORAL_ADDRESS, or start the server.';
    return { check, level: 'error', seen: message, expected: 'an answer', wayOut };
  }
}

const DAY_S = 86_400;
const MIN_DAYS = 7;
/** Of gRPC. */
const NOT_FOUND = 5;

async function namespaceSeen(client: Client, { namespace, address }: TemporalLooks): Promise<Seen> {
  const check = 'namespace';
  const found = await client.workflowService.describeNamespace({ namespace }).catch((error: { code?: unknown }) => {
    if (error.code === NOT_FOUND) return null;
    throw error;
  });
  if (found === null)
    return {
      check,
      level: 'error',
      seen: `the server knows no "${namespace}"`,
      expected: 'a namespace that is there',
      wayOut: `Mend TEMPORAL_NAMESPACE, or: temporal operator namespace create --namespace ${namespace} --retention 30d`,
    };
  const { config } = found;
  const keptS = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  const seen = `"${namespace}", which keeps ended rollouts for ${formatDuration(keptS * 1000)}`;
  if (keptS >= MIN_DAYS * DAY_S || /^(localhost|127\.0\.0\.1|\[::1\]):/.test(address))
    return { check, level: 'ok', seen };
  return {
    check,
    level: 'warning',
    seen,
    expected: `at least ${MIN_DAYS} days: as long as \`status\` and the Web UI tell of an ended rollout`,
    wayOut: `temporal operator namespace update --namespace ${namespace} --retention 30d`,
  };
}

async function attributesSeen(client: Client, namespace: string): Promise<Seen> {
  const check = 'search attributes';
  const names = Object.keys(SEARCH_ATTRIBUTES);
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  const lacking = names.filter((name) => !(name in (customAttributes ?? {})));
  if (lacking.length === 0) return { check, level: 'ok', seen: `all ${names.length} are there` };
  const created = lacking.map((name) => `--name ${name} --type ${SEARCH_ATTRIBUTES[name]}`).join(' ');
  return {
    check,
    level: 'error',
    seen: `the namespace lacks ${lacking.join(', ')}`,
    expected: `${names.join(', ')}: without them nothing is started`,
    wayOut: `Start a worker, which registers them; or: temporal operator search-attribute create --namespace ${namespace} ${created}`,
  };
}

async function describeSchedule(client: Client, id: string): Promise<ScheduleDescription | null> {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

/** So many runs may have been missed, as while a worker starts anew. */
const MISSED = 3;

function scheduleSeen(
  { schedule: wanted, notBecause }: ExpectedSchedule,
  found: ScheduleDescription | null,
  nowMs: number,
): Seen {
  const { id, everyMs, summary } = wanted;
  const check = `schedule ${id}`;
  const expected = `one that ${summary} every ${everyMs / 1000} s`;
  const wayOut = 'Start a worker of this release: it makes the schedule, and puts it right within a minute.';
  if (found === null)
    return notBecause === null
      ? { check, level: 'error', seen: 'there is none', expected, wayOut }
      : { check, level: 'notChecked', seen: `there is none, and ${notBecause}` };
  if (found.state.paused)
    return { check, level: 'error', seen: `it is paused: ${found.state.note ?? 'nobody said why'}`, expected, wayOut };
  const changed = changedIn(found.raw.schedule, wanted);
  if (changed.length > 0)
    return { check, level: 'error', seen: `it was changed by hand: ${changed.join(', ')}`, expected, wayOut };
  const last = found.info.recentActions.at(-1)?.takenAt ?? null;
  const since = nowMs - (last ?? found.info.createdAt).getTime();
  const seen = last === null ? 'it never ran' : `it ran last ${Math.max(0, Math.round(since / 1000))} s ago`;
  if (since <= MISSED * everyMs) return { check, level: 'ok', seen };
  return {
    check,
    level: 'error',
    seen,
    expected,
    wayOut: 'See whether the run before it hangs, and whether a worker runs.',
  };
}

/**
 * The server tells no time, but when it started runs and will start the next: it is not earlier there than a run began,
 * nor than one interval before the next. By how much this machine is ahead is not known from that.
 */
function temporalClock(found: readonly (ScheduleDescription | null)[], nowMs: number): Seen {
  const signs = found.flatMap((one) => [
    ...(one?.info.nextActionTimes.map((next) => next.getTime() - INTERVAL_MS) ?? []).slice(0, 1),
    ...(one?.info.recentActions.map(({ takenAt }) => takenAt.getTime()) ?? []),
  ]);
  if (signs.length === 0) throw new Error('Temporal tells its time by schedules alone, and there is none');
  const aheadMs = nowMs - Math.max(...signs);
  if (aheadMs < 0) return clockSeen('clock', 'the Temporal server', aheadMs, 'at least ');
  const seen = `its last sign is ${Math.round(aheadMs / 1000)} s old`;
  if (aheadMs <= 2 * INTERVAL_MS) return { check: 'clock', level: 'ok', seen };
  return { check: 'clock', level: 'notChecked', seen: `${seen}, too old to compare with`, expected: CLOCK_EXPECTED };
}

const INTERVAL_MS = 60_000;
