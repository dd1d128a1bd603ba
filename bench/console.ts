/**
 * How soon the console's list is there with a thousand rollouts, and how soon a rollout's word is on an open page.
 *
 *   npm run bench:console -- [--json] [--rollouts 1000] [--words 40]
 *
 * A real Temporal dev server, a real worker, the console over real HTTP. The rollouts stand where they are: each
 * publishes its attributes and answers the status query, as ours do.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createClosers } from '../src/compose/closers.ts';
import { composeLocalConsole } from '../src/compose/console.ts';
import { createConfigurator } from '../src/configurator.ts';
import { mapAtOnce } from '../src/domain/shared/at-once.ts';
import { startTemporalDevServer } from '../src/local/temporal/server.ts';
import { findOwnTemporal } from './lib/temporal.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../src/workflows/messages.ts';
import { initialAttributes, SEARCH_ATTRIBUTES } from '../src/workflows/search-attributes.ts';
import { quantile } from './lib/quantile.ts';
import { statusOf } from './lib/status.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  json: { type: 'boolean', default: false },
  rollouts: { type: 'string', default: '1000' },
  words: { type: 'string', default: '40' },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const GOAL_MS = 1_000;

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const closers = createClosers({ onError: (name, error) => say(`closing ${name}: ${String(error)}`) });
  try {
    const { client, temporal } = await startTemporal(closers);
    const names = Array.from({ length: Number(values.rollouts) }, (_, at) => `Card${at}`);
    await mapAtOnce(names, 16, (name) => begin(client, name));
    say(`${names.length} rollouts stand`);
    await untilVisible(client, names.length);
    const engine = createConfigurator({ temporal });
    closers.add('engine', () => engine.close());
    const { url } = await composeLocalConsole({
      env: {},
      configuration: { env: {}, file: null, places: new Map(), overruled: [], problems: [] },
      host: '127.0.0.1',
      port: 0,
      engine,
      temporal,
      db: null,
      user: 'bench',
      now: Date.now,
      logger: createLogger({ pretty: false, color: false, level: 'warn', stream: process.stderr }),
      closers,
    });
    // A process has a moment before the first person comes.
    await sleep(3_000);
    report({ ...(await measureList(url)), ...(await measureWords(url, client)) });
  } finally {
    await closers.close();
  }
}

async function startTemporal(closers: ReturnType<typeof createClosers>) {
  const folder = await mkdtemp(join(tmpdir(), 'assist-bench-'));
  closers.add('data', () => rm(folder, { recursive: true, force: true }));
  const dataFile = join(folder, 'temporal.sqlite');
  const server = await startTemporalDevServer({
    path: await findOwnTemporal(say),
    searchAttributes: SEARCH_ATTRIBUTES,
    log: say,
    dataFile,
  });
  closers.add('temporal', () => server.close());
  const { address, namespace } = server;
  const native = await NativeConnection.connect({ address });
  closers.add('connection', () => native.close());
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue: ROLLOUTS_QUEUE,
    workflowsPath: join(__dirname, 'console', 'standing.workflow.js'),
    // As the worker of ours; what does not fit into the cache is replayed at its next query.
    maxCachedWorkflows: 600,
  });
  const running = worker.run();
  closers.add('worker', async () => {
    worker.shutdown();
    await running;
  });
  const connection = await Connection.connect({ address });
  closers.add('client', () => connection.close());
  const temporal = { connectionOptions: { address }, address, namespace, uiUrl: null };
  return { client: new Client({ connection, namespace }), temporal };
}

function begin({ workflow }: Client, name: string) {
  const status = statusOf(name, {
    steps: ['setSplit 5 %', 'bake 30m', 'setSplit 25 %', 'bake 2h'].map((label, index) => ({
      index,
      label,
      state: index < 3 ? 'done' : 'running',
    })),
    waitingFor: '2h to pass',
    deadline: { at: new Date(Date.now() + 7_200_000).toISOString(), what: 'the bake', action: 'hold' },
    startedAt: new Date().toISOString(),
  });
  return workflow.start(ROLLOUT_WORKFLOW, {
    workflowId: status.workflowId,
    taskQueue: ROLLOUTS_QUEUE,
    args: [status],
    typedSearchAttributes: initialAttributes(name, '1.5.0'),
  });
}

async function untilVisible({ workflow }: Client, count: number): Promise<void> {
  while ((await workflow.count("AssistPhase = 'baking'")).count < count) await sleep(200);
}

async function measureList(url: string) {
  const timed = async (): Promise<{ ms: number; text: string }> => {
    const began = performance.now();
    const text = await (await fetch(url)).text();
    return { ms: performance.now() - began, text };
  };
  const first = await timed();
  if (!first.text.includes('Card999') && Number(values.rollouts) >= 1000) throw new Error('The list is not whole.');
  const more: number[] = [];
  // Meanwhile each is asked for its own word.
  for (let at = 0; at < 20; at += 1) {
    more.push((await timed()).ms);
    await sleep(250);
  }
  return {
    firstPaintMs: Math.round(first.ms),
    pageKilobytes: Math.round(first.text.length / 1024),
    laterPaintP50Ms: Math.round(quantile(more, 0.5)),
    laterPaintMaxMs: Math.round(Math.max(...more)),
  };
}

async function measureWords(url: string, { workflow }: Client) {
  const stream = new Reader(await fetch(`${url}/rollouts/Card0/stream`));
  await stream.next();
  const took: number[] = [];
  for (let at = 0; at < Number(values.words); at += 1) {
    const word = `word ${at} of the judge`;
    const began = performance.now();
    await workflow.getHandle(rolloutWorkflowId('Card0')).signal('say', word);
    while (!(await stream.next()).includes(word));
    took.push(performance.now() - began);
    // Anywhere between two looks.
    await sleep(137 * (at % 7));
  }
  await stream.leave();
  return {
    wordOnPageP50Ms: Math.round(quantile(took, 0.5)),
    wordOnPageP95Ms: Math.round(quantile(took, 0.95)),
    wordOnPageMaxMs: Math.round(Math.max(...took)),
  };
}

class Reader {
  readonly #source;
  readonly #text = new TextDecoder();
  #rest = '';
  constructor(response: Response) {
    this.#source = (response.body as ReadableStream<Uint8Array>).getReader();
  }
  /** The next event that carries something. */
  async next(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\n\n');
      if (end >= 0) {
        const event = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 2);
        if (event.startsWith('event: fragments')) return event;
        continue;
      }
      const { done, value } = await this.#source.read();
      if (done) throw new Error('The stream has ended.');
      this.#rest += this.#text.decode(value, { stream: true });
    }
  }
  leave = (): Promise<void> => this.#source.cancel();
}

function report(figures: Awaited<ReturnType<typeof measureList>> & Awaited<ReturnType<typeof measureWords>>): void {
  const passed = figures.firstPaintMs <= GOAL_MS && figures.wordOnPageP95Ms <= GOAL_MS;
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ kind: 'console', rollouts: Number(values.rollouts), ...figures, passed })}\n`,
    );
  else
    process.stdout.write(
      `${values.rollouts} rollouts: first paint ${figures.firstPaintMs} ms (${figures.pageKilobytes} kB), later ` +
        `${figures.laterPaintP50Ms} ms (at most ${figures.laterPaintMaxMs}); a word is on the open page after ` +
        `${figures.wordOnPageP50Ms} ms (p95 ${figures.wordOnPageP95Ms}, at most ${figures.wordOnPageMaxMs}).\n`,
    );
  if (!passed) process.exitCode = 1;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
