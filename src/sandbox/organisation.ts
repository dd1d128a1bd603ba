/** The organisation behind the HTTP: its documents, its traffic, and what it remembers of both. */
import { ActionStore } from './actions.ts';
import { ConversationRing } from './conversations.ts';
import { CoverageMonitor } from './coverage.ts';
import { ExportStore } from './exports.ts';
import { FaultBoard } from './faults.ts';
import { OAuth } from './oauth.ts';
import { settingsOf } from './options.ts';
import type { SandboxOptions, SandboxSettings } from './options.ts';
import { Pusher } from './pusher.ts';
import { WindowLimit } from './rate-limit.ts';
import { SEEDED_ACTION_ID, SEEDED_BASELINE } from './seeded-organisation.ts';
import { SplitCounter } from './split-counter.ts';
import { readState, writeState } from './state-file.ts';
import { Traffic } from './traffic/traffic.ts';

/** Longest pause of the process that traffic makes up for. */
const CATCH_UP_MS = 2_000;

export interface Organisation {
  readonly settings: SandboxSettings;
  readonly oauth: OAuth;
  readonly callLimit: WindowLimit;
  readonly faults: FaultBoard;
  readonly actions: ActionStore;
  readonly exports: ExportStore;
  readonly coverage: CoverageMonitor;
  readonly conversations: ConversationRing;
  readonly split: SplitCounter;
  readonly pusher: Pusher;
  readonly traffic: Traffic;
  /** Plays traffic and pushes events, up to now. */
  tick(): void;
  close(): void;
}

export function createOrganisation(options: SandboxOptions = {}): Organisation {
  const settings = settingsOf(options);
  const { seed, now, stateFile } = settings;
  const saved = stateFile === undefined ? undefined : readState(stateFile);
  const incarnation = saved === undefined ? 0 : saved.incarnation + 1;
  const coverage = new CoverageMonitor(saved?.coverage);
  const save = (): void => {
    if (stateFile === undefined) return;
    writeState(stateFile, { format: 1, incarnation, actions: [...actions.all()], exports: [...exports.all()], coverage: coverage.log() });
  };
  const exports = new ExportStore(saved?.exports ?? [], { now, save });
  const actions = new ActionStore(saved?.actions ?? [], { coverage, now, save });
  if (saved === undefined) actions.create(SEEDED_BASELINE, SEEDED_ACTION_ID);
  else save();

  const conversations = new ConversationRing(settings.rememberedConversations);
  const split = new SplitCounter();
  const pusher = new Pusher(settings.push, seed, () => exports.all(), now);
  const traffic = new Traffic({ ...settings.traffic, seed, incarnation }, {
    live: () => actions.live(),
    onConversation: (conversation) => { conversations.add(conversation); },
    onCard: ({ actionName, version, atMs }) => { split.count(actionName, version, atMs); },
    onEvent: (event) => { pusher.offer(event); },
  }, now());
  return {
    settings,
    oauth: new OAuth({ ...settings, now }),
    callLimit: new WindowLimit(settings.rateLimitPerMinute, now),
    faults: new FaultBoard(),
    actions,
    exports,
    coverage,
    conversations,
    split,
    pusher,
    traffic,
    tick: () => {
      traffic.skipTo(now() - CATCH_UP_MS);
      traffic.advance(now());
      pusher.flush();
    },
    close: () => { pusher.close(); },
  };
}
