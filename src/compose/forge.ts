/** The pull or merge request that a CI job is about, by what the CI says in its environment. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Env } from '../config/secrets.ts';
import { isTrustworthy } from '../domain/identity/issuer-url.ts';
import type { Forge } from '../forge/forge.ts';
import { openGithub } from '../forge/github.ts';
import { openGitlab } from '../forge/gitlab.ts';
import { createBoundedFetch } from '../http/bounded-fetch.ts';
import { openAgents } from './agents.ts';
import { readSecretOf } from './secrets.ts';

/** `why`: nothing can, or may, be written there, in words. */
export type FoundForge =
  | { readonly forge: Forge; readonly close: () => void }
  | { readonly forge: null; readonly why: string };

const ANSWER_MS = 30_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export function findForge(env: Env): FoundForge {
  const request = env['GITHUB_ACTIONS'] === 'true' ? ofGithub(env) : env['GITLAB_CI'] === 'true' ? ofGitlab(env) : NONE;
  if (typeof request === 'string') return { forge: null, why: request };
  const token = readSecretOf({ env }, 'ASSIST_FORGE_TOKEN')?.trim();
  if (!token) return { forge: null, why: 'ASSIST_FORGE_TOKEN is not set' };
  const untrusted = request.urls.find((url) => !isTrustworthy(url));
  if (untrusted !== undefined) return { forge: null, why: `${untrusted} is no https address` };
  const agents = openAgents(env);
  const fetch = createBoundedFetch({ timeoutMs: ANSWER_MS, maxBytes: MAX_ANSWER_BYTES, agentFor: agents.agentFor });
  return { forge: request.open(token, fetch), close: agents.close };
}

const NONE = 'this is no job of GitHub Actions or GitLab CI';
const FORK = 'it comes from a fork, which may not write here';

interface Request {
  readonly urls: readonly string[];
  readonly open: (token: string, fetch: Parameters<typeof openGithub>[1]) => Forge;
}

const repository = z.object({ full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) });
const event = z.object({
  pull_request: z.object({
    number: z.number().int().positive(),
    head: z.object({ repo: repository.nullable() }),
    base: z.object({ repo: repository }),
  }),
});

function ofGithub(env: Env): Request | string {
  const read = event.safeParse(jsonIn(env['GITHUB_EVENT_PATH'] ?? ''));
  if (!read.success) return 'this job is about no pull request';
  const { number, head, base } = read.data.pull_request;
  if (head.repo?.full_name !== base.repo.full_name) return FORK;
  const apiUrl = withoutSlash(env['GITHUB_API_URL'] ?? 'https://api.github.com');
  const graphqlUrl = withoutSlash(env['GITHUB_GRAPHQL_URL'] ?? `${apiUrl}/graphql`);
  return {
    urls: [apiUrl, graphqlUrl],
    open: (token, fetch) => openGithub({ apiUrl, graphqlUrl, repository: base.repo.full_name, number, token }, fetch),
  };
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function ofGitlab(env: Env): Request | string {
  const project = env['CI_MERGE_REQUEST_PROJECT_ID'] ?? '';
  const iid = env['CI_MERGE_REQUEST_IID'] ?? '';
  if (!/^\d+$/.test(project) || !/^\d+$/.test(iid)) return 'this job is about no merge request';
  if (env['CI_MERGE_REQUEST_SOURCE_PROJECT_ID'] !== project) return FORK;
  const apiUrl = withoutSlash(env['CI_API_V4_URL'] ?? '');
  return { urls: [apiUrl], open: (token, fetch) => openGitlab({ apiUrl, project, iid: Number(iid), token }, fetch) };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
