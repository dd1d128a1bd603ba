/** Faults that befall everybody for a while: each begins, lasts and is over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import type { PlannedWindow, WindowKind } from './draw.ts';
import type { Parts } from './parts.ts';
import { CALM } from './proxy.ts';
import type { Proxy, Weather } from './proxy.ts';
import { orderly } from './traffic.ts';
import type { Disorder, Traffic } from './traffic.ts';

export interface Stage {
  readonly parts: Parts;
  readonly traffic: Traffic;
  /** One after the other: of processes that are killed, and come back. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
}

const API = '/api/v2';
const MANY = 100_000;
const HOUR_MS = 3_600_000;

type Fault = (stage: Stage, window: PlannedWindow) => Promise<void>;

const FAULTS: Readonly<Record<WindowKind, Fault>> = {
  lostAnswers: platform(({ size }) => ({ dropAnswer: 'afterWork', times: 2 + Math.round(size * 20) })),
  lostRequests: platform(({ size }) => ({ dropAnswer: 'beforeWork', times: 2 + Math.round(size * 20) })),
  storm429: platform(() => ({ status: 429, retryAfterSeconds: 1, times: MANY })),
  conflicts409: platform(() => ({ status: 409, times: MANY }), ['PUT', 'POST']),
  forbidden403: platform(({ size }) => ({ status: 403, times: 5 + Math.round(size * 60) }), ['PUT']),
  errors500: platform(() => ({ status: 500, times: MANY })),
  slowAnswers: platform(({ size }) => ({ delayMs: 500 + Math.round(size * 6_000), times: 40 })),
  cuts: weather('organisation', ({ size }) => ({ ...CALM, cut: 0.05 + size * 0.3 })),
  delays: weather('organisation', ({ size }) => ({ ...CALM, delayMs: 100 + size * 1_500 })),
  halves: weather('organisation', () => ({ ...CALM, halve: 1, delayMs: 20 })),
  reordering: weather('organisation', () => ({ ...CALM, reorder: 0.5 })),
  cutPushes: weather('events', ({ size }) => ({ ...CALM, cut: 0.1 + size * 0.4, halve: 0.5 })),
  slowPushes: disorder(({ size }) => ({ slowMs: 1_000 + size * 8_000 })),
  doubledPushes: disorder(() => ({ doubled: true })),
  reorderedPushes: disorder(() => ({ reordered: true })),
  eventClockOff: disorder(({ size }) => ({ clockOffMs: Math.round((size - 0.5) * 10 * HOUR_MS) })),
  async organisationClockOff({ parts }, { forMs, size }) {
    parts.organisationClockOffMs = Math.round((size - 0.5) * 10 * HOUR_MS);
    await sleep(forMs);
    parts.organisationClockOffMs = 0;
  },
  async workerClockOff({ parts, alone }, { forMs, size }) {
    const worker = parts.workers[size < 0.5 ? 0 : 1];
    await alone(async () => {
      parts.workerClockOffMs = Math.round((size - 0.5) * 10 * HOUR_MS);
      worker?.signal('SIGKILL');
      await sleep(forMs);
      parts.workerClockOffMs = 0;
    });
    worker?.signal('SIGKILL');
  },
  async workerKill({ parts }, { size }) {
    parts.workers[size < 0.5 ? 0 : 1]?.signal('SIGKILL');
  },
  workerStop: ({ parts }, { size, forMs }) => asleep(parts.workers[size < 0.5 ? 0 : 1], forMs),
  async eventsKill({ parts }) {
    parts.events.signal('SIGKILL');
  },
  eventsStop: ({ parts }, { forMs }) => asleep(parts.events, forMs),
  temporalKill: ({ parts, alone }, { size }) => alone(() => parts.killTemporal(size * 3_000)),
  temporalStop: ({ parts, alone }, { forMs }) => alone(() => parts.stopTemporal(forMs)),
  databaseKill: ({ parts, alone }, { size }) => alone(() => parts.killDatabase(size * 4_000)),
  diskFull: ({ parts, alone }, { forMs }) => alone(() => parts.fillDisk(forMs)),
};

/** Resolves when it is over. */
export async function befall(stage: Stage, window: PlannedWindow): Promise<void> {
  await sleep(window.atMs);
  await FAULTS[window.kind](stage, window);
}

/** What is still there of faults that have a length. */
export async function clearFaults({ parts, traffic }: Stage): Promise<void> {
  await fetch(`${parts.organisationUrl}/sandbox/faults`, { method: 'DELETE' });
  Object.assign(traffic.disorder, orderly());
  for (const proxy of Object.values(parts.proxies)) proxy.weather = CALM;
  parts.organisationClockOffMs = 0;
  parts.workerClockOffMs = 0;
}

function platform(
  rule: (window: PlannedWindow) => object,
  methods: readonly (string | undefined)[] = [undefined],
): Fault {
  return async ({ parts }, window) => {
    const url = `${parts.organisationUrl}/sandbox/faults`;
    for (const method of methods) {
      const match = { pathPrefix: API, client: DEFAULT_CLIENT.id, ...(method !== undefined && { method }) };
      const body = JSON.stringify({ match, ...rule(window) });
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (!answer.ok) throw new Error(`The sandbox refused the fault ${body}: ${await answer.text()}`);
    }
    await sleep(window.forMs);
    await fetch(url, { method: 'DELETE' });
  };
}

function weather(which: keyof Parts['proxies'], of: (window: PlannedWindow) => Weather): Fault {
  return async ({ parts }, window) => {
    const proxy: Proxy = parts.proxies[which];
    proxy.weather = of(window);
    await sleep(window.forMs);
    proxy.weather = CALM;
  };
}

function disorder(of: (window: PlannedWindow) => Partial<Disorder>): Fault {
  return async ({ traffic }, window) => {
    Object.assign(traffic.disorder, of(window));
    await sleep(window.forMs);
    Object.assign(traffic.disorder, orderly());
  };
}

async function asleep(one: { signal(name: NodeJS.Signals): void } | undefined, forMs: number): Promise<void> {
  one?.signal('SIGSTOP');
  await sleep(forMs);
  one?.signal('SIGCONT');
}
