/** What shows agents more than is proven is confirmed at a terminal, with its figures; in a script it takes --yes. */
import type { HumanAct } from '../../src/workflows/messages.ts';
import type { CliOptions, Ran } from './fixtures.ts';
import { cli, report, viewOf } from './fixtures.ts';

const NOW = Date.UTC(2026, 2, 1, 9);
const because = ['--reason', 'the old text is wrong'];
let acts: (HumanAct & { readonly name: string })[] = [];
let runs: (string | undefined)[] = [];
let asked = '';

beforeEach(() => {
  acts = [];
  runs = [];
  asked = '';
});

const run = (
  args: readonly string[],
  typed?: string | null,
  verdict: 'undecided' | 'safe' = 'undecided',
): Promise<Ran> => {
  const view = viewOf({ canDo: ['promote', 'override', 'abort'], report: { ...report, verdict } });
  let looks = 0;
  const options: CliOptions = {
    now: () => NOW,
    configurator: {
      // Whatever runs once that was looked at.
      status: (_action, runId) => {
        looks += 1;
        return Promise.resolve(looks === 1 || runId === view.runId ? view : { ...view, runId: 'another' });
      },
      act: (name, _action, given, runId) => {
        acts.push({ name, ...given });
        runs.push(runId);
        return Promise.resolve({ ...view, delivered: 'applied', status: view.status } as never);
      },
    },
    ...(typed !== undefined && {
      ask: (question) => {
        asked = question;
        return Promise.resolve(typed);
      },
    }),
  };
  return cli(args, options);
};

test('a promotion of what is not proven asks for the name of the action, and shows the figures', async () => {
  const { code, stderr } = await run(['promote', 'RefundAssist', ...because], 'RefundAssist');
  expect(code).toBe(0);
  expect(stderr).toContain('This shows 100 % of agents a version that is not proven');
  expect(stderr).toContain('undecided: acceptanceRate 26.0 % vs 40.0 %, n 310');
  expect(asked).toBe("Type the action's name to go on: ");
  expect(acts).toEqual([
    { name: 'promote', by: 'ana', reason: 'the old text is wrong', pause: 0, expiresAt: '2026-03-01T09:10:00.000Z' },
  ]);
});

test.each([
  [['promote', 'RefundAssist', ...because]],
  [['override', 'RefundAssist', ...because, '--for', '2h', '--approvals']],
])('%j is of the run whose figures were confirmed, whichever runs then', async (args) => {
  await run(args, 'RefundAssist');
  expect(runs).toEqual([viewOf().runId]);
});

test.each([['Refund'], [''], [null]])('%j typed instead: nothing is done, and it exits with 2', async (typed) => {
  const { code, stderr } = await run(['promote', 'RefundAssist', ...because], typed);
  expect([code, acts]).toEqual([2, []]);
  expect(stderr).toContain('Nothing was done.');
});

test('without a terminal it takes --yes', async () => {
  const refused = await run(['promote', 'RefundAssist', ...because]);
  expect([refused.code, acts]).toEqual([2, []]);
  expect(refused.stderr).toContain('--yes');
  expect((await run(['promote', 'RefundAssist', ...because, '--yes', '--for', '5m'])).code).toBe(0);
  expect(acts).toMatchObject([{ expiresAt: '2026-03-01T09:05:00.000Z' }]);
});

test('what is proven safe is promoted without a question', async () => {
  expect((await run(['promote', 'RefundAssist', ...because], undefined, 'safe')).code).toBe(0);
  expect(acts).toEqual([{ name: 'promote', by: 'ana', reason: 'the old text is wrong', pause: 0 }]);
});

test('an override names one of the three, shows what is let pass, and until when', async () => {
  const args = ['override', 'RefundAssist', ...because, '--for', '2h'];
  expect((await run([...args, '--yes'])).stderr).toContain('None of --guardrail, --approvals and --window is given');
  expect((await run([...args, '--guardrail', 'acceptanceRate', '--approvals', '--yes'])).code).toBe(2);
  expect((await run(['override', 'RefundAssist', ...because, '--approvals', '--for', '8d', '--yes'])).code).toBe(2);
  expect((await run([...args, '--approvals', '--window', '--yes'])).stderr).toContain(
    '--approvals and --window are given',
  );
  expect(acts).toEqual([]);
  const { code, stderr } = await run([...args, '--guardrail', 'acceptanceRate'], 'RefundAssist');
  expect(code).toBe(0);
  expect(stderr).toContain('acceptanceRate 26.0 % vs 40.0 %, n 310');
  expect(stderr).toContain('until 2026-03-01T11:00:00.000Z');
  await run([...args, '--approvals', '--yes']);
  expect((await run([...args, '--window'], 'RefundAssist')).stderr).toContain('though the change window is closed');
  expect(acts).toMatchObject([
    { name: 'override', guardrail: 'acceptanceRate', until: '2026-03-01T11:00:00.000Z' },
    { name: 'override', approvals: true },
    { name: 'override', window: true, until: '2026-03-01T11:00:00.000Z' },
  ]);
});
