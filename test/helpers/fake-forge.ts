/**
 * Comments of one request as GitHub (https://docs.github.com/en/rest/issues/comments) and GitLab
 * (https://docs.gitlab.com/api/notes/) keep them, over real HTTP.
 */
import type { Reply, ScriptedServer, SeenRequest } from './scripted-server.ts';
import { startScriptedServer } from './scripted-server.ts';

export interface FakeComment {
  readonly id: number;
  readonly author: string;
  body: string;
}

export interface FakeForge extends ScriptedServer {
  readonly comments: FakeComment[];
  /** What a job finds in its environment, and the file that GITHUB_EVENT_PATH names. */
  readonly token: string;
}

export const GITHUB_ME = 'github-actions[bot]';
export const GITLAB_ME = '77';

export interface FakeOptions {
  readonly comments?: readonly FakeComment[];
  /** As for a token that may only read. */
  readonly readOnly?: boolean;
  /** Instead of what it would answer. */
  readonly instead?: (request: SeenRequest) => Reply | null;
}

/** Of pull request 12 of acme/cards. */
export function startFakeGithub(options: FakeOptions = {}): Promise<FakeForge> {
  const shape = ({ id, author, body }: FakeComment): object => ({
    id,
    node_id: `IC_${id}`,
    url: `https://api.github.com/repos/acme/cards/issues/comments/${id}`,
    user: { login: author, id: 1, type: 'Bot' },
    created_at: '2026-11-01T10:00:00Z',
    updated_at: '2026-11-01T10:00:00Z',
    author_association: 'NONE',
    body,
  });
  return start(options, {
    isKnown: ({ headers }, token) => headers.authorization === `Bearer ${token}`,
    list: '/repos/acme/cards/issues/12/comments',
    one: /^\/repos\/acme\/cards\/issues\/comments\/(\d+)$/,
    method: 'PATCH',
    me: GITHUB_ME,
    shape,
    others: ({ path, body }) =>
      path === '/graphql' && JSON.stringify(body).includes('viewer')
        ? { body: { data: { viewer: { login: GITHUB_ME } } } }
        : {
            status: 404,
            body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
          },
    refusal: { status: 403, body: { message: 'Resource not accessible by integration', status: '403' } },
  });
}

/** Of merge request 12 of project 34. */
export function startFakeGitlab(options: FakeOptions = {}): Promise<FakeForge> {
  const shape = ({ id, author, body }: FakeComment): object => ({
    id,
    type: null,
    body,
    author: { id: Number(author), username: 'a', name: 'A', state: 'active' },
    created_at: '2026-11-01T10:00:00.000Z',
    updated_at: '2026-11-01T10:00:00.000Z',
    system: false,
    noteable_id: 1,
    noteable_type: 'MergeRequest',
    resolvable: false,
    confidential: false,
    internal: false,
    noteable_iid: 12,
  });
  return start(options, {
    isKnown: ({ headers }, token) => headers['private-token'] === token,
    list: '/api/v4/projects/34/merge_requests/12/notes',
    one: /^\/api\/v4\/projects\/34\/merge_requests\/12\/notes\/(\d+)$/,
    method: 'PUT',
    me: GITLAB_ME,
    shape,
    others: ({ path }) =>
      path === '/api/v4/user'
        ? { body: { id: Number(GITLAB_ME), username: 'project_34_bot' } }
        : { status: 404, body: { message: '404 Not Found' } },
    refusal: { status: 403, body: { message: '403 Forbidden' } },
  });
}

interface Kind {
  readonly isKnown: (request: SeenRequest, token: string) => boolean;
  readonly list: string;
  readonly one: RegExp;
  readonly method: string;
  readonly me: string;
  readonly shape: (comment: FakeComment) => object;
  readonly others: (request: SeenRequest) => Reply;
  readonly refusal: Reply;
}

async function start({ comments: given = [], readOnly, instead }: FakeOptions, kind: Kind): Promise<FakeForge> {
  const token = 'ghs_0123456789abcdef0123456789abcdef';
  const comments = given.map((one) => ({ ...one }));
  const server = await startScriptedServer((request) => {
    const other = instead?.(request) ?? null;
    if (other !== null) return other;
    if (!kind.isKnown(request, token)) return { status: 401, body: { message: 'Bad credentials' } };
    const { method, path, query, body } = request;
    const text = (body as { readonly body?: string } | undefined)?.body ?? '';
    const id = kind.one.exec(path)?.[1];
    const isWrite = path === kind.list ? method === 'POST' : id !== undefined && method === kind.method;
    if (isWrite && readOnly === true) return kind.refusal;
    if (isWrite && text === '') return { status: 422, body: { message: 'Validation Failed' } };
    if (path === kind.list && method === 'GET') {
      const [size, page] = [Number(query.get('per_page') ?? 30), Number(query.get('page') ?? 1)];
      return { body: comments.slice((page - 1) * size, page * size).map(kind.shape) };
    }
    if (isWrite && id === undefined) {
      const comment = { id: comments.length + 1000, author: kind.me, body: text };
      comments.push(comment);
      return { status: 201, body: kind.shape(comment) };
    }
    const found = comments.find((one) => String(one.id) === id);
    if (isWrite && found !== undefined) {
      found.body = text;
      return { body: kind.shape(found) };
    }
    return kind.others(request);
  });
  return Object.assign(server, { comments, token });
}
