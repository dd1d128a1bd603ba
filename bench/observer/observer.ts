/**
 * Watches a rollout from outside: the organisation over HTTP five times a second, Temporal once a second. Shares no
 * code with the engine, so
 * that a mistake of the engine's own arithmetic cannot hide itself. What it finds wrong is a violation; a test ends
 * with none.
 */
import { actionOf, contentOf, createReader, isOnTrial, unservedBuckets } from './documents.ts';
import type { Document } from './documents.ts';
import { connectRuns } from './runs.ts';
import type { Run, Word } from './runs.ts';

export interface Violation {
  /** ISO instant. */
  readonly at: string;
  readonly kind: 'unserved' | 'falseWord' | 'foreignContent' | 'unwatched' | 'doubled' | 'roseAgain';
  readonly action: string;
  readonly what: string;
}

export interface ObserverOptions {
  readonly organisationUrl: string;
  readonly address: string;
  readonly namespace: string;
  readonly client?: { readonly id: string; readonly secret: string };
  /** Only actions whose names begin so; absent: all. */
  readonly prefix?: string;
  /**
   * How long a version on trial may be without anybody who can act, and how long a hole that a hand has made may stay.
   */
  readonly limitMs?: number;
  /** So long after a hand a write may still be under way that was planned before it; none if absent. */
  readonly handMs?: number;
}

export interface Observer {
  readonly violations: readonly Violation[];
  /**
   * What a test does to the action in the organisation itself: a hole that this leaves is a violation only when it
   * outlasts the limit.
   */
  byHand<T>(action: string, work: () => Promise<T>): Promise<T>;
  /**
   * Once the last word of every run that has ended by now was compared with the organisation: what was found since this
   * was last asked.
   */
  caughtUp(): Promise<readonly Violation[]>;
  /** As it was seen last. */
  versions(action: string): readonly Document[];
  /** Who had proven harm acknowledged, or was told to go back: from here on its candidate never rises. */
  mayNotRise(action: string): void;
  /** Longest time, ms, that a version on trial was seen without anybody who can act. */
  maxUnwatchedMs(): number;
  close(): Promise<void>;
}

const LOOK_MS = 200;
const ASK_MS = 1_000;
const LIMIT_MS = 90_000;
const KEPT_LOOKS = 300;

interface Look {
  readonly startedAtMs: number;
  readonly documents: readonly Document[];
}

interface Tale {
  covered: boolean;
  holeSinceMs: number | null;
  /** Until when a hand was at work; null once a look that began after it found every bucket served. */
  handUntilMs: number | null;
  unwatchedSinceMs: number | null;
  /** From when on; null: it may. */
  mayNotRiseFromMs: number | null;
  /** Runs whose word was compared. */
  readonly heard: Set<string>;
  /** A violation of a kind is told once until it is over. */
  readonly told: Set<Violation['kind']>;
}

export async function startObserver(options: ObserverOptions): Promise<Observer> {
  const { client = { id: 'sandbox-client', secret: 'sandbox-secret' }, limitMs = LIMIT_MS, handMs = 0 } = options;
  const read = createReader(options.organisationUrl, client, options.prefix);
  const runs = await connectRuns(options.address, options.namespace);
  const violations: Violation[] = [];
  const tales = new Map<string, Tale>();
  /** What each version held when it was first seen on its way into service. */
  const checked = new Map<string, string>();
  const splits = new Map<string, number>();
  /** Versions that another hand has made. */
  const ofHands = new Set<string>();
  const looks: Look[] = [];
  let maxUnwatchedMs = 0;
  let answered = 0;

  const violate = (kind: Violation['kind'], action: string, what: string): void => {
    const { told } = taleOf(action);
    if (told.has(kind)) return;
    told.add(kind);
    violations.push({ at: new Date().toISOString(), kind, action, what });
  };

  function taleOf(action: string): Tale {
    const known = tales.get(action) ?? {
      covered: false,
      holeSinceMs: null,
      handUntilMs: null,
      unwatchedSinceMs: null,
      mayNotRiseFromMs: null,
      heard: new Set(),
      told: new Set(),
    };
    tales.set(action, known);
    return known;
  }

  async function look(): Promise<void> {
    const startedAtMs = Date.now();
    const documents = await read();
    looks.push({ startedAtMs, documents });
    if (looks.length > KEPT_LOOKS) looks.shift();
    for (const action of new Set([...tales.keys(), ...documents.map(actionOf)]))
      lookAt(action, versionsOf(documents, action), startedAtMs);
  }

  function lookAt(action: string, versions: readonly Document[], nowMs: number): void {
    const tale = taleOf(action);
    for (const { id } of versions) if (tale.handUntilMs !== null && !splits.has(id)) ofHands.add(id);
    const holes = unservedBuckets(versions);
    if (holes === 0) {
      Object.assign(tale, { covered: true, holeSinceMs: null });
      if (tale.handUntilMs !== null && nowMs > tale.handUntilMs + handMs) tale.handUntilMs = null;
      tale.told.delete('unserved');
    } else if (tale.covered) {
      tale.holeSinceMs ??= nowMs;
      if (tale.handUntilMs === null || nowMs - tale.holeSinceMs > limitMs)
        violate('unserved', action, `${holes} of 10,000 buckets`);
    }
    const ours = versions.filter((version) => isOnTrial(version) && !ofHands.has(version.id));
    if (ours.length > 1)
      violate('doubled', action, `${ours.map(({ name }) => name).join(' and ')} are on trial at once`);
    for (const version of versions) {
      lookAtRise(action, tale, version, nowMs);
      lookAtContent(action, version);
    }
  }

  function lookAtRise(action: string, tale: Tale, version: Document, nowMs: number): void {
    const { name, metadata } = version;
    const before = splits.get(version.id) ?? 0;
    const fromMs = tale.mayNotRiseFromMs;
    // What was written before that moment may have been looked at only after it.
    if (
      fromMs === null ||
      Date.parse(version.dateModified) <= fromMs ||
      tale.handUntilMs !== null ||
      !isOnTrial(version) ||
      metadata.traffic_split <= before
    )
      return;
    violate(
      'roseAgain',
      action,
      `${name} rose from ${before} % to ${metadata.traffic_split} % with the write of ${version.dateModified}, ` +
        `after it had to go back at ${new Date(fromMs).toISOString()}; seen ${nowMs - fromMs} ms after that`,
    );
  }

  function lookAtContent(action: string, version: Document): void {
    const {
      id,
      metadata: { traffic_split: split, ab_test_group: group },
    } = version;
    if (group === 'candidate' && !checked.has(id)) checked.set(id, contentOf(version));
    const before = splits.get(id) ?? 0;
    splits.set(id, split);
    const known = checked.get(id);
    if (known === undefined || known === contentOf(version) || !version.enabled) return;
    if (split > before || split === 100)
      violate(
        'foreignContent',
        action,
        `${version.name} serves ${split} % with another content than it was deployed with`,
      );
  }

  async function ask(): Promise<void> {
    const { documents = [] } = looks.at(-1) ?? {};
    for (const [action, tale] of tales) {
      const run = await runs.newest(action).catch(() => null);
      // What a hand has put there is told of by whoever watches, and left to a person.
      const ours = versionsOf(documents, action).filter(({ id }) => !ofHands.has(id));
      attend(action, tale, ours.some(isOnTrial), run, Date.now());
      if (run?.word && run.closedAtMs !== null && !tale.heard.has(run.runId))
        hear(action, tale, run, run.word, run.closedAtMs);
    }
  }

  function attend(action: string, tale: Tale, onTrial: boolean, run: Run | null, nowMs: number): void {
    if (!onTrial || run?.attended === true) {
      tale.unwatchedSinceMs = null;
      tale.told.delete('unwatched');
      return;
    }
    tale.unwatchedSinceMs ??= nowMs;
    const forMs = nowMs - tale.unwatchedSinceMs;
    maxUnwatchedMs = Math.max(maxUnwatchedMs, forMs);
    if (forMs > limitMs)
      violate(
        'unwatched',
        action,
        `a version on trial has been without anybody who can act for ${Math.round(forMs / 1000)} s`,
      );
  }

  /** By the first look that began after the run had ended. */
  function hear(action: string, tale: Tale, { runId }: Run, word: Word, closedAtMs: number): void {
    const after = looks.find(({ startedAtMs }) => startedAtMs >= closedAtMs);
    if (after === undefined) return;
    tale.heard.add(runId);
    const versions = versionsOf(after.documents, action).filter(({ id }) => !ofHands.has(id));
    const lie = lieIn(word, versions, action, checked);
    tale.told.delete('falseWord');
    if (lie !== null) violate('falseWord', action, `it says ${word.outcome} of v${word.version}, but ${lie}`);
  }

  async function lookedSince(sinceMs: number): Promise<void> {
    for (const deadline = sinceMs + 30_000; Date.now() < deadline; await rest(LOOK_MS))
      if (looks.some(({ startedAtMs }) => startedAtMs > sinceMs)) return;
  }

  const loops = [every(LOOK_MS, look), every(ASK_MS, ask)];
  return {
    violations,
    async byHand(action, work) {
      // What the engine has done by now is not the hand's.
      await lookedSince(Date.now());
      const tale = taleOf(action);
      tale.handUntilMs = Infinity;
      return work().finally(() => {
        tale.handUntilMs = Date.now();
      });
    },
    async caughtUp() {
      await lookedSince(Date.now());
      await ask();
      const news = violations.slice(answered);
      answered = violations.length;
      return news;
    },
    versions: (action) => versionsOf(looks.at(-1)?.documents ?? [], action),
    mayNotRise(action) {
      taleOf(action).mayNotRiseFromMs ??= Date.now();
    },
    maxUnwatchedMs: () => maxUnwatchedMs,
    async close() {
      await Promise.all(loops.map((stop) => stop()));
      await runs.close();
    },
  };
}

function versionsOf(documents: readonly Document[], action: string): Document[] {
  return documents.filter((document) => actionOf(document) === action);
}

/** Why the organisation does not bear the word out; null when it does. */
function lieIn(
  { outcome, version, baselineVersion }: Word,
  versions: readonly Document[],
  action: string,
  checked: ReadonlyMap<string, string>,
): string | null {
  const candidate = versions.find(({ name }) => name === `${action} v${version}`);
  const serving = versions
    .filter(({ enabled }) => enabled)
    .map(({ name, metadata }) => `${name} at ${metadata.traffic_split} %`);
  const shown = `the organisation serves ${serving.join(' and ') || 'nothing'}`;
  if (unservedBuckets(versions) > 0) return `${shown}: some conversations get no card`;
  if (outcome === 'promoted') {
    if (candidate === undefined || !candidate.enabled || candidate.metadata.traffic_split !== 100 || serving.length > 1)
      return shown;
    return checked.get(candidate.id) === contentOf(candidate) ? null : 'its content is not the one that was deployed';
  }
  if (candidate?.enabled && candidate.metadata.traffic_split > 0) return shown;
  const baseline = versions.find(({ name }) => name === `${action} v${baselineVersion ?? ''}`);
  return outcome === 'rolledBack' && !(baseline?.enabled && baseline.metadata.traffic_split === 100) ? shown : null;
}

/** One that fails (somebody is being restarted) is tried again at the next turn. Returns what stops it. */
function every(ms: number, work: () => Promise<void>): () => Promise<void> {
  const stop = new AbortController();
  const running = (async () => {
    while (!stop.signal.aborted) {
      await work().catch(() => undefined);
      await rest(ms);
    }
  })();
  return async () => {
    stop.abort();
    await running;
  };
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
