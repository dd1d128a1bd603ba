/** Handle time and transfers on their schedule: a real Temporal server, the sandbox's details query, one store. */
import { Client, ScheduleOverlapPolicy } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createClosers } from '../../src/compose/closers.ts';
import { composeMeasuring } from '../../src/compose/measuring.ts';
import { installRuntime } from '../../src/compose/runtime.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import { ROLLOUTS_QUEUE } from '../../src/workflows/messages.ts';
import { eventOf } from '../helpers/events.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { closeAfterTest, until } from '../sandbox/helpers.ts';
import { conversation, givenWorld } from '../transcripts/helpers.ts';
import { openStore } from '../helpers/any-store.ts';

test('once two rounds of the schedule have read the same, the cards of a conversation carry it', async () => {
  const { address, namespace } = await testTemporal();
  const { sandbox, client: genesys } = await givenWorld();
  const closers = createClosers({ onError: () => undefined });
  const db = await openStore();
  closeAfterTest(async () => {
    await closers.close();
    await db.close();
  });
  const logger = createLogger({ level: 'fatal', stream: { write: () => undefined } });
  installRuntime(logger);
  const connection = await NativeConnection.connect({ address });
  closers.add('connection', () => connection.close());
  const { conversations } = genesys;
  await composeMeasuring({
    place: { connection, namespace, codecKeys: [] },
    db,
    conversations,
    now: Date.now,
    logger,
    closers,
  });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: ROLLOUTS_QUEUE,
    workflowBundle: await workflowCode({ codecKeys: [] }),
  });
  const running = worker.run();
  closers.add('worker', () => {
    worker.shutdown();
    return running;
  });

  const endMs = Date.now() - 5 * 60_000;
  const outcome = { atMs: endMs + 1_000, talkMs: 60_000, acwMs: 30_000, handleMs: 90_000, transferred: true };
  sandbox.org.conversations.add({
    ...conversation('handled', endMs - 60_000, [], { endMs }),
    copilot: { assistants: [], suggestions: [], shown: [], outcome },
  });
  await saveRollout(db, rolloutRow({ action: 'RefundAssist' }));
  const card = eventOf('card', 'triggered', 0, { conversationId: 'handled' });
  await storeEvents(db, [card], { source: 'test', receivedAt: new Date() });

  const schedule = new Client({ connection, namespace }).schedule.getHandle('assist-rollouts-measuring');
  const tries = async (): Promise<number> => {
    const [row] = await db.query<{ tries: number }>('select tries from handling_reads');
    return row?.tries ?? 0;
  };
  // One that is under way has not ended when what it wrote is there.
  const round = (): Promise<void> => schedule.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  await round();
  await until(async () => (await tries()) === 1);
  await db.query("update handling_reads set next_at = '2000-01-01Z'");
  await round();
  const values = () => db.query('select card_id as card, name, value from custom_values order by name');
  await until(async () => (await values()).length === 2);
  expect(await values()).toEqual([
    { card: 'card', name: 'handleTime', value: 90 },
    { card: 'card', name: 'transfers', value: 1 },
  ]);
});
