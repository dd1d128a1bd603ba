/** A real Temporal server for a test: one server for the whole run, a namespace for each test file. */
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { ensureSearchAttributes } from '../../src/configurator/search-attributes.ts';
import { answers } from '../../src/local/temporal/answers.ts';
import { askBroker } from './ask-broker.ts';
import { patientConnection } from './patient-client.ts';

export interface TestTemporal {
  readonly address: string;
  readonly namespace: string;
}

const SERVER_MS = 60_000;
/** The server takes no namespace with a shorter retention than a day. */
const RETENTION = '1 day';

let mine: Promise<TestTemporal> | undefined;

/**
 * The server starts when the first test file asks for it. Every file gets a fresh namespace with the search attributes
 * registered, so files that run side by side may use the same task queues and workflow ids.
 */
export function testTemporal(): Promise<TestTemporal> {
  mine ??= askBroker('temporal').then(newNamespace);
  return mine;
}

/** Of another organisation, on the same server. */
export async function otherNamespace(): Promise<TestTemporal> {
  return newNamespace((await testTemporal()).address);
}

async function newNamespace(address: string): Promise<TestTemporal> {
  const namespace = `test-${randomUUID()}`;
  const connection = await patientConnection(address);
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs(RETENTION),
    });
    await answers(address, namespace, AbortSignal.timeout(SERVER_MS));
    await ensureSearchAttributes(new Client({ connection, namespace }), namespace);
  } finally {
    await connection.close();
  }
  return { address, namespace };
}
