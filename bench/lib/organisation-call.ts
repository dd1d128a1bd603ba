import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';

/** Calls the organisation's own interface, `path` below `/api/v2/`; what it refuses is thrown with its answer. */
export type CallOrganisation = <T>(method: string, path: string, body?: object) => Promise<T>;

export interface OrganisationClient {
  readonly id: string;
  readonly secret: string;
}

/** Over HTTP, as anybody with an OAuth client has it. */
export async function signIn(
  url: string,
  { id, secret }: OrganisationClient = DEFAULT_CLIENT,
): Promise<CallOrganisation> {
  const login = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
    }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  return async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${url}/api/v2/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
}
