import { readBenchOptions } from '../../bench/lib/bench-options.ts';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  rollouts: { type: 'string', default: '300' },
  store: { type: 'string', default: 'pg' },
  only: { type: 'string' },
} as const;
const KNOWN = 'options: --json, --rollouts 300, --store pg, --only <value>';

test('a benchmark takes what it knows, and the usual where nothing is said', () => {
  expect(readBenchOptions(OPTIONS, ['--rollouts', '20', '--json'])).toEqual({
    values: { json: true, rollouts: '20', store: 'pg' },
  });
});

test.each([
  [['--help'], KNOWN, 0],
  [['--rollouts', '2', '--help'], KNOWN, 0],
  [['--rollout', '2'], `Unknown option '--rollout'`, 2],
  [['--rollouts', 'many'], '--rollouts: expected a number of 0 or more, saw "many"; options: --json', 2],
  [['--rollouts'], `'--rollouts <value>' argument missing`, 2],
  [['20'], 'Unexpected argument', 2],
])('%j: one line and what there is', (args, said, code) => {
  const read = readBenchOptions(OPTIONS, args);
  expect(read).toEqual({ said: expect.stringContaining(said) as string, code });
  expect(read).toMatchObject({ said: expect.stringContaining(KNOWN) as string });
});
