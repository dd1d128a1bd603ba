/** Workers that sign and ship the audit log: each takes what this process holds the key, or the way, for. */
import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { withHeartbeat } from '../activities/heartbeat.ts';
import type { AuditActivities } from '../audit/duties.ts';
import { AUDIT_SHIPPING_QUEUE, AUDIT_SIGNING_QUEUE } from '../workflows/messages.ts';
import { ignoreForcedShutdown } from './workers.ts';
import type { Workers } from './workers.ts';

export interface AuditWorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: Partial<AuditActivities>;
}

export async function startAuditWorkers({
  connection,
  namespace,
  activities: { signAudit, shipAudit },
}: AuditWorkersOptions): Promise<Workers> {
  const base = { connection, namespace, shutdownForceTime: '5s', maxConcurrentActivityTaskExecutions: 1 } as const;
  const workers = [
    ...(signAudit
      ? [
          await Worker.create({
            ...base,
            taskQueue: AUDIT_SIGNING_QUEUE,
            activities: { signAudit: withHeartbeat(signAudit) },
          }),
        ]
      : []),
    ...(shipAudit
      ? [
          await Worker.create({
            ...base,
            taskQueue: AUDIT_SHIPPING_QUEUE,
            activities: { shipAudit: withHeartbeat(shipAudit) },
          }),
        ]
      : []),
  ];
  const running = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  return {
    running,
    async close() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await running.catch(ignoreForcedShutdown);
    },
  };
}
