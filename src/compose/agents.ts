/** The proxy of the environment, for whoever asks others than the organisation. */
import type http from 'node:http';
import { ConfigError } from '../config/error.ts';
import type { ConfigProblem } from '../config/error.ts';
import { readProxy } from '../config/proxy.ts';
import type { Env } from '../config/secrets.ts';
import { createProxies } from '../genesys/proxy.ts';

const SILENCE_MS = 5_000;

export interface Agents {
  readonly agentFor: (url: URL) => http.Agent | undefined;
  readonly close: () => void;
}

export function openAgents(env: Env): Agents {
  const problems: ConfigProblem[] = [];
  const settings = readProxy(env, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const proxies = settings === null ? null : createProxies(settings, SILENCE_MS);
  return { agentFor: (url) => proxies?.agentFor(url), close: () => proxies?.close() };
}
