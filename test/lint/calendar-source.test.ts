import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCalendar } from '../../src/lint/calendar-source.ts';

const GOOD = 'calendars: { shift: { times: [{ rule: FREQ=DAILY }] } }\n';
const ICS = 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:a\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calendar-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a file that cannot be used is fatal at the start; later the last good one holds, and that is said once', async () => {
  const file = join(folder, 'calendar.yaml');
  const errors: string[] = [];
  let nowMs = 0;
  const open = () =>
    openCalendar(file, { logger: { error: (_, message) => void errors.push(message) }, now: () => nowMs });
  await expect(open()).rejects.toMatchObject({ code: 'calendar-invalid' });
  await writeFile(file, 'windows: [{ allow: [nobody] }]\n');
  await expect(open()).rejects.toThrow(/calendar\.yaml:1:\d+ +plan-window +There is no calendar nobody/);
  await writeFile(file, GOOD);
  const source = await open();
  await writeFile(file, 'windows: 1\n');
  for (nowMs of [10_000, 20_000]) expect([...(await source.now()).calendars.keys()]).toEqual(['shift']);
  expect(errors).toHaveLength(1);
  await writeFile(file, GOOD.replace('shift', 'night'));
  nowMs = 30_000;
  expect([...(await source.now()).calendars.keys()]).toEqual(['night']);
});

test('holidays are read from the folder of the calendar, and from nowhere else', async () => {
  const file = join(folder, 'calendar.yaml');
  const naming = (ics: string) => writeFile(file, `calendars: { off: { times: [{ file: ${ics} }] } }\n`);
  const open = () => openCalendar(file, { logger: { error: () => undefined }, now: () => 0 });
  await writeFile(join(folder, 'holidays.ics'), ICS);
  await naming('holidays.ics');
  const times = (await (await open()).now()).calendars.get('off')?.times;
  const christmas = Date.parse('2026-12-25T12:00Z');
  expect(times?.({ fromMs: christmas, toMs: christmas + 1 })).toHaveLength(1);
  await naming('../etc/hosts.ics');
  await expect(open()).rejects.toMatchObject({ code: 'calendar-invalid' });
});

test("divisions of the operators' file are the calendar's, as they are now; in both files a name is refused", async () => {
  const file = join(folder, 'calendar.yaml');
  let [nowMs, north] = [0, ['q-1']];
  const errors: object[] = [];
  const open = (of: string | null) =>
    openCalendar(of, {
      logger: { error: (fields) => void errors.push(fields) },
      now: () => nowMs,
      divisions: async () => ({ north }),
    });
  const queues = async (source: Awaited<ReturnType<typeof open>>) => (await source.now()).divisions.get('north');
  await writeFile(file, `${GOOD}windows: [{ deny: [shift], divisions: [north] }]\n`);
  const [source, alone] = [await open(file), await open(null)];
  [nowMs, north] = [10_000, ['q-1', 'q-2']];
  expect([await queues(source), await queues(alone)]).toEqual([north, north]);
  await writeFile(file, `${GOOD}divisions: { north: [q-3] }\n`);
  await expect(open(file)).rejects.toThrow('OPERATORS_FILE lists the division "north", too.');
  nowMs = 20_000;
  expect([await queues(source), errors.length]).toEqual([north, 1]);
});
