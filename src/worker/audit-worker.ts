/** Workers that sign and ship the audit log: each takes what this process holds the key, or the way, for. */
import type { Worker } from '@temporalio/worker';
import { withHeartbeat } from '../activities/heartbeat.ts';
import type { AuditActivities } from '../audit/duties.ts';
import { AUDIT_SHIPPING_QUEUE, AUDIT_SIGNING_QUEUE } from '../workflows/messages.ts';
import { createWorker } from './create-worker.ts';
import type { WorkerPlace } from './create-worker.ts';
import { runTogether } from './workers.ts';
import type { Workers } from './workers.ts';

export interface AuditWorkersOptions {
  readonly place: WorkerPlace;
  /** Shown in the Web UI. */
  readonly identity?: string;
  readonly activities: Partial<AuditActivities>;
}

const QUEUES = { signAudit: AUDIT_SIGNING_QUEUE, shipAudit: AUDIT_SHIPPING_QUEUE } as const;

export async function startAuditWorkers({ place, activities, identity }: AuditWorkersOptions): Promise<Workers> {
  const workers: Worker[] = [];
  for (const name of ['signAudit', 'shipAudit'] as const) {
    const duty = activities[name];
    if (duty === undefined) continue;
    workers.push(
      await createWorker(place, {
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
