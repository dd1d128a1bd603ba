/** What a quiet while costs: processor, memory, history, heartbeats, calls, reads. */
import type { OrganisationApi } from '../lib/organisation.ts';
import { sleep } from './lanes.ts';
import type { Parts } from './parts.ts';
import { coresBetween, machineTimes } from './machine.ts';
import { countStore } from './store-look.ts';
import type { TemporalLook } from './temporal-look.ts';
import { cpuShare, usageOf, usageOfAll } from './usage.ts';

export interface Steady {
  readonly workerRssMb: number | null;
  /** 1: one core. */
  readonly workerCpu: number | null;
  readonly temporalCpu: number | null;
  /** Of each part, and of everybody else on this machine. */
  readonly steadyCores: Readonly<Record<string, number>> | null;
  readonly heartbeatBytesPerSecond: number;
  readonly heartbeatsPerSecond: number;
  readonly historyEventsBefore: number;
  readonly historyEventsAfter: number;
  readonly callsPerMinute: number;
  /** One listing of all versions that stand in the organisation, every 25 seconds, for each worker. */
  readonly leastCallsPerMinute: number;
  readonly historyEventsPerRolloutHour: number;
  readonly heartbeatKbPerRolloutHour: number;
  readonly storeTransactionsPerRolloutHour: number | null;
  readonly storeTransactionsPerSecond: number | null;
  readonly storeRowsPerSecond: number | null;
}

export interface SteadyParts {
  readonly parts: Parts;
  readonly organisation: OrganisationApi;
  readonly temporal: TemporalLook;
}

/** Of the engine's own client. */
const ENGINE = 'sandbox-client';

export async function measureSteady(
  { parts, organisation, temporal }: SteadyParts,
  ids: readonly string[],
  ms: number,
): Promise<Steady> {
  const read = async () => ({
    worker: usageOfAll(parts.workers.map(({ pid }) => pid)),
    server: usageOf(parts.pids.temporal),
    times: machineTimes(parts),
    store: await countStore(parts.databaseUrl),
    calls: await organisation.callsOf(ENGINE),
    atMs: Date.now(),
  });
  const historyBefore = mean((await temporal.lookAt(ids)).map((look) => look.historyEvents));
  const before = await read();
  await sleep(ms);
  const after = await read();
  const looks = await temporal.lookAt(ids);
  const versions = (await organisation.versions()).length;
  const beats = await beatsPerSecond(temporal, ids.slice(0, SAMPLE));
  const bytes = looks.reduce((sum, look) => sum + look.heartbeatBytes, 0);
  const perSecond = (from: number | undefined, to: number | undefined): number | null =>
    from === undefined || to === undefined ? null : Math.round((1000 * (to - from)) / (after.atMs - before.atMs));
  const historyAfter = mean(looks.map((look) => look.historyEvents));
  const transactions = perSecond(before.store?.transactions, after.store?.transactions);
  return {
    workerRssMb: after.worker?.rssMb ?? null,
    workerCpu: cpuShare(before.worker, after.worker),
    temporalCpu: cpuShare(before.server, after.server),
    steadyCores: coresBetween(before.times, after.times),
    heartbeatBytesPerSecond: Math.round(bytes * beats),
    heartbeatsPerSecond: Math.round(beats * looks.filter((look) => look.watched).length),
    historyEventsBefore: historyBefore,
    historyEventsAfter: historyAfter,
    callsPerMinute: Math.round(((after.calls - before.calls) * 60_000) / (after.atMs - before.atMs)),
    leastCallsPerMinute: Math.round(parts.workers.length * Math.ceil(versions / PAGE) * (60 / DRIFT_EVERY_S)),
    historyEventsPerRolloutHour: Math.round(((historyAfter - historyBefore) * HOUR_MS) / (after.atMs - before.atMs)),
    heartbeatKbPerRolloutHour: Math.round((bytes * beats * 3.6) / ids.length),
    storeTransactionsPerRolloutHour: transactions === null ? null : Math.round((transactions * 3600) / ids.length),
    storeTransactionsPerSecond: transactions,
    storeRowsPerSecond: perSecond(before.store?.rows, after.store?.rows),
  };
}

const HOUR_MS = 3_600_000;
const PAGE = 100;
const DRIFT_EVERY_S = 25;
const SAMPLE = 4;
const SAMPLE_MS = 8_000;
const SAMPLE_GAP_MS = 100;

/** How often a watch's heartbeat reaches the server: moments that differ. */
async function beatsPerSecond(temporal: TemporalLook, ids: readonly string[]): Promise<number> {
  const seen = new Set<string>();
  const startedAtMs = Date.now();
  while (Date.now() - startedAtMs < SAMPLE_MS) {
    for (const { workflowId, beatAtMs } of await temporal.lookAt(ids))
      if (beatAtMs !== null) seen.add(`${workflowId} ${beatAtMs}`);
    await sleep(SAMPLE_GAP_MS);
  }
  return (1000 * seen.size) / (Date.now() - startedAtMs) / Math.max(1, ids.length);
}

function mean(values: readonly number[]): number {
  return Math.round((10 * values.reduce((sum, value) => sum + value, 0)) / Math.max(1, values.length)) / 10;
}
