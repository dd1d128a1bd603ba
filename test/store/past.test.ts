/** What the store remembers of a run, beside what the run knows. */
import { journalActivities } from '../../src/activities/journal.ts';
import { appendAudit } from '../../src/store/audit.ts';
import { readPast } from '../../src/store/past.ts';
import { describeEachStore } from '../helpers/database.ts';
import { transitionRecord } from '../helpers/transition-record.ts';

describeEachStore('the past of a rollout', (db) => {
  test('is what it put on record under its own numbers, with its end, unless another has begun since', async () => {
    const { record } = journalActivities({ db: db(), now: Date.now });
    await record(['r1/1', 'r1/2', 'r1/4', 'r1/10'].map((key) => transitionRecord(key)));
    // Others speak of it, too; and one has an id that begins alike.
    await db().tx((trx) =>
      appendAudit(trx, {
        key: 'guardian/r1/77',
        at: new Date(),
        actor: 'guardian',
        act: 'blind',
        reason: 'x',
        rolloutId: 'r1',
      }),
    );
    expect(await readPast(db(), { rolloutId: 'r1', written: 4, told: 4 })).toMatchObject({
      highest: 10,
      kept: 3,
      later: [{ act: transitionRecord('r1/10').act, atMs: transitionRecord('r1/10').atMs }],
      end: null,
      lastSeq: 0,
    });
    expect(await readPast(db(), { rolloutId: 'r1', written: 10, told: 10, lostTo: 3 })).toMatchObject({
      kept: 2,
      later: [],
    });
    expect(await readPast(db(), { rolloutId: 'r', written: 0, told: 0 })).toMatchObject({ highest: 0, later: [] });

    const ended = { ...transitionRecord('r1/11'), outcome: 'rolledBack', reason: 'harm' };
    await record([{ ...ended, after: { phase: 'rolledBack', splitPercent: 0 } }]);
    const end = { phase: 'rolledBack', outcome: 'rolledBack', reason: 'harm', atMs: ended.atMs };
    expect(await readPast(db(), { rolloutId: 'r1', written: 11, told: 11 })).toMatchObject({ end });
    const next = transitionRecord('r2/1');
    await record([{ ...next, rolloutId: 'r2', startedAtMs: next.startedAtMs + 1000 }]);
    expect(await readPast(db(), { rolloutId: 'r1', written: 11, told: 11 })).toMatchObject({
      end: { ...end, outcome: null },
    });
  });
});
