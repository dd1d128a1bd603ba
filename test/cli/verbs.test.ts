/** The verbs on a configurator made up for the occasion: what they ask, print and exit with. */
import { join } from 'node:path';
import stringWidth from 'string-width';
import type { ActResult } from '../../src/configurator/acts.ts';
import { AssistError } from '../../src/configurator/errors.ts';
import type { FollowOptions } from '../../src/configurator/follow.ts';
import type { RolloutSummary } from '../../src/configurator/list-rows.ts';
import type { RolloutView } from '../../src/configurator/rollouts.ts';
import { cli, jsonLines, rolledBack, statusOf, viewOf } from './fixtures.ts';

const PLAN = join(__dirname, '../../examples/demo/1.5.0.yaml');
const ref = { workflowId: 'rollout/RefundAssist', runId: 'run-1', url: 'http://ui/run-1' };

async function* views(...all: RolloutView[]): AsyncGenerator<RolloutView> {
  for (const view of all) yield await Promise.resolve(view);
}

test('start prints id, link and error budget; by defaults to the person at the keyboard', async () => {
  const startRollout = jest.fn(() => Promise.resolve(ref));
  const followRollout = () => views(viewOf({ phase: 'validating' }), viewOf());
  const { code, stdout } = await cli(['start', PLAN, '--reason', 'new wording'], {
    configurator: { startRollout, followRollout },
  });
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'Started rollout/RefundAssist (RefundAssist 1.5.0 on agentAssistActions), run run-1',
    'http://ui/run-1',
    expect.stringMatching(/^A tolerable version is undone in at most .+ % of all cases: guardrails /),
    'It passed the preflight and waits for 4 s to pass: follow it with assist-rollouts watch RefundAssist',
    '',
  ]);
  expect(startRollout).toHaveBeenCalledWith(expect.objectContaining({ apiVersion: 'assist-rollouts/v1' }), {
    by: 'ana',
    reason: 'new wording',
  });
});

test('a start that the preflight rejects exits with 2 and says why', async () => {
  const rejected = viewOf(
    { phase: 'rejected', outcome: 'rejected', reason: 'Preflight found 1 problem: trigger-id-unknown' },
    { running: false },
  );
  const configurator = {
    startRollout: () => Promise.resolve(ref),
    followRollout: () => views(viewOf({ phase: 'validating' }), rejected),
  };
  const human = await cli(['start', PLAN], { configurator });
  expect(human.code).toBe(2);
  expect(human.stdout).toContain('\nrejected: Preflight found 1 problem: trigger-id-unknown\n');
  const machine = await cli(['start', PLAN, '--json'], { configurator });
  expect(machine.code).toBe(2);
  expect(jsonLines(machine.stdout)).toMatchObject([
    { kind: 'started', ...ref, phase: 'rejected', outcome: 'rejected', reason: rejected.status.reason },
  ]);
});

test('a start that is rejected as it is deployed exits with 2 and says why', async () => {
  const reason = '"RefundAssist v1.6.0" is a candidate of RefundAssist, too, and serves 10 %.';
  const rejected = viewOf({ phase: 'rejected', outcome: 'rejected', reason }, { running: false });
  const configurator = {
    startRollout: () => Promise.resolve(ref),
    followRollout: () => views(viewOf({ phase: 'validating' }), viewOf({ phase: 'deploying' }), rejected),
  };
  const { code, stdout } = await cli(['start', PLAN, '--json'], { configurator });
  expect(code).toBe(2);
  expect(jsonLines(stdout)).toMatchObject([{ kind: 'started', phase: 'rejected', outcome: 'rejected', reason }]);
});

test.each([
  ['validating', 'preflight', 'The preflight has not spoken yet, and may still reject it: follow it with'],
  [
    'deploying',
    'v1.5.0 to exist',
    'It passed the preflight and waits for v1.5.0 to exist; until then it may still be rejected: follow it with',
  ],
  ['scheduled', 'its start, Monday', 'It passed the preflight and waits for its start, Monday: follow it with'],
] as const)('a start that is %s when nobody waits longer says so', async (phase, waitingFor, said) => {
  const configurator = {
    startRollout: () => Promise.resolve(ref),
    followRollout: () => views(viewOf({ phase, waitingFor })),
  };
  const human = await cli(['start', PLAN], { configurator });
  expect(human.code).toBe(0);
  expect(human.stdout).toContain(`\n${said} assist-rollouts watch RefundAssist\n`);
  const machine = await cli(['start', PLAN, '--json'], { configurator });
  expect(jsonLines(machine.stdout)).toMatchObject([{ kind: 'started', phase, outcome: null }]);
});

test('a start that waits for long says what for, and who does not answer, each once', async () => {
  let nowMs = 0;
  const configurator = {
    startRollout: () => Promise.resolve(ref),
    async *followRollout(_action: string, { onTrouble }: FollowOptions = {}): AsyncGenerator<RolloutView> {
      yield viewOf({ phase: 'validating', waitingFor: 'a preflight' });
      for (let i = 0; i < 3; i++) {
        nowMs += 2_000;
        onTrouble?.(new AssistError('no-worker', 'No worker answered.', ''));
        yield viewOf({ phase: 'validating', waitingFor: 'the answer of the organisation' });
      }
    },
  };
  const { code, stderr } = await cli(['start', PLAN], { configurator, now: () => nowMs });
  expect([code, stderr]).toEqual([0, 'No worker answered.\nwaiting for the answer of the organisation\n']);
});

test('a start that was lost before it stood exits with 6', async () => {
  const lost = { phase: 'terminated', why: 'Terminated.', recovery: null } as const;
  const status = { phase: 'terminated', reason: 'Terminated by ops.', waitingFor: 'somebody' } as const;
  const configurator = {
    startRollout: () => Promise.resolve(ref),
    followRollout: () => views({ ...viewOf(), running: false, lost, status: { ...viewOf().status, ...status } }),
  };
  const { code, stdout } = await cli(['start', PLAN], { configurator });
  expect(code).toBe(6);
  expect(stdout).toContain('\nterminated: Terminated by ops. It waits for somebody\n');
});

test('a start is one, though nobody tells what the preflight says', async () => {
  const configurator = {
    startRollout: () => Promise.resolve(ref),
    async *followRollout(): AsyncGenerator<RolloutView> {
      yield viewOf({ phase: 'validating' });
      throw new Error('away');
    },
  };
  const { code, stdout } = await cli(['start', PLAN], { configurator });
  expect(code).toBe(0);
  expect(stdout).toContain('The preflight has not spoken yet, and may still reject it');
});

test('a refused start exits with 5 and says which run is in the way', async () => {
  const refusal = new AssistError(
    'rollout-already-running',
    'Refused: rollout/RefundAssist is already running (run run-0).',
    'Follow it.',
    { details: ref },
  );
  const configurator = { startRollout: () => Promise.reject(refusal) };
  const human = await cli(['start', PLAN], { configurator });
  expect(human).toMatchObject({
    code: 5,
    stdout: '',
    stderr: 'error Refused: rollout/RefundAssist is already running (run run-0).\nFollow it.\n',
  });
  const machine = await cli(['start', PLAN, '--json'], { configurator });
  expect(jsonLines(machine.stdout)).toEqual([
    { kind: 'error', code: 'rollout-already-running', message: refusal.message, remedy: 'Follow it.', ...ref },
  ]);
});

test.each([
  [rolledBack, 3],
  [{ phase: 'promoted', outcome: 'promoted' } as const, 0],
  [{ phase: 'rejected', outcome: 'rejected' } as const, 2],
])('watching to the end of %j exits with %i', async (end, expected) => {
  const followRollout = () => views(viewOf(), viewOf(end, { running: false }));
  const { code } = await cli(['watch', 'RefundAssist'], { configurator: { followRollout } });
  expect(code).toBe(expected);
});

test('watching prints a line only when something is new, then outcome, reason and time to safety', async () => {
  const followRollout = () => views(viewOf(), viewOf(), viewOf(rolledBack, { running: false }));
  const { stdout } = await cli(['watch', 'RefundAssist'], { configurator: { followRollout } });
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(5);
  expect(lines[0]).toBe('RefundAssist 1.6.0 baking · step 2/2 bake 4 s · split 10 %');
  expect(lines.slice(2)).toEqual([
    'outcome: rolledBack, v1.5.0 serves again; the organisation shows it (read back at 2026-03-01 12:00:09 UTC)',
    'reason: acceptanceRate harm: candidate 26.0 % vs baseline 40.0 % (35 % lower), limit 32.0 % (20 % lower), n 310 / 1200 cards.',
    'time to safety: 7 s from the first candidate card, 412 ms from the decision',
  ]);
});

test('start --watch --json: started, progress, and the rollout last', async () => {
  const configurator = {
    startRollout: () => Promise.resolve(ref),
    followRollout: () => views(viewOf(), viewOf(rolledBack, { running: false })),
  };
  const { code, stdout } = await cli(['start', PLAN, '--watch', '--json'], { configurator });
  expect(code).toBe(3);
  const lines = jsonLines(stdout);
  expect(lines.map(({ kind }) => kind)).toEqual(['started', 'progress', 'progress', 'rollout']);
  expect(lines[0]).toEqual({
    kind: 'started',
    action: 'RefundAssist',
    version: '1.5.0',
    target: 'agentAssistActions',
    ...ref,
  });
  expect(lines[3]).toMatchObject({ status: { outcome: 'rolledBack', safety: { timeToSafetyMs: 7_000 } }, ...ref });
});

test('a rollout that stays held ends watching with 6 after the time asked for, one that recovers does not', async () => {
  let clock = 0;
  const now = () => (clock += 10_000);
  const held = viewOf({ phase: 'held', reason: 'undecided at the end' });
  const stuck = await cli(['watch', 'X', '--held-for', '30'], {
    now,
    configurator: { followRollout: () => views(held, held, held, held, held, held) },
  });
  expect(stuck.code).toBe(6);
  expect(stuck.stdout).toContain(
    'held: undecided at the end\nwhat to do: read the figures. In doubt abort: the version that served before is put back, ' +
      'and that is proven.\nyou can: pause, abort\n',
  );
  const recovered = await cli(['watch', 'X', '--held-for', '30'], {
    now,
    configurator: {
      followRollout: () =>
        views(held, viewOf(), held, viewOf({ outcome: 'promoted', phase: 'promoted' }, { running: false })),
    },
  });
  expect(recovered.code).toBe(0);
});

test('--patience, the old name of --held-for, is taken with a warning', async () => {
  let clock = 0;
  const held = viewOf({ phase: 'held' });
  const { code, stderr } = await cli(['watch', 'X', '--patience', '30'], {
    now: () => (clock += 20_000),
    configurator: { followRollout: () => views(held, held, held, viewOf({ outcome: 'promoted' }, { running: false })) },
  });
  expect(code).toBe(6);
  expect(stderr).toBe('warning --patience is now --held-for; the next release does not know it.\n');
});

test('Ctrl-C while watching exits with 130', async () => {
  const stop = new AbortController();
  stop.abort();
  const { code } = await cli(['watch', 'X'], { signal: stop.signal, configurator: { followRollout: () => views() } });
  expect(code).toBe(130);
});

test('an act passes who and why, and prints the phase after it', async () => {
  const act = jest.fn(() =>
    Promise.resolve({ ...ref, delivered: 'applied' as const, status: statusOf({ paused: true }) }),
  );
  const { code, stdout } = await cli(['pause', 'RefundAssist', '--reason', 'lunch', '--by', 'bea'], {
    configurator: { act },
  });
  expect(code).toBe(0);
  expect(act).toHaveBeenCalledWith('pause', 'RefundAssist', { by: 'bea', reason: 'lunch' }, undefined);
  expect(stdout).toContain('pause: accepted. RefundAssist 1.6.0 stays at this split');
});

test.each<[string[], object]>([
  [['resume'], { pause: 3 }],
  [['resume', '--pause', '2'], { pause: 2 }],
  [['advance'], { pause: 3, step: 2 }],
  [['approve'], { step: 2 }],
  [['approve', '--step', '1'], { step: 1 }],
  [['withdraw'], { step: 2 }],
])('%j names what whoever acts was shown', async ([verb = '', ...options], named) => {
  const status = statusOf({ paused: true, pauses: 3, reason: 'no card has come' });
  const act = jest.fn(() => Promise.resolve({ ...ref, delivered: 'applied' as const, status }));
  const view = () => Promise.resolve(viewOf({ paused: true, pauses: 3, reason: 'no card has come' }));
  const { stdout } = await cli([verb, 'RefundAssist', '--reason', 'x', ...options], {
    configurator: { act, status: view },
  });
  expect(act).toHaveBeenCalledWith(
    verb,
    'RefundAssist',
    { by: 'ana', reason: 'x', ...named },
    options.length > 0 ? undefined : viewOf().runId,
  );
  const wasShown = verb === 'approve' || verb === 'withdraw' || options.includes('--pause');
  expect(stdout.includes('It was paused for this: no card has come')).toBe(!wasShown);
});

test.each([
  ['scheduled', 'is called off: nothing was written, and it ends as rejected'],
  ['deploying', 'ends before agents see it'],
  ['baking', 'is being rolled back'],
] as const)('an abort while it is %s says what becomes of it', async (phase, words) => {
  const act = (): Promise<ActResult> => Promise.resolve({ ...ref, delivered: 'applied', status: statusOf({ phase }) });
  const { stdout } = await cli(['abort', 'RefundAssist', '--reason', 'bad'], { configurator: { act } });
  expect(stdout).toContain(`abort: accepted. RefundAssist 1.6.0 ${words}`);
});

test('a brake that no worker took is said to be stored, not done', async () => {
  const act = (): Promise<ActResult> => Promise.resolve({ ...ref, delivered: 'stored', status: null });
  const { code, stdout } = await cli(['abort', 'RefundAssist', '--reason', 'bad'], { configurator: { act } });
  expect(code).toBe(0);
  expect(stdout).toContain('abort: stored. No worker has answered');
});

test('a brake that waits for workers of one build names it, and the way by another', async () => {
  const act = (): Promise<ActResult> => Promise.resolve({ ...ref, delivered: 'stored', status: null, build: 'old' });
  const { code, stdout } = await cli(['abort', 'RefundAssist', '--reason', 'bad'], { configurator: { act } });
  expect(code).toBe(0);
  expect(stdout).toMatch(/No worker of build old has answered.*as soon as one runs.*builds move "RefundAssist" --to/);
});

test('status --json is one object with the status as the workflow gives it', async () => {
  const { code, stdout } = await cli(['status', 'RefundAssist', '--json'], {
    configurator: { status: () => Promise.resolve(viewOf()) },
  });
  expect(code).toBe(0);
  expect(jsonLines(stdout)).toEqual([JSON.parse(JSON.stringify({ kind: 'rollout', ...viewOf() }))]);
});

const listOf = (...rollouts: readonly RolloutSummary[]) => Promise.resolve({ rollouts, unseen: null });

test('list shows a row for each rollout, and says so when there is none', async () => {
  const row = {
    ...ref,
    action: 'RefundAssist',
    version: '1.6.0',
    phase: 'baking',
    outcome: null,
    splitPercent: 12.5,
    state: 'RUNNING',
    startedAt: '2026-03-01T12:00:00.000Z',
    endedAt: null,
    override: null,
    audience: null,
  };
  const some = await cli(['list'], { configurator: { list: () => listOf(row) } });
  expect(some.stdout.split('\n')[1]).toBe('RefundAssist  1.6.0    baking  12.5 %  2026-03-01 12:00  http://ui/run-1');
  const pilot = { ...row, audience: 'queue 6f2f7b7e…, 2 teams (pilot)' };
  const part = await cli(['list'], { configurator: { list: () => listOf(pilot) } });
  expect(part.stdout.split('\n')[1]).toContain('  12.5 % of queue 6f2f7b7e…, 2 team…  2026');
  const told = { ...row, action: '返金'.repeat(12), why: `resume by maria: ok \u001B[31m${'legal '.repeat(30)}` };
  const now = () => Date.parse('2026-03-02T12:00:00.000Z');
  const small = await cli(['list'], { configurator: { list: () => listOf(told) }, columns: 80, now });
  const [head, line, label] = small.stdout.split('\n');
  expect(head).toMatch(/^action +version +phase +split +started +why$/);
  expect(line).toMatch(/^[返金]+… +1\.6\.0 +baking +12\.5 % +03-01 12:00 +resume.*…$/u);
  expect(stringWidth(line ?? '')).toBeLessThanOrEqual(80);
  expect(label).toBe('Times are those of UTC.');
  const none = await cli(['list'], { configurator: { list: () => listOf() } });
  expect(none.stdout).toContain('No rollouts yet');
  const json = await cli(['list', '--json'], { configurator: { list: () => listOf(row) } });
  expect(jsonLines(json.stdout)).toEqual([{ kind: 'rollouts', rollouts: [row], unseen: null }]);
});

test('lint says ok for a good plan and 2 with the problems for a bad one', async () => {
  expect(await cli(['lint', PLAN])).toMatchObject({ code: 0, stdout: `${PLAN}: ok\n` });
  const { code, stdout } = await cli(['lint', PLAN, '/nonexistent.yaml', '--json']);
  expect(code).toBe(2);
  expect(jsonLines(stdout)).toEqual([
    { file: PLAN, ok: true, problems: [] },
    { file: '/nonexistent.yaml', ok: false, problems: [expect.objectContaining({ code: 'plan-file-missing' })] },
  ]);
});

test('lint --json has one line for each plan with exactly the promised fields, --sarif one log, --browsers another matrix', async () => {
  const { stdout } = await cli(['lint', PLAN, '/nonexistent.yaml', '--json']);
  const [good, bad] = jsonLines(stdout) as { problems: object[] }[];
  expect(Object.keys(good ?? {})).toEqual(['file', 'ok', 'problems']);
  expect(Object.keys(bad?.problems[0] ?? {})).toEqual([
    'code',
    'severity',
    'file',
    'line',
    'column',
    'message',
    'remedy',
  ]);
  expect(bad?.problems[0]).toMatchObject({ file: '/nonexistent.yaml', line: 1, column: 1 });
  const sarif = await cli(['lint', '/nonexistent.yaml', '--sarif']);
  expect(sarif.code).toBe(2);
  expect(jsonLines(sarif.stdout)).toEqual([expect.objectContaining({ version: '2.1.0', runs: [expect.anything()] })]);
  expect(await cli(['lint', PLAN, '--browsers', 'chrome 100'])).toMatchObject({ code: 0 });
  expect(await cli(['lint', PLAN, '--browsers', 'nonsense 3'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no browserslist query'),
  });
});

test("lint --policy tells where a plan undercuts the organisation's minimums, and goes no further with a policy that it cannot read", async () => {
  const policy = join(__dirname, '../../examples/organisation-policy.yaml');
  const [result] = jsonLines((await cli(['lint', PLAN, '--policy', policy, '--json'])).stdout) as {
    ok: boolean;
    problems: { code: string; line: number }[];
  }[];
  expect(result?.ok).toBe(false);
  expect(result?.problems.map(({ code }) => code)).toContain('minimum-approval');
  expect(result?.problems.every(({ line }) => line > 1)).toBe(true);
  for (const unfit of [PLAN, '/nonexistent.yaml', '/dev/zero']) {
    expect(await cli(['lint', PLAN, '--policy', unfit])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`The organisation's policy ${unfit} cannot be used`),
    });
  }
});

test("the organisation's own policy and browsers come from the environment, and a policy that lets everything run is refused", async () => {
  const strict = await cli(['lint', join(__dirname, '../../examples/refund-assist-1.6.0.yaml')], {
    env: { CARD_POLICY: "default-src 'none'", CARD_BROWSERS: 'chrome >= 100' },
  });
  expect(strict.code).toBe(0);
  const open = await cli(['lint', PLAN], { env: { CARD_POLICY: "img-src 'self'" } });
  expect(open).toMatchObject({ code: 2 });
  expect(open.stderr).toContain('CARD_POLICY: names neither default-src nor script-src');
  const unknown = await cli(['lint', PLAN], { env: { CARD_BROWSERS: 'netscape >= 4' } });
  expect(unknown.code).toBe(2);
});
