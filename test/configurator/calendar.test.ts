/** What somebody is told when no worker answers for the calendar: whether anything may have been done, and what to do. */
import { status as grpcStatus } from '@grpc/grpc-js';
import { ServiceError } from '@temporalio/client';
import { askCalendar, changeFreeze, listFreezes } from '../../src/configurator/calendar.ts';
import type { TemporalLink } from '../../src/configurator/connection.ts';

const late = Object.assign(new Error('too late'), { code: grpcStatus.DEADLINE_EXCEEDED, details: '', metadata: {} });
const link = {
  call: () => Promise.reject(new ServiceError('nobody took it', { cause: late })),
  signer: null,
} as unknown as TemporalLink;

test('what is frozen and when splits may rise are questions: nothing was to be done, and they are asked again', async () => {
  const unanswered = {
    code: 'calendar-unanswered',
    message: 'No worker answered for the calendar within 20 s: it is missing, or slow.',
    remedy: 'The question was not answered, and nothing was changed. Start a worker, and ask again.',
  };
  await expect(listFreezes(link)).rejects.toMatchObject(unanswered);
  await expect(askCalendar(link, { action: 'A', queues: [], windows: null })).rejects.toMatchObject(unanswered);
});

test('a freeze may have been taken all the same', async () => {
  const act = { do: 'freeze', by: 'ana', reason: 'why', scope: { kind: 'all' }, until: { forMs: 1 } } as const;
  await expect(changeFreeze(link, act)).rejects.toMatchObject({
    code: 'calendar-unanswered',
    remedy: expect.stringContaining('See with `assist-rollouts freeze list` whether it was taken') as string,
  });
});
