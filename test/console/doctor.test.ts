/** The page of what `doctor` finds: for whom it is, what stands first, and how often is looked. */
import { createExamination } from '../../src/console/examination.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { fakeEngine, openConsole } from './helpers.ts';

const FINDINGS: readonly Finding[] = [
  { area: 'configuration', check: 'settings', level: 'ok', seen: 'fine' },
  { area: 'temporal', check: 'reachable', level: 'ok', seen: 'there' },
  {
    area: 'temporal',
    check: 'schedule',
    level: 'error',
    seen: '<b>gone</b>',
    expected: 'one',
    wayOut: 'Start a worker.',
  },
  { area: 'machine', check: 'Node', level: 'notChecked', seen: 'unknown' },
];

test('each finding stands below its area, what is in the way first of all, and nothing of it is markup', async () => {
  const examined = () => Promise.resolve({ findings: FINDINGS, at: '2026-03-01T12:00:00.000Z' });
  const site = openConsole(fakeEngine(), { examined });
  const answer = await site.get('/doctor');
  const page = await answer.text();
  expect(answer.status).toBe(200);
  expect(page).toContain('1 error, 1 not checked, 2 ok.');
  expect([...page.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, title]) => title)).toEqual([
    'Temporal',
    'Configuration',
    'This machine',
  ]);
  expect(page.indexOf('schedule</strong>')).toBeLessThan(page.indexOf('reachable</strong>'));
  expect(page).toContain('&lt;b&gt;gone');
  expect(page).toContain('Way out: Start a worker.');
  site.close();
});

test('who has not signed in is shown nothing of it, and nothing is looked at for them', async () => {
  const examined = jest.fn();
  const stranger = { name: null, countedAs: 'x', untilMs: null, formToken: '', engine: null, refusalOf: () => null };
  const site = openConsole(fakeEngine(), { examined, viewers: { of: () => Promise.resolve(stranger) } });
  expect((await site.get('/doctor')).status).toBe(401);
  expect(examined).not.toHaveBeenCalled();
  site.close();
});

test('all who look within a minute are one look; one that failed is taken again', async () => {
  let [looks, at] = [0, 0];
  const examined = createExamination(
    () => {
      looks += 1;
      return looks === 1 ? Promise.reject(new Error('broken')) : Promise.resolve(FINDINGS);
    },
    { now: () => 0, clock: () => at },
  );
  await expect(examined()).rejects.toThrow('broken');
  expect(await Promise.all([examined(), examined()])).toHaveLength(2);
  at = 59_999;
  await examined();
  expect(looks).toBe(2);
  at = 60_001;
  await examined();
  expect(looks).toBe(3);
});
