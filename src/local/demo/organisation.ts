/** Asks the organisation itself: plain HTTP, sharing no code with the engine that claims to have changed it. */
import { z } from 'zod';

export interface Endpoint {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The answer to a GET, as whoever has these credentials gets it. */
export async function ask(endpoint: Endpoint, path: string): Promise<unknown> {
  return json(endpoint.url + path, { headers: { authorization: `Bearer ${await fetchToken(endpoint)}` } });
}

export async function json(url: string, init: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${url} answered ${answer.status}; expected 200.`);
  return answer.json();
}

const tokenSchema = z.object({ access_token: z.string() });

async function fetchToken({ url, clientId, clientSecret }: Endpoint): Promise<string> {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const answer = await json(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  return tokenSchema.parse(answer).access_token;
}
