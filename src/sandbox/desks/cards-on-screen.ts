/** The cards of one panel, and what the simulated agent does with them. */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { createDraws } from '../traffic/draws.ts';
import type { Draws } from '../traffic/draws.ts';
import { drawFate } from '../traffic/models.ts';
import type { AgentEffect, Models } from '../traffic/models.ts';
import type { StreamMessage } from './page-http.ts';

export interface PageEvent {
  readonly id: string;
  readonly kind: 'rendered' | 'accepted' | 'dismissed' | 'visible' | 'hidden';
  readonly cardId?: string;
  /** As it came with the card. */
  readonly receipt?: string;
  readonly sinceMs?: number;
  readonly sha256?: string;
}

export interface ScreenPorts {
  /** By the SHA-256 of a card's HTML: a page is told of no version. */
  readonly models: () => Models;
  readonly effect: AgentEffect;
  /** It is on the screen, by the same hash. */
  readonly shown: (sha256: string) => void;
  readonly seed: readonly number[];
  readonly report: (event: PageEvent) => void;
}

const cardSchema = z.object({ cardId: z.string(), receipt: z.string(), html: z.string() });
const withdrawSchema = z.object({ cardId: z.string() });
const openSchema = z.object({ cards: z.array(z.string()) });
type Card = z.infer<typeof cardSchema>;

export class CardsOnScreen {
  readonly #ports: ScreenPorts;
  /** What came: every card is painted once, however often it is sent. */
  readonly #seen = new Set<string>();
  readonly #painted = new Set<string>();
  /** What is to happen to those on the screen. */
  readonly #plans = new Map<string, Set<NodeJS.Timeout>>();
  /** Came while the panel was out of sight. */
  readonly #waiting = new Map<string, () => void>();
  #visible: boolean;

  constructor(isVisible: boolean, ports: ScreenPorts) {
    this.#visible = isVisible;
    this.#ports = ports;
  }

  take({ event, data }: StreamMessage): void {
    if (event === 'card') this.#show(cardSchema.parse(JSON.parse(data)));
    else if (event === 'withdraw') this.#withdraw(withdrawSchema.parse(JSON.parse(data)).cardId);
    else if (event === 'conceal') this.#conceal(withdrawSchema.parse(JSON.parse(data)).cardId);
    else if (event === 'open') this.#keepOnly(openSchema.parse(JSON.parse(data)).cards);
  }

  /** The agent brings the panel into sight. */
  becomeVisible(): void {
    if (this.#visible) return;
    this.#visible = true;
    this.#ports.report({ id: randomUUID(), kind: 'visible' });
    for (const paint of this.#waiting.values()) paint();
    this.#waiting.clear();
  }

  get isVisible(): boolean {
    return this.#visible;
  }

  close(): void {
    for (const cardId of this.#plans.keys()) this.#withdraw(cardId);
    this.#waiting.clear();
  }

  #show(card: Card): void {
    if (this.#seen.has(card.cardId)) return;
    this.#seen.add(card.cardId);
    this.#plans.set(card.cardId, new Set());
    const cameAt = performance.now();
    const sha256 = createHash('sha256').update(card.html).digest('hex');
    const draws = createDraws(...this.#key(sha256));
    const paint = (): void => this.#play(card, sha256, cameAt, draws);
    if (this.#visible) paint();
    else this.#waiting.set(card.cardId, paint);
  }

  #key(sha256: string): [number, ...number[]] {
    const [first = 0, ...rest] = this.#ports.seed;
    return [first, ...rest, this.#seen.size, Number.parseInt(sha256.slice(0, 8), 16)];
  }

  #play({ cardId, receipt }: Card, sha256: string, cameAt: number, draws: Draws): void {
    const fate = drawFate(this.#ports.models()[sha256], this.#ports.effect, draws);
    if (fate.latencyMs === null) return;
    const tell = (kind: PageEvent['kind']): void => {
      const sinceMs = Math.round(performance.now() - cameAt);
      this.#ports.report({ id: randomUUID(), kind, cardId, receipt, sinceMs, ...(kind === 'rendered' && { sha256 }) });
    };
    this.#later(cardId, fate.latencyMs, () => {
      this.#painted.add(cardId);
      tell('rendered');
      this.#ports.shown(sha256);
      for (const { outcome, afterMs } of fate.outcomes)
        if (outcome === 'accepted' || outcome === 'dismissed') this.#later(cardId, afterMs, () => tell(outcome));
    });
  }

  #later(cardId: string, ms: number, act: () => void): void {
    const plan = this.#plans.get(cardId);
    const timer = setTimeout(() => {
      plan?.delete(timer);
      act();
    }, ms);
    plan?.add(timer);
  }

  /** What was not painted yet may come again. */
  #conceal(cardId: string): void {
    if (this.#painted.has(cardId)) return;
    this.#withdraw(cardId);
    this.#seen.delete(cardId);
  }

  #keepOnly(cardIds: readonly string[]): void {
    for (const cardId of this.#plans.keys()) if (!cardIds.includes(cardId)) this.#withdraw(cardId);
  }

  #withdraw(cardId: string): void {
    this.#seen.add(cardId);
    this.#waiting.delete(cardId);
    for (const timer of this.#plans.get(cardId) ?? []) clearTimeout(timer);
    this.#plans.delete(cardId);
  }
}
