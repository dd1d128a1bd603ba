/** Who acts, and may they? Asked once for every act, before it changes anything. */
import { ActivityFailure, CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { AuthoriseResult } from '../activities/authorise.ts';
import type { ActProof } from '../activities/types.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Actor } from '../domain/identity/actor.ts';
import { claimed } from '../domain/identity/decide.ts';
import { queuesOf } from '../domain/identity/queues.ts';
import { isBrakeAct } from '../domain/identity/roles.ts';
import { sha256Of } from '../domain/shared/content-hash.ts';
import { authorise } from './activity-proxies.ts';
import type { HumanAct } from './messages.ts';
import { starterOf } from './member.ts';
import type { RolloutRun } from './run.ts';

export type Authorised =
  | { readonly ok: true; readonly actor: Actor; readonly proof: ActProof }
  /** `actor`: whoever was proven to ask, and may not. */
  | { readonly ok: false; readonly refusal: string; readonly actor?: Actor };

/** What is acted on: an action, and the queues that it is confined to; empty: any. */
export interface Place {
  readonly action: string;
  readonly queues: readonly string[];
}

export function placeOf(plan: Plan): Place {
  return { action: plan.action.name, queues: queuesOf(plan) };
}

/**
 * `given`: the act as it came, so that all of it is what was signed; one signature is good for one act. Where nobody can
 * say who that is, what only goes back to safety is done all the same.
 */
export async function authoriseAct(
  places: readonly Place[],
  uses: Uses,
  act: string,
  given: HumanAct,
): Promise<Authorised> {
  const { name: _name, ...content } = given as HumanAct & { readonly name?: unknown };
  return askFor(places, uses, { act, given: content, signed: content }).catch((error: unknown) =>
    unchecked(act, content, error),
  );
}

/** Under the name that it bears; all else than a brake is refused. */
function unchecked(act: string, { by, signature }: HumanAct, error: unknown): Authorised {
  if (!(error instanceof ActivityFailure)) throw error;
  return isBrakeAct(act)
    ? { ok: true, actor: claimed(by), proof: { verifiedBy: null, subject: null, signature: signature ?? null } }
    : { ok: false, refusal: `Cannot ${act}: nobody could say who acts (${error.cause?.message ?? error.message}).` };
}

/** How long whoever acts waits for that answer at most. */
const CHECKED_WITHIN = { brake: '10s', other: '8s' } as const;

/** Of what begins a run. `given`: the input as it came. */
export async function authoriseBeginning(
  run: RolloutRun,
  act: 'start' | 'undo',
  given: unknown,
  place = placeOf(run.input.plan),
): Promise<Authorised> {
  const { startedBy: by, reason = '' } = run.input;
  const question = { act, given: { ...(given as object), by, reason }, signed: given as object };
  const started = inherited() ?? (await askFor([place], run, question));
  if (started.actor !== undefined) run.dispatch({ kind: 'starterKnown', starter: started.actor });
  return started;
}

/** Waves asked for all their members before the first was started. */
function inherited(): Authorised | null {
  const actor = starterOf(workflowInfo());
  return actor === null
    ? null
    : { ok: true, actor, proof: { verifiedBy: actor.verifiedBy, subject: actor.subject, signature: null } };
}

interface Question {
  readonly act: string;
  readonly given: HumanAct;
  /** All that was signed. */
  readonly signed: object;
  readonly isDryRun?: true;
}

/** What remembers the signatures that were heard. */
type Uses = Pick<RolloutRun, 'firstUse'>;

/**
 * May they do it in each of these places? One signature speaks for all. A cancel must not take the question with it:
 * whoever asked is waiting for the answer.
 */
export async function askFor(
  places: readonly Place[],
  { firstUse }: Uses,
  { act, given, signed, isDryRun }: Question,
): Promise<Authorised> {
  const asked = { ...asAsked(given, signed), act, ...(isDryRun && { isDryRun }) };
  let last: Extract<AuthoriseResult, { readonly ok: true }> | null = null;
  for (const place of places) {
    const answer = await CancellationScope.nonCancellable(() =>
      authorise.executeWithOptions(asking(act, given.by), [{ ...asked, ...place }]),
    );
    if (!answer.ok) return answer;
    last = answer;
    // Who cannot be told apart may do as much with one as with another.
    if (answer.actor.verifiedBy === null) break;
  }
  if (last === null) return { ok: false, refusal: `Cannot ${act}: there is nothing to do it to.` };
  const { actor, signatureId } = last;
  if (signatureId !== null && !firstUse(signatureId))
    return { ok: false, refusal: `Cannot ${act}: its signature was used before; sign it anew.` };
  return { ok: true, actor, proof: proofOf(actor, given.signature) };
}

type Asker = Pick<HumanAct, 'by' | 'reason' | 'expiresAt' | 'signature'>;

/** An act as this run asks about it. `signed`: all that it says. */
export function asAsked({ by, reason, expiresAt, signature }: Asker, signed: object) {
  const { signature: _signature, ...content } = signed as Partial<HumanAct>;
  const { workflowId, runId } = workflowInfo();
  return {
    workflowId,
    runId,
    by,
    reason,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(signature !== undefined && { signature }),
    contentSha256: sha256Of(content),
    atMs: Date.now(),
  };
}

function proofOf({ verifiedBy, subject }: Actor, signature: string | undefined): ActProof {
  return { verifiedBy, subject, signature: verifiedBy === null ? null : (signature ?? null) };
}

/** Of an act that was refused: whoever was proven to ask is known all the same. */
export function proofOfRefused({ actor }: { readonly actor?: Actor }, { signature }: HumanAct): ActProof {
  return actor === undefined
    ? { verifiedBy: null, subject: null, signature: signature ?? null }
    : proofOf(actor, signature);
}

/** A start may wait as long as its preflight. */
function asking(act: string, by: string): { readonly summary: string; readonly scheduleToCloseTimeout?: '10s' | '8s' } {
  const summary = `may ${by} ${act}?`;
  return act === 'start'
    ? { summary }
    : { summary, scheduleToCloseTimeout: isBrakeAct(act) ? CHECKED_WITHIN.brake : CHECKED_WITHIN.other };
}
