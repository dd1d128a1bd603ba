import type { SandboxOptions } from '../../../src/sandbox/options.ts';
import { givenSandbox } from '../helpers.ts';
import type { Client } from '../helpers.ts';

export interface ToldSuggestion {
  readonly id: string;
  readonly type: string;
  readonly assistantId: string;
  readonly state: string;
  readonly states: readonly { readonly state: string; readonly at: string }[];
  readonly text: { readonly title?: string } | null;
}

export interface ToldConversation {
  readonly conversationId: string;
  readonly queueId: string;
  readonly agentId: string;
  readonly mediaType: string;
  readonly assistants: readonly { readonly assistantId: string | null }[];
  readonly suggestions: readonly ToldSuggestion[];
  readonly shown: readonly string[];
  readonly start: string;
  readonly end: string;
  readonly outcome: { readonly handleMs: number; readonly talkMs: number; readonly transferred: boolean } | null;
}

export interface Played extends Client {
  /** A made-up clock goes on by so much, and what happens meanwhile happens. */
  readonly play: (ms: number) => void;
  /** No more conversations; those that run come to their end. */
  readonly finish: () => Promise<void>;
  /** What the organisation knows of every conversation. */
  readonly truth: (query?: string) => Promise<readonly ToldConversation[]>;
  readonly now: () => number;
}

/** A sandbox over HTTP in which time passes only when the test says so. */
export async function givenPlayed({ traffic, ...options }: SandboxOptions = {}): Promise<Played> {
  let now = Date.parse('2026-05-01T10:00:00Z');
  const client = await givenSandbox({
    ...options,
    rateLimitPerMinute: 100_000,
    traffic: { cardsPerSecond: 20, ...traffic },
    now: () => now,
  });
  const play = (ms: number): void => {
    for (const end = now + ms; now < end;) {
      now += 50;
      client.sandbox.org.tick();
    }
  };
  return {
    ...client,
    play,
    finish: async () => {
      await client.call('POST', '/sandbox/traffic', { running: false });
      play(60_000);
    },
    truth: async (query = '') => {
      const { body } = await client.call('GET', `/sandbox/copilot/conversations?${query}`);
      return body['conversations'] as ToldConversation[];
    },
    now: () => now,
  };
}

export function suggestionsOf(
  conversations: readonly ToldConversation[],
  type: string,
): readonly (ToldSuggestion & { readonly conversationId: string })[] {
  return conversations.flatMap(({ conversationId, suggestions }) =>
    suggestions.filter((suggestion) => suggestion.type === type).map((found) => ({ ...found, conversationId })),
  );
}
