import { Readable } from 'node:stream';
import { judgeLines } from '../../src/cli/commands/judge.ts';
import type { Deps } from '../../src/cli/deps.ts';
import { EXIT } from '../../src/cli/exit-codes.ts';

async function drive(lines: readonly string[], signal = new AbortController().signal) {
  const written: string[] = [];
  const out = {
    stdout: (text: string) => void written.push(text),
    stderr: () => undefined,
    isTTY: false,
    color: false,
  };
  const deps = {
    out,
    env: {},
    configuration: { env: {}, file: null, places: new Map(), overruled: [], problems: [] },
    now: () => 0,
    signal,
    user: 'u',
    version: '9.9.9',
    script: '',
    ask: null,
    keys: null,
    zone: 'UTC',
    configurator: () => {
      throw new Error('contacts nobody');
    },
  } satisfies Deps;
  const code = await judgeLines(deps, { stream: true }, Readable.from(lines.map((line) => `${line}\n`)));
  return { code, answers: written.map((text) => JSON.parse(text) as Record<string, unknown>), written };
}

const reset = JSON.stringify({
  type: 'reset',
  config: {
    alpha: 0.05,
    horizon: 20,
    share: 0.5,
    margin: { accept: 0.1, dismiss: 0.1, p95: 0.25 },
    history: { p50: 200 },
    slo: {},
  },
});

/** `accepted` of 200 cards in each arm, all equally fast. */
function look(t: number, accepted: readonly [number, number], final = false): string {
  const arm = (hits: number) => ({
    out: Array.from({ length: 200 }, (_, i) => (i < hits ? 1 : i < 120 ? 2 : 0)),
    lat: Array.from({ length: 200 }, (_, i) => 100 + i),
    agent: Array.from({ length: 200 }, (_, i) => i),
  });
  return JSON.stringify({ type: 'look', t, final, share: 0.5, base: arm(accepted[0]), cand: arm(accepted[1]) });
}

test('each look is answered by one line, a reset by none; harm rolls back and stays harm until the next reset', async () => {
  const { code, answers, written } = await drive([
    reset,
    look(1, [80, 20]),
    look(2, [80, 80]),
    reset,
    look(1, [80, 80]),
  ]);
  expect(code).toBe(EXIT.ok);
  expect(written.every((text) => text.indexOf('\n') === text.length - 1)).toBe(true);
  expect(answers.map(({ verdict }) => verdict)).toEqual(['rollback', 'rollback', 'continue']);
  expect(answers[0]).toMatchObject({ judged: 'harm', untrusted: false, n: { baseline: 200, candidate: 200 } });
  expect(answers[0]?.['reason']).toMatch(/^acceptanceRate harm: candidate 10\.0 % vs baseline 40\.0 %/);
});

test('what stands for an outcome and is none is unknown: the stream goes on with the next line', async () => {
  const told = (out: readonly unknown[]) => {
    const arm = { out, lat: out.map(() => 100), agent: out.map((_, i) => i) };
    return JSON.stringify({ type: 'look', t: 1, base: arm, cand: arm });
  };
  const odd = ['length', 'map', 'constructor', '1', [1], true, null, {}, -1, 3, 1.5];
  const { code, answers } = await drive([reset, told(odd), reset, told(odd.map(() => 0))]);
  expect(code).toBe(EXIT.ok);
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]).toMatchObject({ verdict: 'continue', n: { baseline: odd.length, candidate: odd.length } });
});

test('a harmless candidate is promoted at the final look and not before', async () => {
  const looks = Array.from({ length: 20 }, (_, i) => look(i + 1, [80 + (i % 3), 80 + ((i + 1) % 3)], i === 19));
  const verdicts = (await drive([reset, ...looks])).answers.map(({ verdict }) => verdict);
  expect(verdicts).toEqual([...Array.from({ length: 19 }, () => 'continue'), 'promote']);
});

describe('the history of agents', () => {
  const known = (agents: unknown) =>
    JSON.stringify({
      type: 'reset',
      config: { ...(JSON.parse(reset) as { config: object }).config, history: { agents } },
    });
  /** The second half of the agents sees the candidate. */
  const split = (t: number, final: boolean): string => {
    const arm = (from: number) => ({
      out: Array.from({ length: 400 }, (_, i) => ((i * 7 + t) % 20 < 8 ? 1 : 0)),
      lat: Array.from({ length: 400 }, (_, i) => 100 + i),
      agent: Array.from({ length: 400 }, (_, i) => from + (i % 40)),
    });
    return JSON.stringify({ type: 'look', t, final, share: 0.5, base: arm(0), cand: arm(40) });
  };
  const everyone = Array.from({ length: 80 }, (_, i) => i);
  const alike = { agent: everyone, cards: everyone.map(() => 100), accepted: everyone.map(() => 40), dismissed: [] };

  test.each<[what: string, agents: unknown]>([
    ['none', undefined],
    ['of agents who are alike', alike],
    ['of no shape', 'yes'],
    ['of other shapes', { agent: everyone, cards: 'many', accepted: null }],
    ['that cannot be', { agent: everyone, cards: everyone.map(() => -1), accepted: everyone.map(() => 1e300) }],
  ])('%s: nothing is changed by it', async (_, agents) => {
    const looks = Array.from({ length: 5 }, (_look, i) => split(i + 1, i === 4));
    const [plain, other] = [await drive([reset, ...looks]), await drive([known(agents), ...looks])];
    expect(other.answers).toEqual(plain.answers);
  });
});

test('without candidate data nothing is promoted, and empty or missing arms are no error', async () => {
  const empty = { type: 'look', t: 1, final: true, share: 0.1 };
  const { answers } = await drive([
    reset,
    JSON.stringify({
      ...empty,
      base: { out: [1, 0], lat: [5, null], agent: [1, 2] },
      cand: { out: [], lat: [], agent: [] },
    }),
    JSON.stringify(empty),
  ]);
  expect(answers).toEqual([
    expect.objectContaining({ verdict: 'continue', judged: 'noData' }),
    expect.objectContaining({ verdict: 'continue', judged: 'noData' }),
  ]);
});

test('a line that cannot be read is answered by one error that says what was seen, and the stream goes on', async () => {
  const { code, answers } = await drive([
    look(1, [80, 80]),
    reset,
    'no json',
    '[1]',
    '{"type":"lok"}',
    '',
    look(1, [80, 80]),
  ]);
  expect(code).toBe(EXIT.ok);
  expect(
    answers.map((answer) => (answer['error'] as { message: string } | undefined)?.message ?? answer['verdict']),
  ).toEqual([
    'Not judged: a look came before any reset. Send a line of type "reset" first.',
    'Not judged: the line is no JSON object: no json. Write one JSON object per line.',
    'Not judged: the line is no JSON object: [1]. Write one JSON object per line.',
    'Not judged: the line\'s type is "lok". Send "reset" or "look".',
    'continue',
  ]);
});

test('without --stream it says what to run', async () => {
  await expect(judgeLines({} as Deps, {})).rejects.toMatchObject({
    code: 'usage',
    remedy: expect.stringContaining('judge --stream'),
  });
});

test('what is tolerated is half of each margin, or what the reset says; a tolerance beyond its margin is not read', async () => {
  const toleratedOf = async (tolerance?: object): Promise<unknown> => {
    const config = { margin: { accept: 0.1, dismiss: 0.1, p95: 0.25 }, tolerance };
    const { answers } = await drive([JSON.stringify({ type: 'reset', config }), look(1, [80, 80])]);
    const [{ guardrails } = { guardrails: [] }] = answers;
    return (guardrails as { readonly tolerated: number }[]).map(({ tolerated }) => Number(tolerated.toFixed(3)));
  };
  const [accept, dismiss, p95, undelivered] = (await toleratedOf()) as number[];
  expect([accept, dismiss, undelivered]).toEqual([0.38, 0.21, 0.01]);
  expect(await toleratedOf({ accept: 0, dismiss: 0.1 })).toEqual([0.4, 0.21, p95, 0.01]);
  expect(await toleratedOf({ p95: 0 })).toEqual([accept, dismiss, expect.closeTo((p95 ?? 0) / 1.125, 0), 0.01]);
});
