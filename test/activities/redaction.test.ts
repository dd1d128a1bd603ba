/** An organisation that repeats what it was sent: nothing of it stays in Temporal's history or in the audit log. */
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { inspect } from 'node:util';
import { createRedactor } from '../../src/domain/text/redact.ts';
import { openOrganisation } from '../../src/configurator/genesys.ts';
import { ensureSearchAttributes } from '../../src/configurator/search-attributes.ts';
import { redactFailure } from '../../src/activities/redact-failure.ts';
import { toFailure } from '../../src/activities/failures.ts';
import { readAuditLines } from '../../src/store/audit-log.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { startWorkers } from '../../src/worker/workers.ts';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import type { rollout } from '../../src/workflows/rollout.ts';
import { echoes, remainsOf } from '../genesys/echoes.ts';
import { CLIENT, TOKEN } from '../genesys/with-organisation.ts';
import { quickPlan } from '../helpers/rollout-harness.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import { noDrift } from '../helpers/arms.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { openStore } from '../helpers/any-store.ts';

const WEBHOOK = `whsec_${Buffer.from('of 32 bytes, + and / once coded?').toString('base64')}`;
const SECRETS = [CLIENT.clientSecret, TOKEN, WEBHOOK];

test('neither failures in the history nor entries of the audit log hold a secret that the organisation repeats', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await startScriptedServer((request) => {
    if (request.path === '/oauth/token') return { body: { access_token: TOKEN, expires_in: 3600 } };
    return request.method === 'GET' ? { body: { entities: [], pageCount: 1 } } : { status: 400, body: echoes(request) };
  });
  const { address, namespace } = await testTemporal();
  const [native, connection] = [await NativeConnection.connect({ address }), await Connection.connect({ address })];
  const client = new Client({ connection, namespace });
  await ensureSearchAttributes(client, namespace);
  const db = await openStore();
  const organisation = openOrganisation(
    { loginUrl: server.url, apiUrl: server.url, ...CLIENT, callsPerMinute: 3000 },
    { now: Date.now },
  );
  const workers = await startWorkers({
    place: { connection: native, namespace, codecKeys: [] },
    genesysCallsPerMinute: 3000,
    activities: {
      db,
      now: Date.now,
      lookGapMs: 100,
      ...noDrift,
      targets: organisation.targets,
      redact: createRedactor(SECRETS),
      webhook: { publicUrl: 'http://127.0.0.1:1', signingSecret: WEBHOOK },
    },
    guardian: {
      mode: 'off',
      logger: createLogger({ level: 'silent', stream: { write: () => undefined } }),
    },
  });
  try {
    const plan = quickPlan();
    const handle = await client.workflow.start<typeof rollout>(ROLLOUT_WORKFLOW, {
      workflowId: rolloutWorkflowId(plan.action.name),
      taskQueue: ROLLOUTS_QUEUE,
      args: [{ plan, startedBy: 'test' }],
    });
    await handle.result().catch(() => undefined);
    const history = JSON.stringify((await handle.fetchHistory()).events, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString() : value,
    );
    expect(history).toContain('redacted');
    expect(history).toContain('400');
    expect(remainsOf(history, SECRETS)).toEqual([]);
    const entries = JSON.stringify(await readAuditLines(db, 0, 1000));
    expect(entries).toContain('redacted');
    expect(remainsOf(entries, SECRETS)).toEqual([]);
  } finally {
    await workers.close();
    organisation.close();
    await db.close();
    await connection.close();
    await native.close();
    await server.close();
  }
});

test('a failure is cut through all its causes and details, and keeps what decides on retries', () => {
  const deepest: Error & { cause?: unknown } = new Error(`deep ${WEBHOOK}`);
  deepest.cause = deepest;
  const failure = toFailure(new Error(`said ${encodeURIComponent(TOKEN)}${TOKEN}`, { cause: deepest }), () => 0);
  const { type, nonRetryable } = failure;
  expect(redactFailure(failure, createRedactor(SECRETS))).toMatchObject({ type, nonRetryable });
  expect(remainsOf(inspect(failure, { depth: 9, showHidden: true }), SECRETS)).toEqual([]);
});
