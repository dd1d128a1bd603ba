/**
 * Tells the channels what happens: conversations of a queue, that something was typed in them, and what is said in
 * them, some time after it was said.
 */
import { queueConversation } from './active-conversation.ts';
import type { Channels } from './channels.ts';
import type { Conversation } from './conversations.ts';
import { TimeHeap } from './heap.ts';
import { transcriptionMessage } from './speech.ts';
import type { ScriptedUtterance } from './traffic/script.ts';

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

  /** What was not known of at its begin. */
  tellSaid(conversation: Conversation, said: ScriptedUtterance): void {
    if (this.#channels.count === 0) return;
    const saidAt = conversation.startMs + said.afterMs;
    if (conversation.mediaType === 'voice') this.#tellTranscription(conversation, saidAt, said);
    else this.#tellQueue(conversation, saidAt);
  }

  /** Something of who takes part has changed. */
  tellChange(conversation: Conversation, nowMs: number): void {
    if (this.#channels.count > 0) this.#tellQueue(conversation, nowMs);
  }

  advance(nowMs: number): void {
    for (let telling = this.#heap.popDue(nowMs); telling !== undefined; telling = this.#heap.popDue(nowMs)) {
      this.#channels.publish(telling.topic, telling.body);
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
    const { startMs, endMs, utterances } = conversation;
    this.#tellTranscription(conversation, startMs, undefined);
    for (const said of utterances) this.#tellTranscription(conversation, startMs + said.afterMs, said);
    this.#tellTranscription(conversation, endMs, undefined, 'SESSION_ENDED');
  }

  #tellTranscription(
    conversation: Conversation,
    saidAt: number,
    said: ScriptedUtterance | undefined,
    status: 'SESSION_ONGOING' | 'SESSION_ENDED' = 'SESSION_ONGOING',
  ): void {
    const at = saidAt + this.#delayMs;
    const topic = `v2.conversations.${conversation.id}.transcription`;
    this.#heap.push({ at, topic, body: () => transcriptionMessage(conversation, said, status, at) });
  }
}
