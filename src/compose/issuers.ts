/** How a process reaches the identity providers whose people it knows, and checks what they vouch for. */
import type { Env } from '../config/secrets.ts';
import { createBoundedFetch } from '../http/bounded-fetch.ts';
import { createTokenVerifier } from '../identity/tokens.ts';
import { openAgents } from './agents.ts';
import type { Closers } from './closers.ts';

const ANSWER_MS = 5_000;
const MAX_ANSWER_BYTES = 256 * 1024;

export function reachIssuers({ env, now, closers }: { env: Env; now: () => number; closers: Closers }) {
  const agents = openAgents(env);
  closers.add('proxies', () => agents.close());
  const fetch = createBoundedFetch({ timeoutMs: ANSWER_MS, maxBytes: MAX_ANSWER_BYTES, agentFor: agents.agentFor });
  return { fetch, verifier: createTokenVerifier({ fetch, now }) };
}
