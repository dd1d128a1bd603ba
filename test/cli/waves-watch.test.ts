/** `waves start --watch` and `waves status --watch`, over an api process that is away now and then. */
import { join } from 'node:path';
import type { BoundedFetch } from '../../src/http/bounded-fetch.ts';
import { createRemoteConfigurator } from '../../src/configurator/remote.ts';
import type { WavesView } from '../../src/configurator/waves.ts';
import { initialWaves } from '../../src/domain/waves/state.ts';
import type { Ran } from './fixtures.ts';
import { cli } from './fixtures.ts';

const FILE = join(__dirname, '../../examples/waves.yaml');
const REF = { workflowId: 'waves/refund-1.5.0', runId: 'r-1', url: null };
const view: WavesView = {
  ...REF,
  waves: initialWaves({ name: 'refund-1.5.0', waves: [] } as never),
  members: {},
  unread: {},
  elsewhere: {},
  running: true,
  lost: null,
};
const promoted: WavesView = { ...view, running: false, waves: { ...view.waves, phase: 'promoted' } };

/** Each look is answered by the next of them; null: nobody answers. */
async function watched(
  args: readonly string[],
  looks: readonly (WavesView | null)[],
): Promise<Ran & { asked: string[] }> {
  // Each is asked twice before nobody answers.
  const left = looks.flatMap((look) => (look === null ? [null, null] : [look]));
  const asked: string[] = [];
  const fetch: BoundedFetch = async (url, { method }) => {
    if (method === 'POST') return Response.json(REF);
    asked.push(url);
    const look = left.shift() ?? null;
    if (look === null) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    return Promise.resolve(Response.json(look));
  };
  const configurator = createRemoteConfigurator({ url: 'http://api', fetch, token: null });
  return { ...(await cli(['waves', ...args], { configurator })), asked };
}

test('both wait for what is away, say so, and end as the waves do', async () => {
  for (const args of [
    ['status', 'refund-1.5.0', '--watch'],
    ['start', FILE, '--watch'],
  ]) {
    const { code, stderr, stdout } = await watched(args, [view, null, promoted]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('promoted')]);
    expect(stderr).toContain('The waves go on when it is back; waiting for it.');
  }
});

test('who started them waits from the first look on, and follows those alone', async () => {
  const { code, asked } = await watched(['start', FILE, '--watch'], [null, promoted]);
  expect(code).toBe(0);
  expect(new Set(asked)).toEqual(new Set(['http://api/v1/waves/refund-1.5.0?run=r-1']));
});

test('what was never there is an error at once', async () => {
  const { code, stderr } = await watched(['status', 'refund-1.5.0', '--watch'], [null]);
  expect(code).toBe(4);
  expect(stderr).not.toContain('go on');
});
