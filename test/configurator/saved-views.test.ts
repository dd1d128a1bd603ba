import { OUTCOMES } from '../../src/domain/rollout/status.ts';
import { savedViews } from '../../src/configurator/saved-views.ts';

test('lists of rollouts are pages of the Web UI, with the query in the address', () => {
  const views = savedViews({ uiUrl: 'http://127.0.0.1:8233/', namespace: 'a b' });
  expect(views.map(({ title }) => title)).toEqual(['waiting for a person', ...OUTCOMES]);
  for (const { url } of views) {
    const { pathname, searchParams } = new URL(url);
    expect(pathname).toBe('/namespaces/a%20b/workflows');
    expect(searchParams.get('query')).toMatch(/^WorkflowType = 'rollout' AND /);
  }
  expect(savedViews({ uiUrl: null, namespace: 'default' })).toEqual([]);
});
