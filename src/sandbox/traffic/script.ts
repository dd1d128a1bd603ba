/** What a simulated conversation consists of: who, where, and what the customer says, all drawn from its own number. */
import { createDraws } from './draws.ts';
import type { Draws } from './draws.ts';
import { SEEDED, busyQueue } from '../seeded-organisation.ts';
import { bucketOf } from '../../domain/split/bucket.ts';

export interface ScriptedUtterance {
  readonly afterMs: number;
  readonly text: string;
  /** Of the speech recognition, 0..1. */
  readonly confidence: number;
  /** False for a partial result. */
  readonly isFinal: boolean;
}

export interface Script {
  readonly conversationId: string;
  /** Of the conversation id, taken once: it is asked at every utterance. */
  readonly bucket: number;
  readonly queueId: string;
  readonly skillIds: readonly string[];
  readonly agentIndex: number;
  readonly mediaType: 'voice' | 'message';
  readonly language: string;
  readonly utterances: readonly ScriptedUtterance[];
  readonly durationMs: number;
}

export interface ScriptSettings {
  /** Of the conversations; the others are written. */
  readonly voiceShare: number;
  readonly seed: number;
  /** Counts the starts of one organisation, so that a restart never repeats an id. */
  readonly incarnation: number;
  readonly agents: number;
  /** Between two utterances of a customer. */
  readonly utteranceGapMs: number;
  readonly busyQueues: number;
}

const { queues, skills } = SEEDED;
/** Most conversations are such as the seeded action is for. */
const ROUTES = [
  { upTo: 0.7, queueId: queues.billing.id, skillIds: [skills.refunds.id] },
  { upTo: 0.8, queueId: queues.billing.id, skillIds: [skills.refunds.id, skills.retention.id] },
  { upTo: 0.9, queueId: queues.orders.id, skillIds: [skills.retention.id] },
  { upTo: 1, queueId: queues.support.id, skillIds: [skills.technical.id] },
] as const;

const FIRST_DAY_QUEUES = Object.keys(queues).length;
/** Of twenty busy queues the first gets some four times as much as the last. */
const UNEVEN = 1.5;

const LANGUAGES = ['en-US', 'en-US', 'en-US', 'en-GB'] as const;

export function writeScript(number: number, settings: ScriptSettings): Script {
  const { seed, incarnation, agents, utteranceGapMs } = settings;
  const random = createDraws(seed, incarnation, number, 0);
  const conversationId = random.uuid();
  const { queueId, skillIds } = routeOf(random.uniform(), settings.busyQueues);
  const agentIndex = random.below(agents);
  const mediaType = random.uniform() < settings.voiceShare ? 'voice' : 'message';
  const language = pick(LANGUAGES, random);
  const utterances: ScriptedUtterance[] = [];
  let afterMs = 0;
  for (let left = 2 + random.below(4); left > 0; left--) {
    afterMs += 1 + Math.floor(random.exponential(utteranceGapMs));
    utterances.push(speak(afterMs, mediaType, random));
  }
  const durationMs = afterMs + Math.ceil(random.exponential(utteranceGapMs));
  const bucket = bucketOf(conversationId);
  return { conversationId, bucket, queueId, skillIds, agentIndex, mediaType, language, utterances, durationMs };
}

/** Busy queues get as much as the three on average, the first ones more; the three share theirs as ever. */
function routeOf(draw: number, busy: number): { readonly queueId: string; readonly skillIds: readonly string[] } {
  const firstDayShare = FIRST_DAY_QUEUES / (busy + FIRST_DAY_QUEUES);
  if (draw >= firstDayShare) {
    const place = ((draw - firstDayShare) / (1 - firstDayShare)) ** UNEVEN;
    return { queueId: busyQueue(Math.floor(busy * place)).id, skillIds: [skills.refunds.id] };
  }
  const route = draw / firstDayShare;
  return ROUTES.find(({ upTo }) => route < upTo) ?? ROUTES[0];
}

function speak(afterMs: number, mediaType: 'voice' | 'message', random: Draws): ScriptedUtterance {
  const sentences = random.uniform() < 0.45 ? TELLING : FILLER;
  const text = pick(sentences, random);
  const doubt = 0.5 * random.uniform() ** 3;
  const isFinal = random.uniform() >= 0.1;
  // Typed text is known for certain.
  return mediaType === 'voice'
    ? { afterMs, text, confidence: 1 - doubt, isFinal }
    : { afterMs, text, confidence: 1, isFinal: true };
}

function pick<Item>(items: readonly [Item, ...Item[]], random: Draws): Item {
  return items[random.below(items.length)] ?? items[0];
}

const TELLING = [
  'I would like a refund for my last order, please',
  'How long does the refund take to reach my bank?',
  'I was promised a refund two weeks ago',
  'Can I get a partial refund if I keep the case?',
  'Could you explain the pricing of the family plan?',
  'Your pricing page says something else than my bill',
  'The pricing changed and nobody told me',
  'I want an escalation, this is the third time I call',
  'Please start an escalation with your manager',
] as const;

const FILLER = [
  'Hello, can you hear me?',
  'One moment, I am looking for my order number',
  'It is the blue one, the second on the list',
  'Yes, that is the right address',
  'I moved last month',
  'Okay, thank you',
  'The parcel came on a Tuesday',
  'No, I have not tried to switch it off and on again',
  'It was working fine until yesterday',
  'Could you repeat that?',
  'Let me write that down',
  'And the weather here is terrible, by the way',
] as const;
