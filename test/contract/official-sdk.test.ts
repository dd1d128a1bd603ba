/** What the official JavaScript SDK expects of the platform, it finds in the sandbox. */
import { createSandboxApp } from '../../src/sandbox/app.ts';
import type { SandboxOrganisation } from '../../src/sandbox/organisation.ts';
import { officialSdk } from '../helpers/official-sdk.ts';
import { givenPlayed } from '../sandbox/copilot/helpers.ts';
import { driveEveryOperation } from './operations.ts';
import { givenRecorder } from './recorder.ts';
import type { Exchange } from './recorder.ts';

/** The tutorial's: the platform, and so its SDK, has neither. */
const OF_THE_TUTORIAL = /^\/api\/v2\/(agentassist\/actions|analytics\/event-exports)(\/|$)/;

interface Route {
  readonly name: string;
  readonly method: string;
  readonly form: RegExp;
}

/** In the order in which they are tried. */
function routesOf(org: SandboxOrganisation): readonly Route[] {
  const routes = createSandboxApp(org)
    .routes.filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/v2/') && !OF_THE_TUTORIAL.test(path))
    .map(({ method, path }) => ({
      name: `${method} ${path}`,
      method,
      form: new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`),
    }));
  return [...new Map(routes.map((route) => [route.name, route])).values()];
}

function routeOf({ method, path }: Exchange, routes: readonly Route[]): string | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  return routes.find((route) => route.method === asked && route.form.test(path))?.name;
}

test('every operation of the sandbox is driven by the official SDK, and answered as it expects', async () => {
  const played = await givenPlayed({ copilot: { jobMs: 0, analyticsDelayMs: 0, settlesMs: 0 } });
  const { url, exchanges } = await givenRecorder(played.sandbox.url);
  played.play(20_000);
  await driveEveryOperation(await officialSdk(url), played);
  const routes = routesOf(played.sandbox.org);
  const answered = exchanges.filter(({ status }) => status >= 200 && status < 300);
  const driven = new Set(answered.map((exchange) => routeOf(exchange, routes)));
  expect(routes.map(({ name }) => name).filter((name) => !driven.has(name))).toEqual([]);
  expect(routes.length).toBeGreaterThan(60);
});
