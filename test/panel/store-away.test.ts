import { randomUUID } from 'node:crypto';
import { capabilitiesOf } from '../../src/domain/plan/target-capabilities.ts';
import { openDatabase } from '../../src/store/open.ts';
import { addCards } from '../../src/store/panel/cards.ts';
import { describePostgres } from '../helpers/database.ts';
import { armOf, cardOf, publish } from '../store/panel/fixtures.ts';
import { writeSplit } from '../../src/store/panel/splits.ts';
import { cardOn, openPage, openSession, post, sha256, startTestPanel, until } from './fixtures.ts';
import type { CardMessage } from './fixtures.ts';

describePostgres('a panel process whose store goes away', (postgres) => {
  test('takes the candidate’s card from the screen when its lease is over, keeps the baseline’s, and comes back', async () => {
    const db = await openDatabase({ kind: 'pg', url: await postgres().createDatabase() });
    const panel = await startTestPanel(db);
    const action = `Card ${randomUUID()}`;
    const [baseline, candidate] = [await publish(db, action, '1'), await publish(db, action, '2')];
    const arms = [armOf(baseline, 'control', 100), armOf(candidate, 'candidate', 100)];
    await writeSplit(db, { action, arms, queues: [], changedBy: 'test' }, null);
    await until(() => panel.instance.armsOf(action).length === 2);
    const conversationId = randomUUID();
    const session = await openSession(panel, conversationId);
    const page = await openPage(panel, session);
    await addCards(db, [cardOf(candidate, { conversationId })]);
    const message = await cardOn(page);
    expect(message.silenceMs).toBe(3_000);
    // A page that is cut off while a roll back is proven has hidden it before that is said to be quiet.
    expect(capabilitiesOf('assistPanel').lateEventsMs).toBeGreaterThan(3_250);
    // A card of the baseline, of a conversation of its own bucket.
    const other = `${action} beside it`;
    const alone = await publish(db, other, '1');
    await writeSplit(db, { action: other, arms: [armOf(alone, 'control', 100)], queues: [], changedBy: 'test' }, null);
    await until(() => panel.instance.armsOf(other).length === 1);
    await addCards(db, [cardOf(alone, { conversationId })]);
    await until(() => page.events('card').length === 2);

    const concealed = page.next('conceal');
    await postgres().kill('SIGKILL');
    expect(await concealed).toEqual({ cardId: message.cardId });
    expect(panel.instance.isFenced).toBe(true);
    const health = async () => ((await (await fetch(`${panel.url}/health`)).json()) as { status: string }).status;
    expect(await health()).toBe('baselineOnly');
    const { cardId, receipt, html } = message;
    const events = [{ id: 'a', kind: 'rendered', cardId, receipt, sinceMs: 9, sha256: sha256(html) }];
    const tell = () => post(`${panel.url}/panel/events`, { events }, { authorization: `Bearer ${session}` });
    expect(await (await tell()).json()).toMatchObject({ code: 'panel-store-unavailable' });

    await postgres().start();
    await until(() => !panel.instance.isFenced);
    expect(await health()).toBe('ok');
    await until(async () => (await tell()).ok);
    // It serves again, so its card is there again: for this page as for one that comes.
    await until(() => (page.events('card') as CardMessage[]).filter((card) => card.cardId === cardId).length === 2);
    expect([page.events('conceal'), page.events('withdraw')]).toEqual([[{ cardId }], []]);
    page.close();
    await panel.close();
    await db.close();
  });
});
