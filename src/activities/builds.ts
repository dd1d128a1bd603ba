/** Acts on builds: which change each comes to, doing it, and putting it on record. */
import { Context } from '@temporalio/activity';
import { UNVERSIONED } from '../builds/build.ts';
import { makeChange, planChange } from '../builds/change.ts';
import type { BuildsAct, BuildsAnswer, BuildsPlan, BuildsRouting } from '../domain/builds/act.ts';
import { buildsActText, buildsRight } from '../domain/builds/act.ts';
import type { Actor } from '../domain/identity/actor.ts';
import type { Redact } from '../domain/text/redact.ts';
import { createRedactor, redactDeep } from '../domain/text/redact.ts';
import { appendAudit } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { hasAuditEntry } from '../store/guardian.ts';
import type { Jitter } from './failures.ts';
import { serveWith } from './served.ts';

export interface BuildsDeps {
  readonly db: Database;
  readonly now: () => number;
  readonly redact?: Redact;
  /** On which workers take rollouts. */
  readonly rolloutsQueue: string;
}

interface AskedInput {
  /** Of the run that asks. */
  readonly id: string;
  readonly asked: BuildsAct;
  readonly actor: Pick<Actor, 'by' | 'verifiedBy' | 'subject'> | null;
}

export interface ChangeBuildsInput extends AskedInput {
  readonly plan: Extract<BuildsPlan, { readonly kind: 'change' }>;
}

export interface RefusedBuildsInput extends AskedInput {
  readonly why: string;
}

export type BuildsActivities = ReturnType<typeof createBuildsActivities>;

export function createBuildsActivities(deps: BuildsDeps, jitter: Jitter) {
  const redact = deps.redact ?? createRedactor();
  const served = serveWith(jitter, redact);
  const client = () => Context.current().client;
  return {
    planBuilds: served((asked: BuildsAct): Promise<BuildsPlan> => planChange(client(), asked)),
    /** Where nothing can be put on record, nothing is done. */
    changeBuilds: served(async (input: ChangeBuildsInput): Promise<BuildsAnswer> => {
      const { id, asked, plan } = input;
      const key = `builds/${id}`;
      if (await hasAuditEntry(deps.db, key)) return { kind: 'done' };
      const refusal = await makeChange(client(), asked, plan, {
        taskQueue: deps.rolloutsQueue,
        now: deps.now,
      });
      if (refusal !== null) {
        await enter(deps, redact, input, { key: `${key}/refused`, why: refusal.why });
        return refusal;
      }
      await enter(deps, redact, input, { key, before: plan.before });
      return { kind: 'done' };
    }),
    /** Whoever asked may not. */
    refuseBuilds: served((input: RefusedBuildsInput): Promise<void> =>
      enter(deps, redact, input, { key: `builds/${input.id}/refused`, why: input.why }),
    ),
  };
}

async function enter(
  { db, now }: BuildsDeps,
  redact: Redact,
  { asked, actor }: AskedInput,
  { key, before, why }: { readonly key: string; readonly before?: BuildsRouting; readonly why?: string },
): Promise<void> {
  const { by, reason, signature, deployment } = asked;
  const { act, action } = buildsRight(asked);
  const verifiedBy = actor?.verifiedBy ?? null;
  const entry = {
    key,
    at: new Date(now()),
    actor: by,
    act: why === undefined ? act : 'refused',
    reason: `${buildsActText(asked)}: ${reason}`,
    ...(action !== '*' && { action }),
    ...(before !== undefined && { before: shown(before) }),
    details: {
      deployment,
      ...('build' in asked && { build: asked.build }),
      verifiedBy,
      subject: actor?.subject ?? null,
      signature: verifiedBy === null ? null : (signature ?? null),
      ...(why !== undefined && { asked: act, why }),
    },
  };
  await db.tx(async (trx) => void (await appendAudit(trx, redactDeep(entry, redact), ['at'])));
}

function shown({ current, ramping, rampPercent }: BuildsRouting): object {
  return { current: current ?? UNVERSIONED, ramping, rampPercent };
}
