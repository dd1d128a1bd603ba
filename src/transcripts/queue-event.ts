/** What a queue's topic tells of a conversation: who talks to the customer, by which medium, and what is routed for. */
import { z } from 'zod';

export interface ConversationTold {
  readonly kind: 'conversation';
  readonly conversationId: string;
  /** Where the conversation is now; the queue whose topic it is where nobody says otherwise. */
  readonly queueId: string;
  /** Whose topic it is. */
  readonly topicQueueId: string;
  /** That routing asked for; null where it is not told. */
  readonly skillIds: readonly string[] | null;
  /** Who is connected to the customer; null while nobody is. */
  readonly agentId: string | null;
  /** As analytics writes it; null where it is not told. */
  readonly mediaType: string | null;
  /** Of digital messages; their texts are asked for. */
  readonly messageIds: readonly string[];
  readonly ended: boolean;
}

const leg = z.object({
  state: z.string().nullish(),
  messages: z.array(z.object({ messageId: z.string().nullish() })).nullish(),
});
const legs = z.array(leg).nullish().catch(null);

/** The media that a participant may be connected by, with their names in analytics. */
const MEDIA = { calls: 'voice', callbacks: 'callback', chats: 'chat', emails: 'email', messages: 'message' } as const;

const participantSchema = z.object({
  purpose: z.string().nullish(),
  userId: z.string().nullish(),
  queueId: z.string().nullish(),
  connectedTime: z.string().nullish(),
  endTime: z.string().nullish(),
  consultParticipantId: z.string().nullish(),
  monitoredParticipantId: z.string().nullish(),
  coachedParticipantId: z.string().nullish(),
  bargedParticipantId: z.string().nullish(),
  conversationRoutingData: z
    .object({ skills: z.array(z.object({ id: z.string().nullish() })).nullish() })
    .nullish()
    .catch(null),
  calls: legs,
  callbacks: legs,
  chats: legs,
  emails: legs,
  messages: legs,
});
type Participant = z.infer<typeof participantSchema>;

const conversationSchema = z.object({ id: z.string().min(1), participants: z.array(participantSchema).nullish() });

export function conversationOf(topicQueueId: string, body: unknown): ConversationTold | undefined {
  const parsed = conversationSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const participants = parsed.data.participants ?? [];
  const agent = agentAmong(participants);
  return {
    kind: 'conversation',
    conversationId: parsed.data.id,
    queueId: agent?.queueId ?? waitingIn(participants) ?? topicQueueId,
    topicQueueId,
    skillIds: skillsOf(participants),
    agentId: agent?.userId ?? null,
    mediaType: mediaOf(participants),
    messageIds: [...new Set(participants.flatMap(messageIdsOf))],
    ended: participants.length > 0 && participants.every(({ endTime }) => endTime != null),
  };
}

/**
 * The one who was connected last, and not somebody who listens in, nor a colleague who is consulted while the first one
 * is there: after the transfer the first one has left.
 */
function agentAmong(participants: readonly Participant[]): Participant | undefined {
  const talking = participants.filter((one) => isAgent(one) && isConnected(one));
  const own = talking.filter(({ consultParticipantId }) => consultParticipantId == null);
  return (own.length > 0 ? own : talking).toSorted((a, b) => connectedMs(a) - connectedMs(b)).at(-1);
}

function isAgent(one: Participant): boolean {
  const listensIn = one.monitoredParticipantId ?? one.coachedParticipantId ?? one.bargedParticipantId;
  return /^(agent|user)$/.test(one.purpose ?? '') && one.userId != null && listensIn == null;
}

function isConnected(one: Participant): boolean {
  if (one.endTime != null) return false;
  const told = legsOf(one).map(({ state }) => state);
  return told.length === 0 ? one.connectedTime != null : told.includes('connected');
}

function connectedMs({ connectedTime }: Participant): number {
  return Date.parse(connectedTime ?? '') || 0;
}

function waitingIn(participants: readonly Participant[]): string | undefined {
  const acd = participants.filter(({ purpose, endTime }) => purpose === 'acd' && endTime == null);
  return acd.toSorted((a, b) => connectedMs(a) - connectedMs(b)).at(-1)?.queueId ?? undefined;
}

function skillsOf(participants: readonly Participant[]): readonly string[] | null {
  const told = participants.flatMap(({ conversationRoutingData }) => conversationRoutingData?.skills ?? []);
  const isTold = participants.some(({ conversationRoutingData }) => conversationRoutingData?.skills != null);
  return isTold ? [...new Set(told.flatMap(({ id }) => id ?? []))] : null;
}

/** The customer's; everybody else talks by the same. */
function mediaOf(participants: readonly Participant[]): string | null {
  const customer = participants.filter(({ purpose }) => /^(customer|external)$/.test(purpose ?? ''));
  for (const one of customer.length > 0 ? customer : participants)
    for (const [field, mediaType] of mediaFields()) if ((one[field] ?? []).length > 0) return mediaType;
  return null;
}

function mediaFields(): [keyof typeof MEDIA, string][] {
  return Object.entries(MEDIA) as [keyof typeof MEDIA, string][];
}

function legsOf(one: Participant): z.infer<typeof leg>[] {
  return mediaFields().flatMap(([field]) => one[field] ?? []);
}

function messageIdsOf(one: Participant): string[] {
  return (one.messages ?? []).flatMap(({ messages }) => messages ?? []).flatMap(({ messageId }) => messageId ?? []);
}
