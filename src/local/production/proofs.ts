/** What a stand like production must refuse, tried from outside with what a stranger or a neighbour would have. */
import { connect } from 'node:tls';
import { Connection } from '@temporalio/client';
import type { TemporalConfig } from '../../config/temporal.ts';
import { asking } from './postgres.ts';
import type { Role } from './postgres.ts';

export interface Proof {
  readonly what: string;
  readonly held: boolean;
  /** What was answered. */
  readonly seen: string;
}

export interface ProofParts {
  /** As the command line reaches it. */
  readonly temporal: TemporalConfig;
  /** A rollout that has ended. */
  readonly workflowId: string;
  readonly urls: Readonly<Record<Role, string>>;
  /** What no history may show: the name of the action's card. */
  readonly inTheClear: string;
}

/** As the documents of Temporal name what is in cipher. Asked here without the code that seals. */
const SEALED = 'binary/encrypted';
const HANG_UP_MS = 5_000;

export async function proveStand(parts: ProofParts): Promise<readonly Proof[]> {
  const { temporal, urls } = parts;
  const { connectionOptions: known } = temporal;
  const { apiKey: _key, ...bare } = known;
  const denied = /permission denied|unauthorized/i;
  return [
    await refused('Temporal takes nobody without a certificate', /certificate required/i, () => greeted(temporal)),
    await refused('Temporal takes no certificate without a token', denied, () => listed(bare, temporal.namespace)),
    await refused("a process's token opens its own namespace alone", denied, () =>
      listed(temporal.connectionOptions, 'temporal-system'),
    ),
    await refused('the worker cannot change the audit log', denied, () =>
      asked(urls.worker, 'update audit set seq = seq'),
    ),
    await refused('the events service cannot read the audit log', denied, () =>
      asked(urls.events, 'select 1 from audit'),
    ),
    await refused('the console cannot write', denied, () => asked(urls.console, 'delete from exposures')),
    await sealed(parts),
  ];
}

async function refused(what: string, expected: RegExp, work: () => Promise<unknown>): Promise<Proof> {
  try {
    await work();
    return { what, held: false, seen: 'it was let in' };
  } catch (error) {
    const seen = textOf(error);
    return { what, held: expected.test(seen), seen: seen.split('\n', 1)[0] ?? '' };
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${textOf(error.cause)}`;
}

/** Until the server hangs up: it says why only to who goes on after its own greeting. */
function greeted({ address, connectionOptions: { tls } }: TemporalConfig): Promise<string> {
  const { serverRootCACertificate: ca, serverNameOverride: servername } = typeof tls === 'object' ? (tls ?? {}) : {};
  const { hostname: host, port } = new URL(`tcp://${address}`);
  return new Promise((resolve, reject) => {
    const ours = { ...(ca !== undefined && { ca: Buffer.from(ca) }), ...(servername !== undefined && { servername }) };
    const socket = connect({ host, port: Number(port), ...ours }, () => socket.write('PRI * HTTP/2.0'));
    socket.setTimeout(HANG_UP_MS, () => {
      socket.destroy();
      resolve('it did not hang up');
    });
    // Of what OpenSSL says, the alert.
    socket.once('error', ({ message }) => reject(new Error(/alert [a-z ]+/.exec(message)?.[0] ?? message)));
    socket.once('data', () => resolve('it answered'));
  });
}

async function listed(options: TemporalConfig['connectionOptions'], namespace: string): Promise<unknown> {
  const connection = await Connection.connect({ ...options, connectTimeout: '5s' });
  try {
    return await connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
  } finally {
    await connection.close();
  }
}

function asked(url: string, sql: string): Promise<unknown> {
  return asking(url, (client) => client.query(sql));
}

/** As Temporal itself has it: every payload of the run under a key, and the card's words nowhere. */
async function sealed({ temporal, workflowId, inTheClear }: ProofParts): Promise<Proof> {
  const what = 'histories are in cipher';
  const connection = await Connection.connect(temporal.connectionOptions);
  try {
    const { history } = await connection.workflowService.getWorkflowExecutionHistory({
      namespace: temporal.namespace,
      execution: { workflowId },
    });
    const payloads = (history?.events ?? []).flatMap(
      ({ workflowExecutionStartedEventAttributes: begun, activityTaskScheduledEventAttributes: scheduled }) => [
        ...(begun?.input?.payloads ?? []),
        ...(scheduled?.input?.payloads ?? []),
      ],
    );
    const inClear = payloads.filter(({ metadata }) => Buffer.from(metadata?.['encoding'] ?? []).toString() !== SEALED);
    const told = payloads.filter(({ data }) => Buffer.from(data ?? []).includes(inTheClear));
    const held = payloads.length > 0 && inClear.length === 0 && told.length === 0;
    return { what, held, seen: `${payloads.length - inClear.length} of ${payloads.length} inputs are sealed` };
  } finally {
    await connection.close();
  }
}
