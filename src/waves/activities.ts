/** What waves and their members ask of the world: whether one is promoted or called off, and to be put on record. */
import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Jitter } from '../activities/failures.ts';
import { serveWith } from '../activities/served.ts';
import { messageOfWaves } from '../domain/messages/waves-message.ts';
import type { ActProof } from '../activities/types.ts';
import type { Redact } from '../domain/text/redact.ts';
import { createRedactor, redactDeep } from '../domain/text/redact.ts';
import { appendAudit } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import type { Tell } from '../store/messages.ts';
import type { Elsewhere, ElsewhereAct, ElsewhereStart, FollowInput, FollowSettings } from './elsewhere.ts';
import { follow, FOLLOW_SETTINGS } from './elsewhere.ts';
import { calledOffQuery } from '../workflows/messages.ts';
import { readAttributes } from '../workflows/search-attributes.ts';

export interface WavesDeps {
  readonly db: Database;
  readonly now: () => number;
  readonly redact?: Redact;
  /** Tells people; absent: nobody is told. */
  readonly tell?: Tell;
  /** Null or absent: this worker knows no other organisation. */
  readonly elsewhere?: Elsewhere | null;
  readonly follow?: FollowSettings;
}

/** One thing that came to pass; a repeat of it is no second entry. */
export interface WavesRecord {
  readonly key: string;
  readonly atMs: number;
  readonly act: string;
  readonly actor: string;
  readonly reason: string;
  readonly workflowId: string;
  readonly runId: string;
  /** How it is known who acted; null: the engine did. */
  readonly proof: ActProof | null;
  /** The tree of rollouts as lines of text; empty where it says nothing new. */
  readonly tree: readonly string[];
}

export interface MemberRef {
  readonly workflowId: string;
  readonly runId: string;
}

export interface CalledOffRef {
  /** Of the waves. */
  readonly workflowId: string;
  readonly member: string;
}

export type WavesActivities = ReturnType<typeof createWavesActivities>;

export function createWavesActivities(deps: WavesDeps, jitter: Jitter) {
  const redact = deps.redact ?? createRedactor();
  const served = serveWith(jitter, redact);
  /** Another worker may know them: then it is tried again. */
  const known = (): Elsewhere => {
    if (!deps.elsewhere) throw new Error('This worker has no ORGANISATIONS_FILE.');
    return deps.elsewhere;
  };
  return {
    /** The phase that the rollout itself shows; null: there is no such run. */
    memberPhase: served(async ({ workflowId, runId }: MemberRef): Promise<string | null> => {
      try {
        const { client } = Context.current();
        const { typedSearchAttributes } = await client.workflow.getHandle(workflowId, runId).describe();
        return readAttributes(typedSearchAttributes).phase;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      }
    }),
    /** As the waves themselves say it; null: they did not, or there are none. */
    whyCalledOff: served(async ({ workflowId, member }: CalledOffRef): Promise<string | null> => {
      try {
        return await Context.current().client.workflow.getHandle(workflowId).query(calledOffQuery, member);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      }
    }),
    knowElsewhere: served(
      async ({ organisations }: { readonly organisations: readonly string[] }): Promise<string | null> =>
        deps.elsewhere
          ? deps.elsewhere.know(organisations)
          : `Members are in ${organisations.join(', ')}, and this worker has no ORGANISATIONS_FILE.`,
    ),
    startElsewhere: served((asked: ElsewhereStart) => known().start(asked)),
    findElsewhere: served((asked: Parameters<Elsewhere['find']>[0]) => known().find(asked)),
    actElsewhere: served((asked: ElsewhereAct) => known().act(asked)),
    followElsewhere: served((input: FollowInput) => follow(known(), input, deps.follow ?? FOLLOW_SETTINGS, deps.now)),
    recordWaves: served((entry: WavesRecord): Promise<void> =>
      deps.db.tx(async (trx) => {
        const { key, atMs, act, actor, reason, workflowId, runId, proof, tree } = redactDeep(entry, redact);
        const details = { waves: workflowId, ...proof, ...(tree.length > 0 && { tree }) };
        const isNew = await appendAudit(trx, {
          key,
          at: new Date(atMs),
          act,
          actor,
          reason,
          rolloutId: runId,
          details,
        });
        const message = isNew ? messageOfWaves({ ...entry, reason, tree }) : null;
        if (message !== null) await deps.tell?.(trx, message, key);
      }),
    ),
  };
}
