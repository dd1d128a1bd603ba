/**
 * Loaded into a worker before its own code (`node --require`): dies or falls asleep where an order says so, and lives by
 * a clock that is off. No part of the product starts with it.
 */
import { Worker } from '@temporalio/worker';
import type { ActivityInboundCallsInterceptor, WorkerOptions } from '@temporalio/worker';
import type { Context } from '@temporalio/activity';
import { takeOrder } from './orders.ts';

const { CAMPAIGN_ORDERS: folder, CAMPAIGN_CLOCK_OFF_MS: clockOff = '0' } = process.env;
if (Number(clockOff) !== 0) shiftClock(Number(clockOff));
if (folder !== undefined) doom(folder);

function doom(orders: string): void {
  const create = Worker.create.bind(Worker);
  Worker.create = (options: WorkerOptions) => {
    const { activity = [], ...others } = options.interceptors ?? {};
    const added = (context: Context) => ({ inbound: boundaries(orders, context) });
    return create({ ...options, interceptors: { ...others, activity: [...activity, added] } });
  };
}

function boundaries(orders: string, { info }: Context): ActivityInboundCallsInterceptor {
  const of = (info.workflowExecution?.workflowId ?? '').replace(/^[^/]*\//, '');
  const pass = async (side: 'before' | 'after'): Promise<void> => {
    const order = takeOrder(orders, { of, activity: info.activityType, side }, process.pid);
    if (order === null) return;
    process.kill(process.pid, order.deed === 'kill' ? 'SIGKILL' : 'SIGSTOP');
    // A signal to oneself may arrive a moment later: nothing more happens before it.
    await new Promise((resolve) => setTimeout(resolve, 200));
  };
  return {
    async execute(input, next) {
      await pass('before');
      try {
        return await next(input);
      } finally {
        await pass('after');
      }
    },
  };
}

function shiftClock(offMs: number): void {
  const Real = Date;
  const now = Real.now.bind(Real);
  globalThis.Date = class extends Real {
    constructor(...given: []) {
      if (given.length === 0) super(now() + offMs);
      else super(...given);
    }
    static override now(): number {
      return now() + offMs;
    }
  } as DateConstructor;
}
