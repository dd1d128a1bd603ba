/** The configurator over an api process that is older than who asks. */
import { createRemoteConfigurator } from '../../src/configurator/remote.ts';
import { cli } from '../cli/fixtures.ts';

test('a list of one that does not say what it left out is shown as it is', async () => {
  const fetch = () => Promise.resolve(Response.json({ rollouts: [] }));
  const configurator = createRemoteConfigurator({ url: 'http://api', fetch, token: null });
  expect(await configurator.list(5)).toEqual({ rollouts: [], unseen: null });
  const { code, stdout } = await cli(['list'], { configurator });
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^No rollouts yet\.[^\n]*\n$/)]);
});
