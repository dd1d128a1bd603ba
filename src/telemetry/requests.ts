/** Requests to our own servers, measured and traced until their answer begins. */
import { observe } from './measure.ts';
import type { LabelsOf } from './metrics.ts';
import { failed, traced } from './spans.ts';

type Server = LabelsOf<'assist_rollouts_http_request_duration_seconds'>['server'];

export function observedRequests<Rest extends readonly unknown[]>(
  server: Server,
  fetch: (request: Request, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return (request, ...rest) => {
    const { method } = request;
    const attributes = { 'http.request.method': method };
    return traced(`${server} ${method}`, { kind: 'server', attributes }, async (span) => {
      const startedAt = performance.now();
      const response = await fetch(request, ...rest);
      const status = `${Math.trunc(response.status / 100)}xx` as '2xx';
      const seconds = (performance.now() - startedAt) / 1000;
      observe('assist_rollouts_http_request_duration_seconds', seconds, { server, status });
      if (span !== null) {
        span.setAttribute('http.response.status_code', response.status);
        if (response.status !== 404) span.setAttribute('http.route', routeOf(request.url));
        if (response.status >= 500) failed(span, String(response.status));
      }
      return response;
    });
  };
}

/** Its first two parts, without what may be the id or the name of something. */
function routeOf(url: string): string {
  const [first = '', second] = new URL(url).pathname.slice(1).split('/');
  const isOfNames = first === 'rollouts';
  return !isOfNames && second !== undefined && /^[a-z-]{1,24}$/.test(second) ? `/${first}/${second}` : `/${first}`;
}
