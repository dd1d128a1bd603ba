/**
 * Pushes events to the webhooks of the exports: signed, in batches, at least once. Each export has a lane of its own,
 * so
 * a slow destination holds up nobody else. Order is not promised, and some deliveries come twice.
 */
import { randomUUID } from 'node:crypto';
import { admits } from './exports.ts';
import { Lane } from './push-lane.ts';
import type { LaneStats, PushSettings } from './push-lane.ts';
import { createPoster } from './post.ts';
import type { Poster } from './post.ts';
import { createDraws } from './traffic/draws.ts';
import type { Draws } from './traffic/draws.ts';
import type { EngagementEvent, MetricEvent } from '../domain/events/event.ts';
import type { ExportDocument } from './wire.ts';

export class Pusher {
  readonly #settings: PushSettings;
  readonly #exports: () => readonly ExportDocument[];
  readonly #now: () => number;
  readonly #random: Draws;
  readonly #poster: Poster;
  readonly #lanes = new Map<string, Lane>();

  constructor(settings: PushSettings, seed: number, exports: () => readonly ExportDocument[], now: () => number) {
    this.#settings = settings;
    this.#exports = exports;
    this.#now = now;
    this.#random = createDraws(seed, 0x70757368);
    this.#poster = createPoster(settings.timeoutMs);
  }

  /** Queues the event for every export that admits it. */
  offer(event: EngagementEvent): void {
    let text: string | undefined;
    for (const exported of this.#exports()) {
      if (!admits(exported, event.type)) continue;
      text ??= JSON.stringify(event);
      this.#laneOf(exported).offer(text);
    }
  }

  /** Queues what somebody outside measured: it comes to the same place, whatever the export asks for. */
  measure(event: MetricEvent): void {
    for (const exported of this.#exports()) if (exported.enabled) this.#laneOf(exported).offer(JSON.stringify(event));
  }

  /** Sends what is due; to be called at every tick. */
  flush(): void {
    const exports = new Map(this.#exports().map((exported) => [exported.id, exported]));
    for (const [id, lane] of this.#lanes) {
      const exported = exports.get(id);
      if (exported === undefined) this.#lanes.delete(id);
      else lane.flush(exported.destination);
    }
  }

  stats(): Readonly<Record<string, LaneStats>> {
    return Object.fromEntries([...this.#lanes].map(([id, lane]) => [id, lane.stats()]));
  }

  close(): void {
    this.#lanes.clear();
    this.#poster.close();
  }

  #laneOf(exported: ExportDocument): Lane {
    let lane = this.#lanes.get(exported.id);
    if (lane === undefined) {
      const newId = (): string => `msg_${randomUUID()}`;
      lane = new Lane(this.#settings, { random: this.#random, poster: this.#poster, newId, now: this.#now });
      this.#lanes.set(exported.id, lane);
    }
    return lane;
  }
}
