import { linksIn } from '../../src/notify/links.ts';
import { exampleOf } from './letters.ts';

const UI = 'https://temporal.example.com/';
const CONSOLE = 'https://console.example.com/';
const at = (places: Partial<Parameters<typeof linksIn>[0]>) =>
  linksIn({ consoleUrl: null, uiUrl: null, namespace: 'a b', ...places });

test('the end of what agents saw leads to its report first, by its id; anything else to its page', () => {
  const links = at({ consoleUrl: CONSOLE, uiUrl: UI });
  expect(links({ ...exampleOf('rolledBack'), action: 'A & B' })).toEqual([
    { title: 'Report', url: 'https://console.example.com/rollouts/A%20%26%20B/report?rollout=example' },
    { title: 'Console', url: 'https://console.example.com/rollouts/A%20%26%20B?run=example' },
    {
      title: 'Temporal Web UI',
      url: 'https://temporal.example.com/namespaces/a%20b/workflows/rollout%2FRefundAssist/example',
    },
  ]);
  expect(links(exampleOf('harm')).map(({ title }) => title)).toEqual(['Console', 'Temporal Web UI']);
  expect(links(exampleOf('rejected')).map(({ title }) => title)).toEqual(['Console', 'Temporal Web UI']);
});

test('what is of no action has no page, and nothing leads to where nobody is known to be', () => {
  expect(at({ consoleUrl: CONSOLE })(exampleOf('test'))).toEqual([]);
  expect(at({})(exampleOf('promoted'))).toEqual([]);
});

test('the page is that of the very run, whatever has begun since; without a run it is that of the action', () => {
  const [page] = at({ consoleUrl: CONSOLE })(exampleOf('harm'));
  expect(page?.url).toBe('https://console.example.com/rollouts/RefundAssist?run=example');
  const [of] = at({ consoleUrl: CONSOLE })({ ...exampleOf('harm'), workflowId: null });
  expect(of?.url).toBe('https://console.example.com/rollouts/RefundAssist');
});
