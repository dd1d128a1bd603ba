/**
 * The agents' browsers, without browsers: a page beside each running conversation whose agent has one of our panels.
 * They know of the organisation what a page knows, and talk to its server as a page does.
 */
import type { Conversation } from '../conversations.ts';
import { interactionOf, isFramable, isShownBeside, widgetOf } from '../desktop/widget.ts';
import type { Widget } from '../desktop/widget.ts';
import type { Integrations } from '../integrations/integrations.ts';
import type { People } from '../people.ts';
import { createDraws } from '../traffic/draws.ts';
import type { AgentEffect, Models } from '../traffic/models.ts';
import { runDesk } from './desk.ts';
import type { DeskCounters } from './desk.ts';
import { PageHttp } from './page-http.ts';
import { Reach } from './reach.ts';
import type { DeskSettings } from './settings.ts';

export interface DeskPorts {
  readonly now: () => number;
  readonly integrations: Pick<Integrations, 'all' | 'reportedState'>;
  readonly people: Pick<People, 'find'>;
  readonly effectOf: (agentId: string) => AgentEffect;
  readonly models: () => Models;
  /** The conversation is handled by the model of what was shown in it. */
  readonly shown: (conversationId: string, sha256: string) => void;
  /** As if the agent had logged in. */
  readonly tokenOf: (agentId: string) => string;
}

interface Running {
  readonly over: AbortController;
  readonly done: Promise<void>;
}

/** How long an agent whose own browser asked is taken to sit at it. */
const AT_BROWSER_MS = 5_000;
/** The path of the page of a panel of ours. What other pages do is not known. */
const PANEL_PATH = /\/panel$/;

export class Desks {
  readonly #settings: DeskSettings;
  readonly #ports: DeskPorts;
  readonly #seed: readonly number[];
  readonly #http = new PageHttp();
  readonly #reach = new Reach(this.#http);
  /** By `conversation agent`. */
  readonly #running = new Map<string, Running>();
  readonly #tokens = new Map<string, string>();
  readonly #atBrowser = new Map<string, number>();
  readonly #counters: DeskCounters = { sessions: 0, refused: 0, reconnects: 0, events: 0, lostEvents: 0 };
  #opened = 0;
  #withoutPlace = 0;

  constructor(settings: DeskSettings, ports: DeskPorts, seed: readonly number[]) {
    this.#settings = settings;
    this.#ports = ports;
    this.#seed = seed;
  }

  state(): object {
    return { open: this.#running.size, opened: this.#opened, withoutPlace: this.#withoutPlace, ...this.#counters };
  }

  /** Those that are on. */
  widgets(): readonly Widget[] {
    const { integrations } = this.#ports;
    return integrations.all().flatMap((one) => widgetOf(one, integrations.reportedState(one)) ?? []);
  }

  /** This agent has a desktop open in a browser: the panels are there. */
  leaveTo(agentId: string): void {
    this.#atBrowser.set(agentId, this.#ports.now());
  }

  begin(conversation: Conversation): void {
    const pageUrl = this.#settings.running ? this.#pageBeside(conversation) : null;
    if (pageUrl === null || this.#isAtBrowser(conversation.agentId)) return;
    if (this.#running.size >= this.#settings.maxOpen) this.#withoutPlace += 1;
    else this.#open(conversation, pageUrl);
  }

  /** The agent has left the conversation before its end. */
  leave(conversationId: string, agentId: string): void {
    this.#running.get(`${conversationId} ${agentId}`)?.over.abort();
  }

  async close(): Promise<void> {
    for (const { over } of this.#running.values()) over.abort();
    this.#reach.close();
    this.#http.close();
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #pageBeside(conversation: Conversation): string | null {
    const interaction = interactionOf(conversation);
    const groupIds = this.#ports.people.find(conversation.agentId)?.groupIds ?? [];
    for (const widget of this.widgets()) {
      if (!isShownBeside(widget, interaction, groupIds) || !isFramable(widget.url)) continue;
      const { origin, pathname } = new URL(widget.url);
      if (PANEL_PATH.test(pathname)) return origin + pathname;
    }
    return null;
  }

  #open(conversation: Conversation, pageUrl: string): void {
    const { id, agentId, endMs } = conversation;
    const { hiddenShare, shownAfterMs } = this.#settings;
    const seed = [...this.#seed, ...numbersOf(id)];
    const [first = 0, ...rest] = seed;
    const draws = createDraws(first, ...rest);
    const isVisible = draws.uniform() >= hiddenShare;
    const over = new AbortController();
    const ends = setTimeout(() => over.abort(), Math.max(0, endMs - this.#ports.now()));
    const options = {
      http: this.#http,
      reach: this.#reach,
      pageUrl,
      conversationId: id,
      seed,
      isVisible,
      shownAfterMs: isVisible ? null : draws.exponential(shownAfterMs),
      effect: this.#ports.effectOf(agentId),
      models: this.#ports.models,
      shown: (sha256: string) => this.#ports.shown(id, sha256),
      counters: this.#counters,
      tokenOf: () => this.#tokenOf(agentId),
      forgetToken: () => void this.#tokens.delete(agentId),
    };
    const done = runDesk(options, over.signal)
      .catch(() => {
        this.#counters.refused += 1;
      })
      .finally(() => {
        clearTimeout(ends);
        this.#running.delete(`${id} ${agentId}`);
      });
    this.#running.set(`${id} ${agentId}`, { over, done });
    this.#opened += 1;
  }

  #tokenOf(agentId: string): string {
    const token = this.#tokens.get(agentId) ?? this.#ports.tokenOf(agentId);
    this.#tokens.set(agentId, token);
    return token;
  }

  #isAtBrowser(agentId: string): boolean {
    const askedAt = this.#atBrowser.get(agentId);
    return askedAt !== undefined && this.#ports.now() - askedAt < AT_BROWSER_MS;
  }
}

function numbersOf(uuid: string): number[] {
  return uuid.split('-').map((part) => Number.parseInt(part.slice(0, 8), 16));
}
