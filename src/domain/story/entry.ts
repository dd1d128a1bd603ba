/** What a story tells of an entry of the audit log. */

export interface StoryEntry {
  /** ISO instant. */
  readonly at: string;
  readonly actor: string;
  readonly act: string;
  readonly reason: string;
  /** In force after it, 0..100; absent: it does not say. */
  readonly splitPercent?: number;
}

/** As it stands in the log, where a transition says what it led to. */
export interface LoggedEntry {
  /** ISO instant. */
  readonly at: string;
  readonly actor: string;
  readonly act: string;
  readonly reason: string;
  readonly after: object | null;
}

export function storyEntry({ at, actor, act, reason, after }: LoggedEntry): StoryEntry {
  const percent = after !== null && 'splitPercent' in after ? after.splitPercent : null;
  return { at, actor, act, reason, ...(typeof percent === 'number' && { splitPercent: percent }) };
}
