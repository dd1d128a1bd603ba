/** Comments of a pull request at GitHub: https://docs.github.com/en/rest/issues/comments. */
import { z } from 'zod';
import type { BoundedFetch } from '../http/bounded-fetch.ts';
import type { Forge } from './forge.ts';
import { allPages, ask } from './requests.ts';

export interface GithubRequest {
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  /** `owner/name` */
  readonly repository: string;
  readonly number: number;
  readonly token: string;
}

const comment = z.object({
  id: z.number(),
  body: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
});
const viewer = z.object({ data: z.object({ viewer: z.object({ login: z.string() }) }) });

/** Of 65,536. */
const MAX_LENGTH = 65_000;

export function openGithub(
  { apiUrl, graphqlUrl, repository, number, token }: GithubRequest,
  fetch: BoundedFetch,
): Forge {
  const wire = {
    url: apiUrl,
    fetch,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': '2022-11-28',
      'user-agent': 'assist-rollouts',
    },
  };
  const repo = `/repos/${repository.split('/').map(encodeURIComponent).join('/')}`;
  return {
    maxLength: MAX_LENGTH,
    /** The token of a job belongs to an app, which may not ask `/user` who it is. */
    async me() {
      const { data } = await ask(
        { ...wire, url: graphqlUrl },
        { method: 'POST', path: '', body: { query: '{ viewer { login } }' }, answer: viewer },
      );
      return data.viewer.login;
    },
    async comments() {
      const found = await allPages((query) =>
        ask(wire, { path: `${repo}/issues/${number}/comments?${query}`, answer: z.array(comment) }),
      );
      return found.map(({ id, body, user }) => ({ id: String(id), body: body ?? '', author: user?.login ?? '' }));
    },
    async write(body) {
      await ask(wire, { method: 'POST', path: `${repo}/issues/${number}/comments`, body: { body }, answer: comment });
    },
    async rewrite(id, body) {
      await ask(wire, { method: 'PATCH', path: `${repo}/issues/comments/${id}`, body: { body }, answer: comment });
    },
  };
}
