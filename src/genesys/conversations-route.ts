/** Where a past conversation was at an instant, and on which communication its transcript hangs. */
import { z } from 'zod';
import type { ConversationDetail } from './wire.ts';

export interface Route {
  readonly queueId: string;
  readonly skillIds: readonly string[];
}

export interface ConversationRoute {
  readonly startMs: number;
  /** null while it runs. */
  readonly endMs: number | null;
  readonly mediaType: string;
  /** Whose segment runs still; null when none does. */
  readonly agentId: string | null;
  /** The customer's sessions, in their order. */
  readonly communicationIds: readonly string[];
  /** The segment with a queue that ran at the instant, or the nearest before it. */
  at(ms: number): Route;
}

const segment = z.object({
  segmentStart: z.string().nullish(),
  segmentEnd: z.string().nullish(),
  queueId: z.string().nullish(),
  requestedRoutingSkillIds: z.array(z.string()).nullish(),
});
const participant = z.object({
  purpose: z.string().nullish(),
  userId: z.string().nullish(),
  sessions: z
    .array(
      z.object({
        sessionId: z.string().nullish(),
        mediaType: z.string().nullish(),
        segments: z.array(segment).nullish(),
      }),
    )
    .nullish(),
});
type Participant = z.infer<typeof participant>;

export function routeOf(conversation: ConversationDetail): ConversationRoute {
  const participants = z
    .array(participant)
    .catch([])
    .parse(conversation.participants ?? []);
  const stops = stopsOf(participants);
  const sessions = participants
    .filter(({ purpose }) => CUSTOMER.test(purpose ?? ''))
    .flatMap((one) => one.sessions ?? []);
  return {
    startMs: Date.parse(conversation.conversationStart ?? '') || 0,
    endMs: conversation.conversationEnd == null ? null : Date.parse(conversation.conversationEnd),
    mediaType: sessions[0]?.mediaType ?? 'unknown',
    agentId: agentOf(participants),
    communicationIds: sessions.flatMap(({ sessionId }) => (sessionId == null ? [] : [sessionId])),
    at: (ms) => stops.findLast(({ fromMs }) => fromMs <= ms) ?? stops[0] ?? NOWHERE,
  };
}

const CUSTOMER = /^(customer|external)$/;
const NOWHERE: Route = { queueId: '', skillIds: [] };

/** Of several the one who came last. */
function agentOf(participants: readonly Participant[]): string | null {
  const running = participants
    .filter(({ purpose, userId }) => purpose === 'agent' && userId != null)
    .flatMap(({ userId, sessions }) =>
      (sessions ?? [])
        .flatMap(({ segments }) => segments ?? [])
        .filter(({ segmentEnd }) => segmentEnd == null)
        .map(({ segmentStart }) => ({ userId: userId ?? null, fromMs: Date.parse(segmentStart ?? '') || 0 })),
    );
  return running.toSorted((a, b) => a.fromMs - b.fromMs).at(-1)?.userId ?? null;
}

/** The agent's side comes last at the same instant: only it tells the skills. */
function stopsOf(participants: readonly Participant[]): (Route & { readonly fromMs: number })[] {
  const rank = ({ purpose }: Participant): number => (CUSTOMER.test(purpose ?? '') ? 0 : 1);
  return participants
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap(({ sessions }) => (sessions ?? []).flatMap(({ segments }) => segments ?? []))
    .flatMap(({ segmentStart, queueId, requestedRoutingSkillIds }) =>
      queueId == null
        ? []
        : [{ fromMs: Date.parse(segmentStart ?? '') || 0, queueId, skillIds: requestedRoutingSkillIds ?? [] }],
    )
    .toSorted((a, b) => a.fromMs - b.fromMs);
}
