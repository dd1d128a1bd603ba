import { takeApiOption } from '../../src/cli/api-option.ts';

const env = { ASSIST_API_URL: 'https://of.the.environment' };

test('--api before the verb wins over the environment, and is nothing to the verb', () => {
  const taken = { args: ['list', '--json'], env: { ASSIST_API_URL: 'https://given' } };
  expect(takeApiOption(['--api', 'https://given', 'list', '--json'], env)).toEqual(taken);
  expect(takeApiOption(['--api=https://given', 'list', '--json'], env)).toEqual(taken);
});

test('anywhere else it is a word like others, and without an address it is left to the usage message', () => {
  for (const args of [['pause', '--reason', '--api', 'x'], ['--api'], []])
    expect(takeApiOption(args, env)).toEqual({ args, env });
});
