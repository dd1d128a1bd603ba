/**
 * Handle time and transfers of the conversations that had cards of an open rollout which guards one of them, as custom
 * metrics of those cards.
 * The organisation is asked a few times a minute, a value counts once two reads a while apart say the same, and what
 * never comes is said with why.
 */
import { READ_BY_ENGINE } from '../domain/plan/handling-warnings.ts';
import type { Conversations } from '../genesys/conversations.ts';
import { isGenesysError } from '../genesys/errors.ts';
import { handlingOf } from '../genesys/handling.ts';
import type { HandlingTold } from '../genesys/handling.ts';
import type { ConversationDetail } from '../genesys/wire.ts';
import type { Database } from '../store/database.ts';
import {
  askAgain,
  dueConversations,
  enrolConversations,
  forgetHandling,
  giveUp,
  missingHandling,
  storeHandling,
} from '../store/handling-reads.ts';
import type { DueConversation, HandlingValues } from '../store/handling-reads.ts';
import { withFailures } from './failures.ts';
import type { Jitter } from './failures.ts';
import { withHeartbeat } from './heartbeat.ts';

export interface MeasuringDeps {
  readonly db: Database;
  readonly conversations: Pick<Conversations, 'details'>;
  readonly now: () => number;
  readonly logger?: { warn(fields: object, message: string): void } | undefined;
  readonly settings?: Partial<MeasuringSettings>;
}

export interface MeasuringSettings {
  /** Of one round; each asks for `idsACall` conversations. */
  readonly maxCalls: number;
  readonly idsACall: number;
  /** After the end of a conversation, until the first read counts, and between two that must say the same. */
  readonly settleMs: number;
  readonly giveUpAfterMs: number;
}

const SETTINGS: MeasuringSettings = {
  maxCalls: 4,
  idsACall: 50,
  settleMs: 60_000,
  giveUpAfterMs: 24 * 60 * 60_000,
};

export interface Measured {
  readonly asked: number;
  readonly written: number;
  /** Of how many conversations nothing will come, by why. */
  readonly missing: readonly { readonly why: string; readonly conversations: number }[];
}

/** Longest wait between two reads of a conversation that goes on. */
const MAX_WAIT_MS = 10 * 60_000;
/** A conversation may have begun so long before its first card. */
const LOOK_BACK_MS = 24 * 60 * 60_000;

export type MeasuringActivities = ReturnType<typeof createMeasuringActivities>;

/** What the client may not read is said now and then, and asked for again at every round: it heals by itself. */
export function createMeasuringActivities(deps: MeasuringDeps, jitter: Jitter) {
  let saidAt = Number.NEGATIVE_INFINITY;
  const round = async (): Promise<Measured> => {
    try {
      return await measureHandling(deps);
    } catch (error) {
      if (!isGenesysError(error, 'forbidden', 'noResource')) throw error;
      if (deps.now() - saidAt >= SAY_EVERY_MS)
        deps.logger?.warn({ err: error }, 'handle time and transfers cannot be read: guardrails on them see no data');
      saidAt = deps.now() - saidAt >= SAY_EVERY_MS ? deps.now() : saidAt;
      return { asked: 0, written: 0, missing: await missingHandling(deps.db) };
    }
  };
  return { measureHandling: withHeartbeat(withFailures(round, jitter)) };
}

const SAY_EVERY_MS = 60 * 60_000;

/** One round; whatever is left half done, the next one finds again. */
export async function measureHandling(deps: MeasuringDeps): Promise<Measured> {
  const { db } = deps;
  const settings = { ...SETTINGS, ...deps.settings };
  await enrolConversations(db, READ_BY_ENGINE);
  await forgetHandling(db);
  const due = await dueConversations(db, settings.maxCalls * settings.idsACall);
  let written = 0;
  for (let from = 0; from < due.length; from += settings.idsACall)
    written += await readSome(deps, settings, due.slice(from, from + settings.idsACall));
  return { asked: due.length, written, missing: await missingHandling(db) };
}

type Verdict =
  | { readonly kind: 'again'; readonly afterMs: number; readonly value: HandlingValues | null }
  | { readonly kind: 'done'; readonly value: HandlingValues }
  | { readonly kind: 'missing'; readonly why: string };

async function readSome(
  { db, conversations, now }: MeasuringDeps,
  settings: MeasuringSettings,
  due: readonly DueConversation[],
): Promise<number> {
  const found = new Map<string, ConversationDetail>();
  const nowMs = now();
  const fromMs = Math.min(...due.map(({ since }) => since.getTime())) - LOOK_BACK_MS;
  const conversationFilters = [isOneOf(due.map(({ conversationId }) => conversationId))];
  for await (const detail of conversations.details({ fromMs, toMs: nowMs + 1, conversationFilters }))
    found.set(detail.conversationId, detail);
  const verdicts = due.map((one) => {
    const detail = found.get(one.conversationId);
    return { ...one, verdict: judge(one, detail === undefined ? null : handlingOf(detail), nowMs, settings) };
  });
  const of = <K extends Verdict['kind']>(kind: K) =>
    verdicts.flatMap(({ conversationId, verdict }) =>
      verdict.kind === kind ? [{ conversationId, ...(verdict as Extract<Verdict, { kind: K }>) }] : [],
    );
  const done = of('done').map(({ conversationId, value }) => ({ conversationId, ...value }));
  await storeHandling(db, done);
  await askAgain(db, of('again'));
  await giveUp(
    db,
    of('missing').map(({ conversationId, why }) => ({ conversationId, missing: why })),
  );
  return done.length;
}

function judge(
  { since, tries, before }: DueConversation,
  told: HandlingTold | null,
  nowMs: number,
  { settleMs, giveUpAfterMs }: MeasuringSettings,
): Verdict {
  if (typeof told === 'string' || told === null) {
    const why = told === null ? 'unknown' : told;
    if (nowMs - since.getTime() > giveUpAfterMs) return { kind: 'missing', why };
    return { kind: 'again', afterMs: Math.min(MAX_WAIT_MS, settleMs * 2 ** Math.min(tries, 8)), value: null };
  }
  const value = {
    endedAt: new Date(told.endedMs).toISOString(),
    values: { handleTime: told.handleMs / 1000, transfers: told.transfers },
  };
  const isSettled = nowMs - told.endedMs >= settleMs;
  if (isSettled && before !== null && isSame(before, value)) return { kind: 'done', value };
  return { kind: 'again', afterMs: settleMs, value: isSettled ? value : null };
}

function isSame(a: HandlingValues, b: HandlingValues): boolean {
  return a.endedAt === b.endedAt && Object.entries(b.values).every(([name, value]) => a.values[name] === value);
}

function isOneOf(ids: readonly string[]): object {
  const isIt = { type: 'dimension', dimension: 'conversationId', operator: 'matches' };
  return { type: 'or', predicates: ids.map((value) => ({ ...isIt, value })) };
}
