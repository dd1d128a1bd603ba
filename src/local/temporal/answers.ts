import { setTimeout as sleep } from 'node:timers/promises';
import { accepts } from './ports.ts';

/** Resolves when the server at `host:port` answers questions about the namespace; rejects when the signal aborts. */
export async function answers(address: string, namespace: string, signal: AbortSignal): Promise<void> {
  const [host = '', port = ''] = address.split(':');
  while (!(await accepts(host, Number(port)))) await pause(signal);
  while (!(await answersOnce(address, namespace))) await pause(signal);
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(50);
  if (signal.aborted) throw new Error('it did not answer in time', { cause: signal.reason });
}

/** The client is loaded only here: a second of start-up that those who never start a server need not pay. */
async function answersOnce(address: string, namespace: string): Promise<boolean> {
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ address, connectTimeout: '2s' });
    try {
      await connection.workflowService.describeNamespace({ namespace });
      await connection.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}
