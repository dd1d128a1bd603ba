/**
 * The services while their database is away, at their start and later. They run compiled, since what must not end are
 * processes.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describePostgres } from '../helpers/database.ts';
import { eventOf } from '../helpers/events.ts';
import { newSecret, push } from '../helpers/push.ts';
import { testTemporal } from '../helpers/temporal.ts';

jest.setTimeout(240_000);

const MAIN = join(__dirname, '../../dist/src/cli/main.js');
const SECRET = newSecret();

const now = (): { occurredAt: string; triggeredAt: string } => ({
  occurredAt: new Date().toISOString(),
  triggeredAt: new Date().toISOString(),
});

interface Service {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
}

describePostgres('a service', (postgres) => {
  const services: Service[] = [];
  afterEach(async () => {
    for (const { child } of services.splice(0)) child.kill('SIGKILL');
    await postgres().kill();
    await postgres().start();
  });

  const start = (verb: string, env: Readonly<Record<string, string>>): Service => {
    const child = spawn(process.execPath, [MAIN, verb, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, ...env },
    });
    const text = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (text.out += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (text.err += chunk));
    const service = { child, out: () => text.out, err: () => text.err };
    services.push(service);
    return service;
  };
  const until = async (holds: () => boolean | Promise<boolean>, service: Service): Promise<void> => {
    while (!(await holds())) {
      if (service.child.exitCode !== null)
        throw new Error(`the process has ended with ${service.child.exitCode}: ${service.err()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const isReady =
    ({ out }: Service) =>
    (): boolean =>
      out().includes('"ready"');
  const waits =
    ({ err }: Service) =>
    (): boolean =>
      err().includes('waiting for the database');

  /** What who starts and ends it hears on the metrics' port: `/live`, `/ready`. */
  const probed = async (service: Service): Promise<number[]> => {
    const at = /"url":"(http[^"]+)\/metrics"/.exec(service.err())?.[1] ?? '';
    return Promise.all(['/live', '/ready'].map(async (path) => (await fetch(`${at}${path}`)).status));
  };

  test('events: waits for it and says so, answers 503 while it is gone, and goes on when it is back', async () => {
    const url = await postgres().createDatabase();
    await postgres().kill();
    const service = start('events', {
      DATABASE_URL: url,
      EVENTS_SIGNING_SECRETS: SECRET,
      EVENTS_PORT: '0',
      METRICS_PORT: '0',
    });
    await until(waits(service), service);
    expect(await probed(service)).toEqual([200, 503]);
    await postgres().start();
    await until(isReady(service), service);
    expect(await probed(service)).toEqual([200, 200]);
    expect(service.err().match(/waiting for the database/g)).toHaveLength(1);
    const { url: at } = JSON.parse(service.out()) as { url: string };
    const send = async (id: string): Promise<number> =>
      (await push(eventOf(id, 'triggered', 0, now()), { url: at, secret: SECRET, nowMs: Date.now() })).status;
    expect(await send('first')).toBe(200);
    await postgres().kill();
    await until(async () => (await send('second')) === 503, service);
    expect((await fetch(`${at}/healthz`)).status).toBe(503);
    await postgres().start();
    await until(async () => (await send('third')) === 200, service);
    await until(async () => (await fetch(`${at}/healthz`)).ok, service);
    const { intake } = (await (await fetch(`${at}/healthz`)).json()) as {
      intake: { refusing: boolean; unavailable: number };
    };
    expect(intake).toMatchObject({ refusing: true });
    expect(intake.unavailable).toBeGreaterThan(0);
    service.child.kill('SIGTERM');
    const [code] = (await once(service.child, 'exit')) as [number | null];
    expect(code).toBe(0);
  });

  test('forward: waits too, and outlives it', async () => {
    const url = await postgres().createDatabase();
    const { address, namespace } = await testTemporal();
    await postgres().kill();
    const service = start('forward', {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      DATABASE_URL: url,
      COACHING_URL: 'http://127.0.0.1:9/',
      COACHING_SIGNING_SECRET: newSecret(),
    });
    await until(waits(service), service);
    await postgres().start();
    await until(isReady(service), service);
    await postgres().kill();
    await until(() => service.err().includes('the store is away'), service);
    await postgres().start();
    service.child.kill('SIGTERM');
    expect(await once(service.child, 'exit')).toEqual([0, null]);
  });

  test('worker: waits too, and outlives it', async () => {
    const url = await postgres().createDatabase();
    const { address, namespace } = await testTemporal();
    await postgres().kill();
    const service = start('worker', {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      DATABASE_URL: url,
      EVENTS_SIGNING_SECRETS: SECRET,
      EVENTS_PUBLIC_URL: 'http://127.0.0.1:9',
      GENESYS_CLIENT_ID: 'sandbox-client',
      GENESYS_CLIENT_SECRET: 'sandbox-secret',
      GENESYS_LOGIN_URL: 'http://127.0.0.1:9',
      GENESYS_API_URL: 'http://127.0.0.1:9',
      METRICS_PORT: '0',
    });
    await until(waits(service), service);
    expect(await probed(service)).toEqual([200, 503]);
    await postgres().start();
    await until(isReady(service), service);
    expect(await probed(service)).toEqual([200, 200]);
    await postgres().kill();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    // Else its host would end what is there to wait.
    expect(await probed(service)).toEqual([200, 200]);
    await postgres().start();
    expect(service.child.exitCode).toBeNull();
    service.child.kill('SIGTERM');
    expect(await once(service.child, 'exit')).toEqual([0, null]);
  });

  test('SIGTERM ends the wait; a password that is wrong or a database that is not there is no reason to wait', async () => {
    const url = await postgres().createDatabase();
    const none = start('events', {
      DATABASE_URL: url.replace(/\w+$/, 'nowhere'),
      EVENTS_SIGNING_SECRETS: SECRET,
      EVENTS_PORT: '0',
    });
    expect(await once(none.child, 'exit')).toEqual([2, null]);
    await postgres().kill();
    const service = start('events', { DATABASE_URL: url, EVENTS_SIGNING_SECRETS: SECRET, EVENTS_PORT: '0' });
    await until(waits(service), service);
    service.child.kill('SIGTERM');
    expect(await once(service.child, 'exit')).toEqual([130, null]);
  });
});
