/** Keys of PostgreSQL's advisory locks, all in one place so that no two meanings share a key. */
export const LOCKS = {
  migrations: 4_220_001,
  /** Held from before `exposures.seq` is drawn until the commit, so that sequence order is commit order. */
  exposures: 4_220_002,
  /** The same for `audit.seq`. */
  audit: 4_220_003,
  /** One signer of checkpoints at a time, so that none is signed beside another. */
  auditCheckpoint: 4_220_004,
  /**
   * Held from before `outbox.seq` is drawn until the commit, so that what is forwarded keeps the order of the commits.
   */
  outbox: 4_220_005,
  /**
   * Held from before an epoch is drawn until the commit, so that epochs are in the order of the commits: who has applied
   * one has applied all before it.
   */
  panelSplit: 4_220_006,
  /** With the hash of a conversation: one at a time of a card made for it and a page of it that is shown. */
  panelConversation: 4_220_007,
  /** One process at a time takes queues. */
  panelFeeds: 4_220_008,
  /** Held from before `live_events.seq` is drawn until the commit. */
  liveEvents: 4_220_009,
  /** As `panelSplit`, of what rollouts of Agent Copilot left. */
  copilotSplit: 4_220_010,
} as const;
