/** The organisation behind the HTTP: its documents, its traffic, and what it remembers of both. */
import { ActionStore } from './actions.ts';
import { Audits } from './audits.ts';
import { Channels } from './channels.ts';
import { createCopilot } from './copilot/copilot-organisation.ts';
import type { CopilotOrganisation } from './copilot/copilot-organisation.ts';
import { ConversationRing } from './conversations.ts';
import type { Conversation } from './conversations.ts';
import { CoverageMonitor } from './coverage.ts';
import { Desks } from './desks/desks.ts';
import { ExportStore } from './exports.ts';
import { FaultBoard } from './faults.ts';
import { Integrations } from './integrations/integrations.ts';
import { LiveTopics } from './live-topics.ts';
import { OAuth } from './oauth.ts';
import { PANEL_CLIENT, settingsOf } from './options.ts';
import type { SandboxOptions, SandboxSettings } from './options.ts';
import { People } from './people.ts';
import { Pusher } from './pusher.ts';
import { WindowLimit } from './rate-limit.ts';
import { RoutingDirectory } from './routing.ts';
import { SEEDED_ACTION_ID, SEEDED_BASELINE } from './seeded-organisation.ts';
import { SplitCounter } from './split-counter.ts';
import { readState, writeState } from './state-file.ts';
import { Transcription } from './transcription.ts';
import { pastConversations } from './traffic/past.ts';
import type { ScriptedUtterance } from './traffic/script.ts';
import { Traffic } from './traffic/traffic.ts';

/** Longest pause of the process that traffic makes up for. */
const CATCH_UP_MS = 2_000;

export interface SandboxOrganisation {
  readonly settings: SandboxSettings;
  readonly oauth: OAuth;
  readonly callLimit: WindowLimit;
  /** Calls so far by the client that made them, refused ones too. */
  readonly calls: Map<string, number>;
  readonly faults: FaultBoard;
  readonly actions: ActionStore;
  readonly exports: ExportStore;
  readonly routing: RoutingDirectory;
  readonly transcription: Transcription;
  readonly audits: Audits;
  readonly people: People;
  readonly integrations: Integrations;
  readonly coverage: CoverageMonitor;
  readonly conversations: ConversationRing;
  readonly split: SplitCounter;
  readonly pusher: Pusher;
  readonly channels: Channels;
  readonly traffic: Traffic;
  readonly copilot: CopilotOrganisation;
  readonly desks: Desks;
  /** One more, besides those of the traffic. */
  begin(conversation: Conversation): void;
  /** Now, by the customer. False where there is no such conversation. */
  say(conversationId: string, said: Omit<ScriptedUtterance, 'afterMs'>): boolean;
  /** To another agent. False where the conversation is not under way. */
  transfer(conversationId: string, agentId: string): boolean;
  /** Plays traffic, pushes events and tells the channels, up to now. */
  tick(): void;
  close(): Promise<void>;
}

export function createOrganisation(options: SandboxOptions = {}): SandboxOrganisation {
  const settings = settingsOf(options);
  const { seed, now, stateFile } = settings;
  const saved = stateFile === undefined ? undefined : readState(stateFile);
  const incarnation = saved === undefined ? 0 : saved.incarnation + 1;
  const coverage = new CoverageMonitor(saved?.coverage);
  const save = (): void => {
    if (stateFile === undefined) return;
    writeState(stateFile, {
      format: 1,
      incarnation,
      actions: [...actions.all()],
      exports: [...exports.all()],
      integrations: [...integrations.all()],
      queues: [...routing.queues()],
      transcription: transcription.get(),
      coverage: coverage.log(),
      copilot: copilot.state(),
    });
  };
  const exports = new ExportStore(saved?.exports ?? [], { now, save });
  const integrations = new Integrations(saved?.integrations ?? [], { ...settings.integrations, now, save });
  const transcription = new Transcription(saved?.transcription ?? settings.transcription, save);
  const routing = new RoutingDirectory({
    ...settings,
    busyQueues: settings.traffic.busyQueues,
    saved: saved?.queues,
    save,
  });
  const copilot = createCopilot(settings.copilot, saved?.copilot, {
    busyQueues: settings.traffic.busyQueues,
    hasQueue: (id) => routing.has('queue', id),
    hasUser: (id) => traffic.agentIds().includes(id),
    channels: () => channels,
    conversations: () => conversations.all(),
    find: (id) => conversations.find(id),
    effectOf: (id) => traffic.effectOf(id),
    models: () => traffic.models(),
    now,
    save,
  });
  const actions = new ActionStore(saved?.actions ?? [], { coverage, routing, now, save });
  if (saved === undefined) actions.create(SEEDED_BASELINE, SEEDED_ACTION_ID);
  else save();

  const conversations = new ConversationRing(settings.rememberedConversations);
  const split = new SplitCounter();
  const pusher = new Pusher(settings.push, seed, () => exports.all(), now);
  const channels = new Channels({ lifetimeMs: settings.notifications.channelLifetimeMs, now });
  const topics = new LiveTopics(channels, settings.notifications.transcriptionDelayMs);
  const begin = (conversation: Conversation): void => {
    const assisted = copilot.traffic.begin(conversation);
    conversations.add(assisted);
    topics.begin(assisted);
    desks.begin(assisted);
  };
  const scripts = { ...settings.traffic, seed, incarnation };
  const traffic: Traffic = new Traffic(
    scripts,
    {
      live: () => actions.live(),
      onConversation: begin,
      onCard: ({ actionName, version, atMs }) => {
        split.count(actionName, version, atMs);
      },
      onEvent: (event) => {
        if (event.type === 'agentassist.action.rendered') copilot.traffic.show(event.conversationId, event.version);
        pusher.offer(event);
      },
      onMetric: (event) => {
        pusher.measure(event);
      },
    },
    now(),
  );
  const agentIds = traffic.agentIds();
  for (const past of pastConversations(settings.traffic.past, scripts, (index) => agentIds[index] ?? '', now()))
    conversations.add(copilot.traffic.begin(past));
  copilot.traffic.advance(now());
  const oauth = new OAuth({ ...settings, now });
  const people = new People(settings.traffic.agents, seed);
  const ports = {
    now,
    integrations,
    people,
    effectOf: (agentId: string) => traffic.effectOf(agentId),
    models: () => traffic.models(),
    shown: (id: string, sha256: string) => void copilot.traffic.show(id, sha256),
    tokenOf: (agentId: string) => oauth.tokenOfAgent(PANEL_CLIENT.id, agentId),
  };
  const desks = new Desks(settings.desks, ports, [seed, incarnation]);
  return {
    settings,
    oauth,
    callLimit: new WindowLimit(settings.rateLimitPerMinute, now),
    calls: new Map(),
    faults: new FaultBoard(),
    actions,
    exports,
    routing,
    people,
    transcription,
    audits: new Audits(now, (topic, bodyOf) => {
      channels.publish(topic, bodyOf);
    }),
    integrations,
    coverage,
    conversations,
    split,
    pusher,
    channels,
    traffic,
    copilot,
    desks,
    begin,
    say: (conversationId, { text, confidence, isFinal }) => {
      const afterMs = now() - (conversations.find(conversationId)?.startMs ?? 0);
      const said = { afterMs, text, confidence, isFinal };
      const conversation = conversations.say(conversationId, said);
      if (conversation !== undefined) topics.tellSaid(conversation, said);
      return conversation !== undefined;
    },
    transfer: (conversationId, agentId) => {
      const from = conversations.find(conversationId)?.agentId;
      const conversation = conversations.transfer(conversationId, agentId, now());
      if (conversation === undefined || from === undefined) return false;
      topics.tellChange(conversation, now());
      desks.leave(conversationId, from);
      desks.begin(conversation);
      return true;
    },
    tick: () => {
      traffic.skipTo(now() - CATCH_UP_MS);
      traffic.advance(now());
      copilot.traffic.advance(now());
      pusher.flush();
      topics.advance(now());
    },
    close: async () => {
      pusher.close();
      await desks.close();
    },
  };
}
