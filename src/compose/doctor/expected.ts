/** What is to run in the namespace, by the environment of who looks: another process may know more. */
import type { Config } from '../../config.ts';
import type { Env } from '../../config/secrets.ts';
import type { ExpectedSchedule } from '../../doctor/temporal.ts';
import type { ExpectedQueue } from '../../doctor/workers.ts';
import { GUARDIAN_SCHEDULE, MEASURING_SCHEDULE, SHIPPING_SCHEDULE, SIGNING_SCHEDULE } from '../../schedules/duties.ts';
import {
  AUDIT_SHIPPING_QUEUE,
  AUDIT_SIGNING_QUEUE,
  FORWARDING_QUEUE,
  GENESYS_QUEUE,
  HOOKS_QUEUE,
  MEASURING_QUEUE,
  MESSAGES_QUEUE,
  ROLLOUTS_QUEUE,
  SAFETY_QUEUE,
  WATCHES_QUEUE,
} from '../../workflows/messages.ts';

export function expectedSchedules(env: Env, { guardian }: Config): ExpectedSchedule[] {
  return [
    {
      schedule: GUARDIAN_SCHEDULE,
      notBecause: guardian === 'off' ? 'GUARDIAN is off: nobody looks for splits that nobody watches' : null,
    },
    { schedule: MEASURING_SCHEDULE, notBecause: null },
    { schedule: SIGNING_SCHEDULE, notBecause: isSigned(env) ? null : 'AUDIT_SIGNING_KEY is not set here' },
    { schedule: SHIPPING_SCHEDULE, notBecause: env['AUDIT_SHIP_TO'] ? null : 'AUDIT_SHIP_TO is not set here' },
  ];
}

export function expectedQueues(env: Env, { destinations }: Config): ExpectedQueue[] {
  const activities = (name: string, use: string, by = 'worker'): ExpectedQueue => ({
    name,
    kinds: ['activities'],
    use,
    by,
  });
  return [
    { name: ROLLOUTS_QUEUE, kinds: ['workflows', 'activities'], use: 'rollouts go on by it', by: 'worker' },
    activities(WATCHES_QUEUE, 'splits are watched by it'),
    activities(SAFETY_QUEUE, 'roll backs are done by it'),
    activities(GENESYS_QUEUE, 'the organisation is asked by it'),
    activities(HOOKS_QUEUE, 'hooks of plans are asked by it'),
    activities(MEASURING_QUEUE, 'how conversations were handled is asked by it'),
    ...(destinations === null ? [] : [activities(FORWARDING_QUEUE, 'events are forwarded by it', 'forward')]),
    ...(env['MESSAGES_FILE'] ? [activities(MESSAGES_QUEUE, 'people are told by it')] : []),
    ...(isSigned(env) ? [activities(AUDIT_SIGNING_QUEUE, 'the audit log is signed by it')] : []),
    ...(env['AUDIT_SHIP_TO'] ? [activities(AUDIT_SHIPPING_QUEUE, 'the audit log is shipped by it')] : []),
  ];
}

function isSigned(env: Env): boolean {
  return Boolean(env['AUDIT_SIGNING_KEY'] || env['AUDIT_SIGNING_KEY_FILE']);
}
