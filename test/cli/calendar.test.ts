/** `freeze`, `unfreeze`, `calendar` and `start --at` on a configurator made up for the occasion. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Freeze } from '../../src/domain/calendar/freeze.ts';
import { cli, jsonLines, statusOf, viewOf } from './fixtures.ts';

const PLAN = join(__dirname, '../../examples/demo/1.5.0.yaml');
const FREEZE: Freeze = {
  id: 'f-1',
  scope: { kind: 'action', name: 'RefundAssist' },
  by: 'ana',
  verifiedBy: null,
  reason: 'peak season',
  fromMs: Date.parse('2026-11-28T10:00Z'),
  untilMs: Date.parse('2026-11-28T14:00Z'),
};

test('freeze asks for its place, its end and why; it says who froze, and that nobody could be told apart', async () => {
  const freeze = jest.fn(() => Promise.resolve([FREEZE]));
  const args = ['freeze', '--action', 'RefundAssist', '--until', '4h', '--reason', 'peak season'];
  const { code, stdout } = await cli(args, { configurator: { freeze } });
  expect(code).toBe(0);
  expect(stdout.split('\n')[0]).toBe(
    'Frozen: action RefundAssist until Sat 28 Nov 2026 14:00 UTC, by ana (claimed, not verified): peak season',
  );
  expect(freeze).toHaveBeenCalledWith({
    do: 'freeze',
    scope: { kind: 'action', name: 'RefundAssist' },
    until: { forMs: 14_400_000 },
    by: 'ana',
    reason: 'peak season',
  });
});

test.each([
  [['freeze', '--all', '--until', '4h'], 'needs --reason'],
  [['freeze', '--all', '--reason', 'x'], 'needs --until'],
  [['freeze', '--until', '4h', '--reason', 'x'], 'told nowhere'],
  [
    ['freeze', '--all', '--queue', '6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01', '--until', '4h', '--reason', 'x'],
    'told 2 places',
  ],
  [['freeze', '--queue', 'Billing', '--until', '4h', '--reason', 'x'], 'is no id of a queue'],
  [['freeze', '--all', '--until', 'soon', '--reason', 'x'], 'neither a time nor a duration'],
  [['freeze', '--all', '--until', '2026-12-01T08:00 Europe/Nowhere', '--reason', 'x'], 'neither a time nor a duration'],
  [['unfreeze', '--reason', 'x'], 'told nowhere'],
  [['calendar', 'RefundAssist', '--at', 'soon'], 'which is no time'],
  [['start', PLAN, '--at', 'soon'], 'There is no time soon'],
  [
    ['start', PLAN, '--at', '2020-01-01T08:00'],
    'The time 2020-01-01T08:00 is without a time zone.\nNothing was started. Write the zone behind it: 2020-01-01T08:00 Europe/Berlin.',
  ],
  [['start', PLAN, '--at', '2020-01-01T08:00 UTC'], 'which is over'],
])('%j is refused in one sentence, and nobody is asked', async (args, message) => {
  const { code, stderr } = await cli(args, { configurator: {} });
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

test('a list says what holds, and of the rest whether it ended by itself or was lifted', async () => {
  const past = [
    { ...FREEZE, endedAtMs: FREEZE.untilMs, lifted: null },
    { ...FREEZE, endedAtMs: FREEZE.fromMs + 60_000, lifted: { by: 'ben', reason: 'over' } },
  ];
  const configurator = { freezes: () => Promise.resolve({ kind: 'list' as const, now: [], past }) };
  const { stdout } = await cli(['freeze', 'list'], { configurator });
  expect(stdout).toContain('Nothing is frozen.');
  expect(stdout).toContain('ended by itself Sat 28 Nov 2026 14:00 UTC');
  expect(stdout).toContain('lifted Sat 28 Nov 2026 10:01 UTC by ben: over');
  const machine = await cli(['freeze', 'list', '--json'], { configurator });
  expect(jsonLines(machine.stdout)).toMatchObject([
    {
      kind: 'freezes',
      now: [],
      past: [{ until: '2026-11-28T14:00:00.000Z', lifted: null }, { lifted: { by: 'ben' } }],
    },
  ]);
});

test('calendar asks with the queues and windows of the plan', async () => {
  const calendar = jest.fn(() =>
    Promise.resolve({ open: true, why: 'open', changesAtMs: null, closing: [], atMs: FREEZE.fromMs, openings: [] }),
  );
  const { code, stdout } = await cli(['calendar', PLAN], { configurator: { calendar } });
  expect([code, stdout]).toEqual([0, 'RefundAssist, Sat 28 Nov 2026 10:00 UTC: open\n']);
  expect(calendar).toHaveBeenCalledWith({
    action: 'RefundAssist',
    queues: ['6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01'],
    windows: null,
  });
});

test('status says how much of a bake of open hours has passed, and whether it counts', async () => {
  const openHours = { countedMs: 11_400_000, ofMs: 28_800_000, atMs: 0, open: false, endsAtMs: FREEZE.untilMs };
  const status = () => Promise.resolve(viewOf(statusOf({ openHours })));
  const { stdout } = await cli(['status', 'RefundAssist'], { configurator: { status } });
  expect(stdout).toContain(
    '3 h 10 m of 8 h open hours, standing: they are closed; all of it by 2026-11-28 14:00 (UTC)',
  );
});

test('list says how long a planned start is away', async () => {
  const row = {
    workflowId: 'rollout/RefundAssist',
    runId: 'run-1',
    url: null,
    action: 'RefundAssist',
    version: '1.5.0',
    phase: 'scheduled',
    outcome: null,
    splitPercent: 0,
    state: 'RUNNING',
    startedAt: '2026-11-28T10:00:00.000Z',
    endedAt: null,
    override: null,
    audience: null,
    startsAt: new Date(Date.now() + 56.1 * 3_600_000).toISOString(),
  };
  const configurator = { list: () => Promise.resolve({ rollouts: [row], unseen: null }) };
  const { stdout } = await cli(['list'], { configurator });
  expect(stdout).toMatch(/scheduled, \d+ d( \d\d h)? left/);
});

test('calendar reads a plan with the templates that the environment names, as every verb does', async () => {
  const [templates, folder] = [join(__dirname, '../../examples/templates'), await mkdtemp(join(tmpdir(), 'plan-'))];
  try {
    for (const end of ['yaml', 'html'])
      await copyFile(join(templates, `refund-assist-1.8.0.${end}`), join(folder, `refund-assist-1.8.0.${end}`));
    const look = { open: true, why: 'open: no window', changesAtMs: null, closing: [] };
    const calendar = jest.fn(() => Promise.resolve({ ...look, atMs: 0, openings: [] }));
    const env = { ASSIST_DEFAULTS_FILE: join(templates, 'defaults.yaml') };
    const { code, stderr } = await cli(['calendar', join(folder, 'refund-assist-1.8.0.yaml')], {
      configurator: { calendar },
      env,
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(calendar).toHaveBeenCalledWith(expect.objectContaining({ action: 'RefundAssist' }));
  } finally {
    await rm(folder, { recursive: true });
  }
});
