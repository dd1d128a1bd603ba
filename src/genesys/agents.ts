/**
 * What the platform says to an agent's own token: whose it is, and in which conversations that agent is now. Such a
 * token has its own rate and its own end; ours is not touched.
 */
import { z } from 'zod';
import { isGenesysError } from './errors.ts';
import type { Api } from './http.ts';

export interface Agents {
  /** Null: the platform does not take this token. */
  whoseIs(token: string): Promise<Agent | null>;
  /** The conversations that its owner is in. Null: the platform does not take this token. */
  conversationsOf(token: string): Promise<readonly ActiveConversation[] | null>;
}

const agentSchema = z.looseObject({ id: z.string().min(1), name: z.string().nullish(), state: z.string().nullish() });
export type Agent = z.infer<typeof agentSchema>;

/** As the API tells of one that goes on; `endTime` of a participant who has left. */
export const activeConversationSchema = z.looseObject({
  id: z.string().min(1),
  startTime: z.string().nullish(),
  endTime: z.string().nullish(),
  participants: z
    .array(
      z.looseObject({
        id: z.string().nullish(),
        purpose: z.string().nullish(),
        userId: z.string().nullish(),
        queueId: z.string().nullish(),
        endTime: z.string().nullish(),
      }),
    )
    .nullish(),
});
export type ActiveConversation = z.infer<typeof activeConversationSchema>;

export function createAgents(api: Api): Agents {
  const ask = async <T>(path: string, schema: z.ZodType<T>, bearer: string): Promise<T | null> => {
    if (!TOKEN.test(bearer)) return null;
    try {
      return (await repeated(() => api({ method: 'GET', path, schema, bearer }))).value;
    } catch (error) {
      if (isGenesysError(error, 'unauthorized')) return null;
      throw error;
    }
  };
  return {
    whoseIs: (token) => ask('users/me', agentSchema, token),
    conversationsOf: async (token) => {
      const listing = await ask('conversations', z.object({ entities: conversations }), token);
      return listing === null ? null : (listing.entities ?? []);
    },
  };
}

/** An agent waits for the answer, so that a connection that was closed just as it was used is no refusal. */
async function repeated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isGenesysError(error, 'network')) throw error;
    return call();
  }
}

/** What may stand in the header; no token of the platform has any other form (RFC 6750, section 2.1). */
const TOKEN = /^[\w.~+/-]{1,4096}=*$/;

const conversations = z.array(activeConversationSchema).nullish();
