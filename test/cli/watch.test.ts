/** `watch` as it is followed: what ends it, and acts by keys. */
import { heldFor } from '../../src/cli/options.ts';
import type { Deps } from '../../src/cli/deps.ts';
import { AssistError } from '../../src/configurator/errors.ts';
import { listenToKeys } from '../../src/cli/keys.ts';
import type { ActResult } from '../../src/configurator/acts.ts';
import type { Configurator } from '../../src/configurator.ts';
import type { RolloutView } from '../../src/configurator/rollouts.ts';
import type { CliOptions } from './fixtures.ts';
import { cli, rolledBack, statusOf, viewOf } from './fixtures.ts';

const act = (delivered: 'applied' | 'stored' = 'applied', status = statusOf()) =>
  jest
    .fn<ReturnType<Configurator['act']>, Parameters<Configurator['act']>>()
    .mockResolvedValue({ delivered, status } as ActResult);

/** Presses a key when the view is there; what is asked is answered in turn, and then the rollout ends. */
async function press(
  key: string,
  answers: readonly (string | null)[],
  more: CliOptions['configurator'],
  view = viewOf(),
) {
  const asked: string[] = [];
  const listeners = new Set<(key: string) => void>();
  const keys: Deps['keys'] = (on) => {
    listeners.add(on);
    return () => void listeners.delete(on);
  };
  const left = [...answers];
  const configurator = {
    async *followRollout(_action: string, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<RolloutView> {
      yield view;
      for (const on of listeners) on(key);
      // What was asked is answered before the next look.
      while (left.length > 0) await new Promise(setImmediate);
      if (signal?.aborted !== true) yield view;
      if (signal?.aborted !== true) yield viewOf(rolledBack, { running: false });
    },
    ...more,
  };
  const ask = (question: string) => {
    // Nobody hears keys while they are asked.
    asked.push(`${question}${listeners.size}`);
    return Promise.resolve(left.shift() ?? null);
  };
  const ran = await cli(['watch', 'RefundAssist'], { configurator, ask, keys });
  return { ...ran, asked, listening: listeners.size };
}

test('a key asks why and for confirmation, and acts on what was shown, under the name of who sits there', async () => {
  const sent = act();
  const view = viewOf({ paused: true, pauses: 2, canDo: ['resume', 'abort'] });
  const { code, asked, listening, stderr } = await press('r', ['it was the network', 'y'], { act: sent }, view);
  expect(stderr).toContain('To resume RefundAssist 1.6.0 (baking, split 10 %), as ana.');
  expect(asked).toEqual(['Why? It stands in the audit log (empty: do nothing): 0', 'Type y to resume it: 0']);
  expect(sent.mock.calls).toEqual([
    ['resume', 'RefundAssist', { by: 'ana', reason: 'it was the network', pause: 2 }, 'run-1'],
  ]);
  expect({ code, listening }).toEqual({ code: 3, listening: 0 });
});

test.each([
  ['no reason', 'p', ['']],
  ['no answer', 'p', [null]],
  ['no confirmation', 'p', ['why', 'n']],
  ['an abort that is confirmed with a letter', 'x', ['why', 'y']],
  ['a reason that is too long', 'p', ['x'.repeat(5_000)]],
])('%s: nothing is done', async (_what, key, answers) => {
  const sent = act();
  await press(key, answers, { act: sent });
  expect(sent).not.toHaveBeenCalled();
});

test('an abort takes the name of the action; one that is refused leaves the view as it is', async () => {
  const sent = act().mockRejectedValue(new Error('another pause came'));
  expect((await press('x', ['wrong amounts', 'RefundAssist'], { act: sent })).code).toBe(3);
  expect(sent).toHaveBeenCalledTimes(1);
});

test('an act that took effect elsewhere than was shown says where', async () => {
  const steps = viewOf().status.steps.map((step) => ({ ...step, state: 'done' as const }));
  const later = statusOf({
    steps: [...steps, { index: 2, label: 'setSplit 50 %', state: 'running' }],
    splitPercent: 50,
  });
  const under: string[] = [];
  const keys: Deps['keys'] = (on) => {
    under.push('listens');
    setImmediate(() => on('p'));
    return () => undefined;
  };
  const answers = ['odd cards', 'y'];
  const configurator = { act: act('applied', later) } as unknown as Configurator;
  const listened = listenToKeys(
    { keys, ask: () => Promise.resolve(answers.shift() ?? null), user: 'ana', out: OUT } as unknown as Deps,
    configurator,
    {
      action: 'RefundAssist',
      screen: { clear: () => undefined } as never,
      current: () => viewOf({ canDo: ['pause'] }),
      leave: () => undefined,
    },
  );
  while (under.length < 2) await new Promise(setImmediate);
  expect(listened.under(viewOf())[0]).toBe(
    'pause: accepted (odd cards). It took effect at step 3, 50 %: you were shown step 2, 10 %.',
  );
  listened.close();
});

const OUT = { stderr: () => undefined, stdout: () => undefined, isTTY: true, color: false };

test('what is not possible is not asked, and q leaves the rollout going on', async () => {
  const sent = act();
  expect((await press('a', [], { act: sent })).asked).toEqual([]);
  expect(await press('q', [], { act: sent })).toMatchObject({ code: 130, asked: [], listening: 0 });
  expect(sent).not.toHaveBeenCalled();
});

test('whoever sits at a terminal is not left alone with what needs a person', async () => {
  expect(heldFor({ out: { isTTY: true } as Deps['out'] }, {})).toBe(Infinity);
  expect(heldFor({ out: { isTTY: true } as Deps['out'] }, { json: true })).toBe(30);
  expect(heldFor({ out: { isTTY: true } as Deps['out'] }, { heldFor: 5 })).toBe(5);
  const byHand = { agentsSee: 'Agents may still see v1.6.0.', writes: ['version b-1: traffic_split 100'] };
  const view = viewOf({ phase: 'needsAttention', byHand });
  const { code, stdout } = await cli(['watch', 'RefundAssist', '--held-for', '0'], {
    configurator: {
      async *followRollout() {
        yield view;
      },
    },
  });
  expect(code).toBe(6);
  expect(stdout).toContain('Agents may still see v1.6.0.\n');
  expect(stdout).toContain('  1. version b-1: traffic_split 100\n');
  expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});

test('a Temporal that goes away and stays away is told with the way back, rc 4', async () => {
  const gone = new AssistError('temporal-unreachable', 'Cannot reach Temporal at x.', 'Start one.');
  const { code, stderr } = await cli(['watch', 'RefundAssist'], {
    configurator: {
      async *followRollout() {
        yield viewOf();
        throw gone;
      },
    },
  });
  expect(code).toBe(4);
  expect(stderr).toBe(
    'error Cannot reach Temporal at x.\nThe rollout goes on when it is back; watch it again with ' +
      '`assist-rollouts watch RefundAssist`.\nStart one.\n',
  );
});
