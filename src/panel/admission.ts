/**
 * Whose token is this, and has that agent the conversation now? The organisation is asked with the agent's own token,
 * so nothing that a page says is believed.
 */
import { createHash } from 'node:crypto';
import type { Agents } from '../genesys/agents.ts';
import { PanelRefusal } from './problem.ts';
import type { RateLimit } from '../http/rate.ts';
import { createRateLimit } from '../http/rate.ts';

export interface AdmissionDeps {
  readonly agents: Agents;
  /** Monotonic. */
  readonly clock: () => number;
  readonly maxSessionsPerMinute?: number;
  readonly maxUnderWay?: number;
}

/** Sessions of one agent in a minute: ten panels that all begin anew, several times. */
const MAX_SESSIONS = 60;
/** Questions to the organisation at once. */
const MAX_UNDER_WAY = 200;
/** How often one token that was refused is asked about in a minute. */
const MAX_REFUSED = 3;

/** Resolves to the agent's id. Throws PanelRefusal. */
export function createAdmission(deps: AdmissionDeps): (token: string, conversationId: string) => Promise<string> {
  const { agents, clock } = deps;
  const perUser = createRateLimit(deps.maxSessionsPerMinute ?? MAX_SESSIONS, clock);
  const perRefused = createRateLimit(MAX_REFUSED, clock);
  const refused = createRefused(clock);
  let underWay = 0;
  return async (token, conversationId) => {
    const fingerprint = createHash('sha256').update(token).digest('base64url');
    if (refused.has(fingerprint) && !perRefused.take(fingerprint)) throw new PanelRefusal('panel-token-refused');
    if (underWay >= (deps.maxUnderWay ?? MAX_UNDER_WAY)) throw new PanelRefusal('panel-organisation-unavailable');
    underWay += 1;
    try {
      return await admit(agents, perUser, token, conversationId);
    } catch (error) {
      if (!(error instanceof PanelRefusal))
        throw new PanelRefusal('panel-organisation-unavailable', undefined, { cause: error });
      if (error.code === 'panel-token-refused') refused.add(fingerprint);
      throw error;
    } finally {
      underWay -= 1;
    }
  };
}

async function admit(agents: Agents, perUser: RateLimit, token: string, conversationId: string): Promise<string> {
  const agent = await agents.whoseIs(token);
  if (agent === null) throw new PanelRefusal('panel-token-refused');
  if (!perUser.take(agent.id)) throw new PanelRefusal('panel-too-many-sessions');
  const active = await agents.conversationsOf(token);
  if (active === null) throw new PanelRefusal('panel-token-refused');
  const conversation = active.find(({ id }) => id === conversationId);
  const own = conversation?.participants?.filter(({ userId }) => userId === agent.id) ?? [];
  const hasLeft = own.length > 0 && own.every(({ endTime }) => typeof endTime === 'string');
  if (conversation === undefined || hasLeft) throw new PanelRefusal('panel-not-your-conversation');
  return agent.id;
}

interface Refused {
  has(fingerprint: string): boolean;
  add(fingerprint: string): void;
}

const REFUSED_MS = 60_000;
const MAX_KNOWN = 10_000;

function createRefused(clock: () => number): Refused {
  const known = new Map<string, number>();
  return {
    has: (fingerprint) => clock() - (known.get(fingerprint) ?? -Infinity) < REFUSED_MS,
    add(fingerprint) {
      known.delete(fingerprint);
      known.set(fingerprint, clock());
      const [oldest] = known.keys();
      if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    },
  };
}
