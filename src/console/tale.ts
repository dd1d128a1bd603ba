/**
 * What is told of a rollout beside its status: its course, plan, cards and acts. Out of the store where this process
 * has one, else what a worker answers; what neither knows is said.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Configurator } from '../configurator.ts';
import { AssistError } from '../configurator/errors.ts';
import type { RolloutView } from '../configurator/rollouts.ts';
import { stepsCame } from '../domain/story/steps-came.ts';
import { storyEntry } from '../domain/story/entry.ts';
import type { LoggedEntry, StoryEntry } from '../domain/story/entry.ts';
import type { Story } from '../domain/story/story.ts';

export interface Told {
  readonly story: Story | null;
  /** What is not told here, and why; null: all is. */
  readonly missing: string | null;
}

export interface TalesDeps {
  /** Null: this process has no store. */
  readonly fromStore: ((action: string, rolloutId: string) => Promise<Story>) | null;
  readonly engine: Pick<Configurator, 'version' | 'auditLines'>;
  readonly now: () => number;
  readonly onTrouble: (error: unknown) => void;
}

interface Tale {
  told: Told;
  /** When it is worth asking again. */
  freshUntilMs: number;
  /** Of the rollout when it was told: what has ended is told once more and then for good. */
  ended: boolean;
  telling: Promise<void> | null;
}

const MAX_KEPT = 50;
/** The course is judged anew each time: of the time of this process it takes one part in so many. */
const SHARE_OF_TIME = 15;
const MIN_FRESH_MS = 2_000;
/** Each asking is a short workflow. */
const WORKER_FRESH_MS = 15_000;
/** The page does not wait longer for it: it comes after. */
const FIRST_MS = 400;
const NOT_YET: Told = { story: null, missing: 'Its story is being read.' };
const NO_STORE =
  'Charts over time are drawn where the console has DATABASE_URL: the looks of the judge are in the store alone.';

/** What is known of it at once; more comes later. */
export function createTales(deps: TalesDeps): (view: RolloutView) => Promise<Told> {
  const tales = new Map<string, Tale>();
  return async ({ status: { action, rolloutId, version, endedAt, phase } }) => {
    const tale = tales.get(rolloutId) ?? { told: NOT_YET, freshUntilMs: -Infinity, ended: false, telling: null };
    tales.delete(rolloutId);
    tales.set(rolloutId, tale);
    for (const oldest of tales.keys()) if (tales.size > MAX_KEPT) tales.delete(oldest);
    const ended = endedAt !== null && phase !== 'frozen';
    const isDue = ended
      ? !tale.ended || deps.now() >= tale.freshUntilMs + ENDED_FRESH_MS
      : deps.now() >= tale.freshUntilMs;
    if (isDue) tale.telling ??= tellAnew(deps, tale, { action, rolloutId, version, ended });
    if (tale.told === NOT_YET && tale.telling !== null)
      await Promise.race([tale.telling, sleep(FIRST_MS, undefined, { ref: false })]);
    return tale.told;
  };
}

/** A record that is written late, or entries that come after the end, are told of in the end. */
const ENDED_FRESH_MS = 30_000;

interface Asked {
  readonly action: string;
  readonly rolloutId: string;
  readonly version: string;
  readonly ended: boolean;
}

async function tellAnew(deps: TalesDeps, tale: Tale, asked: Asked): Promise<void> {
  const began = deps.now();
  try {
    tale.told =
      deps.fromStore === null
        ? await fromWorker(deps.engine, asked)
        : { story: await deps.fromStore(asked.action, asked.rolloutId), missing: null };
  } catch (error) {
    if (!(error instanceof AssistError)) deps.onTrouble(error);
    tale.told = { story: tale.told.story, missing: whyNot(error) };
  }
  const least = deps.fromStore === null ? WORKER_FRESH_MS : MIN_FRESH_MS;
  tale.freshUntilMs = deps.now() + Math.max(least, SHARE_OF_TIME * (deps.now() - began));
  tale.ended = asked.ended;
  tale.telling = null;
}

function whyNot(error: unknown): string {
  if (!(error instanceof AssistError)) return 'The story cannot be read now; the log of the console says why.';
  // Of one that has just begun.
  return error.code === 'rollout-not-found' ? 'Nothing of it is on record yet.' : error.message;
}

const MAX_ENTRIES = 200;

async function fromWorker(
  { version: versionOf, auditLines }: TalesDeps['engine'],
  { action, rolloutId, version }: Asked,
): Promise<Told> {
  const all = { actor: null, since: null, until: null, limit: MAX_ENTRIES };
  const [rollout, { lines }] = await Promise.all([versionOf(action, version), auditLines({ of: rolloutId, ...all })]);
  if (rollout.rolloutId !== rolloutId)
    return {
      story: null,
      missing: 'Of an older rollout of a version the story is told where the console has DATABASE_URL.',
    };
  const entries = lines.flatMap(({ line }) => entryOf(line));
  const steps = rollout.plan === null ? [] : stepsCame(rollout.plan.steps, entries, null);
  const unknown = { forecast: null, judged: null, messages: null, baselineCard: null };
  return { story: { kind: 'report', rollout, entries, steps, ...unknown }, missing: NO_STORE };
}

function entryOf(line: string): StoryEntry[] {
  const { at, actor, act, reason, after } = JSON.parse(line) as Partial<LoggedEntry>;
  return typeof at === 'string' && typeof actor === 'string' && typeof act === 'string'
    ? [storyEntry({ at, actor, act, reason: reason ?? '', after: after ?? null })]
    : [];
}
