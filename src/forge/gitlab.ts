/** Notes of a merge request at GitLab: https://docs.gitlab.com/api/notes/. */
import { z } from 'zod';
import type { BoundedFetch } from '../http/bounded-fetch.ts';
import type { Forge } from './forge.ts';
import { allPages, ask } from './requests.ts';

export interface GitlabRequest {
  readonly apiUrl: string;
  /** Id of the project, or its path. */
  readonly project: string;
  /** Of the merge request within the project. */
  readonly iid: number;
  readonly token: string;
}

const note = z.object({
  id: z.number(),
  body: z.string(),
  system: z.boolean().optional(),
  author: z.object({ id: z.number() }),
});

/** Of a million, which nobody would read. */
const MAX_LENGTH = 200_000;

export function openGitlab({ apiUrl, project, iid, token }: GitlabRequest, fetch: BoundedFetch): Forge {
  const wire = { url: apiUrl, fetch, headers: { accept: 'application/json', 'private-token': token } };
  const notes = `/projects/${encodeURIComponent(project)}/merge_requests/${iid}/notes`;
  return {
    maxLength: MAX_LENGTH,
    async me() {
      const { id } = await ask(wire, { path: '/user', answer: z.object({ id: z.number() }) });
      return String(id);
    },
    async comments() {
      const found = await allPages((query) =>
        ask(wire, { path: `${notes}?sort=asc&order_by=created_at&${query}`, answer: z.array(note) }),
      );
      return found
        .filter(({ system }) => system !== true)
        .map(({ id, body, author }) => ({ id: String(id), body, author: String(author.id) }));
    },
    async write(body) {
      await ask(wire, { method: 'POST', path: notes, body: { body }, answer: note });
    },
    async rewrite(id, body) {
      await ask(wire, { method: 'PUT', path: `${notes}/${id}`, body: { body }, answer: note });
    },
  };
}
