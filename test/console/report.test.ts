/** The report that a message links to: out of a real store, by the id of its rollout. */
import { storyOf } from '../../src/configurator/story.ts';
import { createReports } from '../../src/story/reports.ts';
import type { Database } from '../../src/store/database.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { NOON } from '../helpers/events.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';
import { fakeEngine, openConsole, viewOf } from './helpers.ts';
import { openStore } from '../helpers/any-store.ts';

const ACTION = 'RefundAssist';
const END = { phase: 'rolledBack', outcome: 'rolledBack', endedAt: new Date(NOON + 1_200_000) } as const;
let db: Database;

beforeAll(async () => {
  db = await openStore();
  await saveRollout(db, rolloutRow({ ...END, rolloutId: 'first', action: ACTION, reason: 'The first of many.' }));
  await db.query(
    `insert into rollouts (rollout_id, workflow_id, action, version, started_by, started_at, phase, outcome, reason, ended_at)
     select 'later-' || n, workflow_id, action, version, started_by, started_at + n * interval '1 hour', phase, outcome,
       'A later one.', ended_at + n * interval '1 hour' from rollouts, generate_series(1, 300) as n`,
  );
});
afterAll(() => db.close());

const address = (rollout: string): string => `/rollouts/${ACTION}/report?rollout=${rollout}`;

test('is of that rollout, however many came after it, and when Temporal knows of none any more', async () => {
  const told: string[] = [];
  const tell = (action: string, rolloutId?: string) => {
    told.push(rolloutId ?? '');
    return storyOf(db, action, rolloutId);
  };
  const site = openConsole(fakeEngine(), { reports: createReports(tell, () => 0) });
  const [page, again] = [await site.get(address('first')), await site.get(address('first'))];
  expect([page.status, again.status]).toEqual([200, 200]);
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  expect(await page.text()).toContain('The first of many.');
  expect(told).toEqual(['first']);
  site.close();
});

test('of one that goes on, it is read again a moment later: what comes after its end says that it has ended', async () => {
  let nowMs = 0;
  const reports = createReports(
    (...of) => storyOf(db, ...of),
    () => nowMs,
  );
  const site = openConsole(fakeEngine(), { reports });
  const row = { rolloutId: 'ends', action: ACTION } as const;
  await saveRollout(db, rolloutRow(row));
  expect(await (await site.get(address('ends'))).text()).toContain('not ended yet');
  await saveRollout(db, rolloutRow({ ...row, ...END, reason: 'It did harm.' }));
  nowMs = 1_000;
  expect(await (await site.get(address('ends'))).text()).toContain('It did harm.');
  site.close();
});

test.each(['the store', 'a worker'])(
  'of one that is shown as ended, it waits until %s knows of the end, however old what is known is',
  async (whence) => {
    const row = rolloutRow({ rolloutId: 'lags', action: ACTION });
    await saveRollout(db, row);
    const fake = fakeEngine();
    let asked = 0;
    const read = async () => {
      if ((asked += 1) === 2) await saveRollout(db, { ...row, ...END, reason: 'It did harm.' });
      return (await storyOf(db, ACTION, 'lags')).rollout;
    };
    Object.assign(fake.engine, { version: read });
    const reports = async () => ({ ...(await storyOf(db, ACTION, 'lags')), rollout: await read() });
    const site = openConsole(fake, { reports: whence === 'the store' ? reports : null });
    fake.views = new Map([[ACTION, viewOf(ACTION, { rolloutId: 'lags' })]]);
    if (whence === 'a worker') expect((await site.get(`/rollouts/${ACTION}`)).status).toBe(200);
    fake.views = new Map([
      [ACTION, viewOf(ACTION, { rolloutId: 'lags', ...END, endedAt: '2026-03-01T13:00:00.000Z' })],
    ]);
    const page = await (await site.get(`/rollouts/${ACTION}/report`)).text();
    expect(page).toContain('It did harm.');
    expect(page).not.toContain('not ended yet');
    expect(asked).toBe(2);
    site.close();
  },
);

test('one that is not there, or of another action, is one sentence; the next asking looks again', async () => {
  const site = openConsole(fakeEngine(), {
    reports: createReports(
      (...of) => storyOf(db, ...of),
      () => 0,
    ),
  });
  for (const path of [address('none'), '/rollouts/Other/report?rollout=first']) {
    const page = await site.get(path);
    expect([page.status, await page.text()]).toEqual([404, expect.stringContaining('knows no such rollout')]);
  }
  await saveRollout(db, rolloutRow({ rolloutId: 'none', action: ACTION }));
  expect((await site.get(address('none'))).status).toBe(200);
  site.close();
});

test('is for who may look at the action', async () => {
  const viewer = { name: 'eve', countedAs: 'eve', untilMs: null, formToken: 'x', engine: null };
  const refusalOf = (act: string, action: string): string => `eve may not ${act} ${action}.`;
  const site = openConsole(fakeEngine(), {
    viewers: { of: async () => ({ ...viewer, refusalOf }) },
    reports: (...of) => storyOf(db, ...of),
  });
  expect((await site.get(address('first'))).status).toBe(403);
  site.close();
});

test('without a store the command is named that writes it', async () => {
  const fake = fakeEngine();
  fake.views = new Map([[ACTION, viewOf(ACTION)]]);
  const site = openConsole(fake, { reports: null });
  const page = await site.get(address('first'));
  expect([page.status, await page.text()]).toEqual([
    404,
    expect.stringContaining(`assist-rollouts report ${ACTION} --rollout first --out report.html`),
  ]);
  site.close();
});
