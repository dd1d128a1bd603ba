import { randomUUID } from 'node:crypto';
import { addCards } from '../../../src/store/panel/cards.ts';
import { renewInstance } from '../../../src/store/panel/instances.ts';
import { openSession } from '../../../src/store/panel/sessions.ts';
import { countOlder, planRetention, removeOlder } from '../../../src/store/retention.ts';
import { describeEachStore } from '../../helpers/database.ts';
import { cardOf, startPair } from './fixtures.ts';

const DAY = 86_400_000;

describeEachStore('retention of what the panel keeps', (db) => {
  test('takes old cards, and dead processes with their pages and queues; versions, splits and what lives stay', async () => {
    const { candidate } = await startPair(db(), 100);
    const [old, fresh] = [cardOf(candidate), cardOf(candidate)];
    await addCards(db(), [old, fresh]);
    const [dead, live] = [randomUUID(), randomUUID()];
    for (const id of [dead, live]) {
      await renewInstance(db(), { id, epoch: 0 });
      await openSession(db(), { id: randomUUID(), ...fresh, userId: 'agent-1', instanceId: id, state: 'hidden' });
    }
    await db().query("update panel_cards set created_at = now() - interval '91 days' where card_id = $1::uuid", [
      old.cardId,
    ]);
    await db().query("update panel_instances set lease_until = now() - interval '91 days' where id = $1::uuid", [dead]);
    const plan = await planRetention(db(), 90 * DAY, Date.now());
    const gone = { panelCards: 1, panelProcesses: 1 };
    expect(await countOlder(db(), plan)).toMatchObject(gone);
    expect(await removeOlder(db(), plan, { by: 'kim', reason: 'policy', now: Date.now })).toMatchObject(gone);
    expect(await db().query('select card_id from panel_cards')).toEqual([{ card_id: fresh.cardId }]);
    expect(await db().query('select instance_id from panel_sessions')).toEqual([{ instance_id: live }]);
    const kept =
      'select (select count(*) from panel_versions) as versions, (select count(*) from panel_split) as splits';
    expect(await db().query(kept)).toEqual([{ versions: 2, splits: 1 }]);
  });
});
