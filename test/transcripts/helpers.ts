import { setTimeout as sleep } from 'node:timers/promises';
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import type { Conversation } from '../../src/sandbox/conversations.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import { closeAfterTest } from '../sandbox/helpers.ts';

export interface World {
  readonly sandbox: SandboxHandle;
  readonly client: GenesysClient;
}

export async function givenWorld(options: SandboxOptions = {}): Promise<World> {
  const sandbox = await startSandbox({ rateLimitPerMinute: 100_000, ...options });
  closeAfterTest(() => sandbox.close());
  const client = createGenesysClient({
    loginUrl: sandbox.url,
    apiUrl: sandbox.url,
    clientId: DEFAULT_CLIENT.id,
    clientSecret: DEFAULT_CLIENT.secret,
    callsPerMinute: 60_000,
    now: Date.now,
    sleep: (ms) => sleep(ms),
    requestTimeoutMs: 60_000,
  });
  closeAfterTest(() => {
    client.close();
    return Promise.resolve();
  });
  return { sandbox, client };
}

/** A conversation that the organisation remembers. */
export function conversation(
  id: string,
  startMs: number,
  said: readonly string[],
  more: Partial<Conversation> = {},
): Conversation {
  const utterances = said.map((text, n) => ({ afterMs: 1_000 * (n + 1), text, confidence: 0.9, isFinal: true }));
  return {
    id,
    startMs,
    endMs: startMs + 60_000,
    queueId: BILLING,
    skillIds: [],
    agentId: 'agent',
    mediaType: 'voice',
    language: 'en-US',
    utterances,
    ...more,
  };
}

export const BILLING = '6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01';
export const ORDERS = '0d9a4f1c-52c8-4d5b-8f36-7a4de0b2c902';
export const DAY = 86_400_000;
