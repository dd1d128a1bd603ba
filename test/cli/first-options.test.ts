import { takeFirstOptions } from '../../src/cli/first-options.ts';

const env = { ASSIST_API_URL: 'https://of.the.environment' };

test('--api before the verb wins over the environment, and is nothing to the verb', () => {
  const taken = { args: ['list', '--json'], env: { ASSIST_API_URL: 'https://given' } };
  expect(takeFirstOptions(['--api', 'https://given', 'list', '--json'], env)).toEqual(taken);
  expect(takeFirstOptions(['--api=https://given', 'list', '--json'], env)).toEqual(taken);
});

test('anywhere else it is a word like others, and without an address it is left to the usage message', () => {
  for (const args of [['pause', '--reason', '--api', 'x'], ['--api'], []])
    expect(takeFirstOptions(args, env)).toEqual({ args, env });
});

test('--config names the file of the configuration, beside --api in any order', () => {
  const both = { ASSIST_API_URL: 'https://given', ASSIST_ROLLOUTS_CONFIG: 'a=b.yaml' };
  expect(takeFirstOptions(['--config', 'a=b.yaml', '--api=https://given', 'list'], env)).toEqual({
    args: ['list'],
    env: both,
  });
  expect(takeFirstOptions(['--api', 'https://given', '--config=a=b.yaml', 'list'], {}).env).toEqual(both);
});
