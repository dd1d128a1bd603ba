/** Workers that sign and ship the audit log: each takes what this process holds the key, or the way, for. */
import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { withHeartbeat } from '../activities/heartbeat.ts';
import type { AuditActivities } from '../audit/duties.ts';
import { AUDIT_SHIPPING_QUEUE, AUDIT_SIGNING_QUEUE } from '../workflows/messages.ts';
import { runTogether } from './workers.ts';
import type { Workers } from './workers.ts';

export interface AuditWorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Shown in the Web UI. */
  readonly identity?: string;
  readonly activities: Partial<AuditActivities>;
}

const QUEUES = { signAudit: AUDIT_SIGNING_QUEUE, shipAudit: AUDIT_SHIPPING_QUEUE } as const;

export async function startAuditWorkers({
  connection,
  namespace,
  activities,
  identity,
}: AuditWorkersOptions): Promise<Workers> {
  const workers: Worker[] = [];
  for (const name of ['signAudit', 'shipAudit'] as const) {
    const duty = activities[name];
    if (duty === undefined) continue;
    workers.push(
      await Worker.create({
        connection,
        namespace,
        ...(identity === undefined ? {} : { identity }),
        taskQueue: QUEUES[name],
        activities: { [name]: withHeartbeat(duty) },
        shutdownForceTime: '5s',
        maxConcurrentActivityTaskExecutions: 1,
      }),
    );
  }
  return runTogether(workers);
}
