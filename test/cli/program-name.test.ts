/** A command that is shown is one that can be typed. */
import { asCalled } from '../../src/cli/program-name.ts';

test.each(['bin/assist-rollouts', 'npx assist-rollouts', '../a checkout/bin/assist-rollouts'])(
  'every command is shown as %s, wherever it stands, and once',
  (program) => {
    const shown = asCalled(
      'Usage: assist-rollouts start [options]\n  $ assist-rollouts dev\nfollow it with assist-rollouts watch A, ' +
        'or `assist-rollouts --help`.\n  TEMPORAL_ADDRESS=a:1 assist-rollouts list\nassist-rollouts [options]',
      program,
    );
    expect(shown).toBe(
      `Usage: ${program} start [options]\n  $ ${program} dev\nfollow it with ${program} watch A, ` +
        `or \`${program} --help\`.\n  TEMPORAL_ADDRESS=a:1 ${program} list\n${program} [options]`,
    );
    expect(asCalled(shown, program)).toBe(shown);
  },
);

test('what is no command stays: a path, an API version, a setting, a build', () => {
  const text =
    '/opt/assist-rollouts dev.yaml, apiVersion: assist-rollouts/v1, assist-rollouts.yaml, assist-rollouts@0.1.0, assist-rollouts started';
  expect(asCalled(text, 'bin/assist-rollouts')).toBe(text);
  expect(asCalled('assist-rollouts dev', undefined)).toBe('assist-rollouts dev');
});
