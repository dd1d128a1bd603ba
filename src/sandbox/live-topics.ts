/**
 * Tells the channels what happens: conversations of a queue, that something was typed in them, and what is said in
 * them, some time after it was said.
 */
import { queueConversation } from './active-conversation.ts';
import type { Channels } from './channels.ts';
import type { Conversation } from './conversations.ts';
import { TimeHeap } from './heap.ts';
import { transcriptionMessage } from './speech.ts';

interface Telling {
  readonly at: number;
  readonly topic: string;
  readonly body: () => object;
}

export class LiveTopics {
  readonly #channels: Channels;
  readonly #delayMs: number;
  readonly #heap = new TimeHeap<Telling>();

  /** `transcriptionDelayMs`: from the beginning of the speech to its message. */
  constructor(channels: Channels, transcriptionDelayMs: number) {
    this.#channels = channels;
    this.#delayMs = transcriptionDelayMs;
  }

  /** While nobody has a channel, nothing is prepared either. */
  begin(conversation: Conversation): void {
    if (this.#channels.count === 0) return;
    const { startMs, endMs, mediaType } = conversation;
    this.#tellQueue(conversation, startMs);
    if (mediaType === 'voice') this.#tellSpeech(conversation);
    else for (const { afterMs } of conversation.utterances) this.#tellQueue(conversation, startMs + afterMs);
    this.#tellQueue(conversation, endMs);
  }

  /** Something of who takes part has changed. */
  tellChange(conversation: Conversation, nowMs: number): void {
    if (this.#channels.count > 0) this.#tellQueue(conversation, nowMs);
  }

  advance(nowMs: number): void {
    for (let telling = this.#heap.popDue(nowMs); telling !== undefined; telling = this.#heap.popDue(nowMs)) {
      this.#channels.publish(telling.topic, telling.body());
    }
  }

  #tellQueue(conversation: Conversation, at: number): void {
    this.#heap.push({
      at,
      topic: `v2.routing.queues.${conversation.queueId}.conversations`,
      body: () => queueConversation(conversation, at),
    });
  }

  /** An empty message opens the session; only speech is transcribed, not what is typed. */
  #tellSpeech(conversation: Conversation): void {
    const topic = `v2.conversations.${conversation.id}.transcription`;
    const { startMs, endMs, utterances } = conversation;
    const push = (saidAt: number, body: (at: number) => object): void => {
      const at = saidAt + this.#delayMs;
      this.#heap.push({ at, topic, body: () => body(at) });
    };
    push(startMs, (at) => transcriptionMessage(conversation, undefined, 'SESSION_ONGOING', at));
    for (const said of utterances)
      push(startMs + said.afterMs, (at) => transcriptionMessage(conversation, said, 'SESSION_ONGOING', at));
    push(endMs, (at) => transcriptionMessage(conversation, undefined, 'SESSION_ENDED', at));
  }
}
