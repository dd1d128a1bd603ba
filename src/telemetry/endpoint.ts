/** Serves what this process measures, for Prometheus, and whether it is alive and ready, for who starts and ends it. */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { Resource } from '@opentelemetry/resources';
import { closeHonoServer } from '../http/hono-server.ts';
import { listenOn } from '../http/listen.ts';
import { measureBy, readAtScrape } from './measure.ts';
import type { Reading } from './measure.ts';

export interface MetricsPlace {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

export interface MetricsEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 32;

export async function serveMetrics(
  { host, port }: MetricsPlace,
  resource: Resource,
  isReady: () => boolean,
): Promise<MetricsEndpoint> {
  const reader = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  let underWay: Promise<string> | null = null;
  // However many scrape, the store is asked once at a time.
  const scrape = (): Promise<string> =>
    (underWay ??= reader
      .collect()
      .then(({ resourceMetrics }) => serializer.serialize(resourceMetrics))
      .finally(() => (underWay = null)));
  const server = createServer(({ method, url }, response) => {
    const asked = method === 'GET' || method === 'HEAD' ? url : undefined;
    if (asked === '/metrics') void answer(response, scrape);
    // Neither asks the store: a process that waits for it is alive, and must not be ended.
    else if (asked === '/live') say(response, 200, 'alive');
    else if (asked === '/ready') sayReady(response, isReady());
    else response.writeHead(404).end();
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = 5_000;
  const address = await listenOn(server, { host, port, what: 'The endpoint of the metrics' });
  const stopMeasuring = measureBy(provider.getMeter('assist-rollouts'));
  const stopReading = readAtScrape(readProcess());
  return {
    url: `${address}/metrics`,
    async close() {
      stopReading();
      stopMeasuring();
      await closeHonoServer(server);
      await provider.shutdown();
    },
  };
}

function sayReady(response: ServerResponse, ready: boolean): void {
  say(response, ready ? 200 : 503, ready ? 'ready' : 'not ready');
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

async function answer(response: ServerResponse, scrape: () => Promise<string>): Promise<void> {
  try {
    const text = await scrape();
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  } catch {
    response.writeHead(500).end();
  }
}

const NS_PER_SECOND = 1e9;
/** How often the loop is looked at; what is above this between two looks is its delay. */
const RESOLUTION_MS = 20;

function readProcess(): () => readonly Reading[] {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const startedAt = Date.now() / 1000 - process.uptime();
  return () => {
    const seconds = delay.count === 0 ? 0 : delay.percentile(99) / NS_PER_SECOND - RESOLUTION_MS / 1000;
    delay.reset();
    return [
      { gauge: 'process_resident_memory_bytes', value: process.memoryUsage.rss() },
      { gauge: 'process_start_time_seconds', value: startedAt },
      { gauge: 'assist_rollouts_event_loop_delay_seconds', value: Math.max(0, seconds) },
    ];
  };
}
