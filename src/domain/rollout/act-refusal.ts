/** May this person do what is possible now, and what does it come to? Asked once it is known who acts. Pure. */
import type { Actor } from '../identity/actor.ts';
import { guardrailLabel } from '../plan/guardrail-label.ts';
import type { Step } from '../plan/steps/steps.ts';
import type { Act } from './acts.ts';
import { approvalAt, approvalRefusal, isSamePerson, withdrawalRefusal } from './approvals.ts';
import type { Person } from './approvals.ts';
import type { AuditedEvent } from './events.ts';
import type { GivenAct } from './messages.ts';
import { untilProblem } from './override-given.ts';
import { crossed } from './shown.ts';
import { boundTo, figuresText, notSafeText, rowNamed } from './overrides.ts';
import type { Override } from './overrides.ts';
import type { RolloutState } from './state.ts';

/** An act that its validator has let pass. */
export type FitAct = GivenAct & { readonly by: string; readonly reason: string };

type Acted = Extract<AuditedEvent, { kind: 'acted' }>;
export type Taken = { readonly event: Acted } | { readonly why: string };

/** The act as an event, or why this person may not, in one sentence with the way out. */
export function takeAs(
  state: RolloutState,
  act: Act,
  given: FitAct,
  {
    actor,
    nowMs,
    steps,
  }: { readonly actor: Actor; readonly nowMs: number; readonly steps: readonly Pick<Step, 'kind'>[] },
): Taken {
  const { by, verifiedBy, subject } = actor;
  const person = { by, verifiedBy, subject };
  const event: Acted = { kind: 'acted', act, by, reason: given.reason, person };
  const other = crossed(state, act, given);
  if (other !== null) return refused(act, other);
  switch (act) {
    case 'approve': {
      const asked = approvalAt(state.approvals, state.step);
      const why = asked === undefined ? null : approvalRefusal(asked, actor, state.starter);
      return why === null ? { event } : refused(act, why);
    }
    case 'withdraw': {
      const asked = approvalAt(state.approvals, state.step);
      const why = asked === undefined ? null : withdrawalRefusal(asked, person);
      return why === null ? { event } : refused(act, why);
    }
    case 'advance': {
      const text = isLastProof(state, steps) && !isApprover(actor) ? notSafeText(state.report) : null;
      const over = `what comes next is the promotion of what is not proven (${text})`;
      return text === null ? { event } : refused(act, `${over}, which takes an approver; ${has(actor)}.`);
    }
    case 'promote':
      return promoted(state, event, given, actor, nowMs);
    case 'override':
      return overridden(state, event, given, actor, nowMs);
    default:
      return { event };
  }
}

const PROVES: readonly Step['kind'][] = ['setSplit', 'bake', 'approve'];

/** Whoever leaves this promotes: no step on the way asks for a proof or a person any more. */
function isLastProof({ phase, step }: RolloutState, steps: readonly Pick<Step, 'kind'>[]): boolean {
  if (phase === 'longWatch') return false;
  return phase === 'promoting' || !steps.slice(step + 1).some(({ kind }) => PROVES.includes(kind));
}

function refused(act: Act, why: string): Taken {
  return { why: `Cannot ${act}: ${why}` };
}

const MIN_WORDS = 3;
/** A promotion of what is not proven lapses by then, unless it says when. */
const PROMOTE_LIFE_MS = 10 * 60_000;

/** While not every enforced guardrail is proven safe, it is an override: by an approver, with a reason, and in time. */
function promoted(state: RolloutState, event: Acted, given: FitAct, actor: Actor, nowMs: number): Taken {
  const text = notSafeText(state.report);
  if (text === null) return { event };
  const over = `this promotes what is not proven (${text})`;
  if (!isApprover(actor)) return refused('promote', `${over}, which takes an approver; ${has(actor)}.`);
  if (given.reason.trim().split(/\s+/u).length < MIN_WORDS)
    return refused('promote', `${over}; say why in at least ${MIN_WORDS} words: it stands on record as an override.`);
  const untilMs = typeof given.expiresAt === 'string' ? Date.parse(given.expiresAt) : nowMs + PROMOTE_LIFE_MS;
  return untilMs <= nowMs
    ? refused('promote', `it was good until ${new Date(untilMs).toISOString()}; give it anew.`)
    : { event: { ...event, over: { text, untilMs } } };
}

function overridden(state: RolloutState, event: Acted, given: FitAct, actor: Actor, nowMs: number): Taken {
  const untilMs = Date.parse(String(given.until));
  const why = overrideRefusal(state, given, actor) ?? untilProblem(untilMs, nowMs);
  if (why !== null) return refused('override', why);
  const by = { by: actor.by, verifiedBy: actor.verifiedBy, subject: actor.subject };
  const said = { ...by, reason: given.reason, atMs: nowMs, untilMs };
  if (given.approvals === true) return { event: { ...event, override: { kind: 'approvals', ...said } } };
  if (given.window === true)
    return state.closedWindow === null
      ? refused('override', 'no split waits for a change window now, so there is none that one could let pass.')
      : { event: { ...event, override: { kind: 'window', ...state.closedWindow, ...said } } };
  const override = harmOverride(state, String(given.guardrail), said);
  return typeof override === 'string' ? refused('override', override) : { event: { ...event, override } };
}

function overrideRefusal(state: RolloutState, given: FitAct, actor: Actor): string | null {
  const { approvals, starter } = state;
  if ((given.approvals === true || given.window === true) && !actor.roles.includes('admin'))
    return `${given.window === true ? 'a closed change window is' : 'approvals are'} let pass by an admin; ${has(actor)}.`;
  if (!isApprover(actor)) return `it takes an approver; ${has(actor)}.`;
  return approvals.some(({ notStarter }) => notStarter) && isStarter(starter, actor)
    ? `${actor.by} started this rollout, and the plan has somebody else decide (notStarter).`
    : null;
}

function harmOverride(
  { report }: RolloutState,
  name: string,
  said: Omit<Extract<Override, { kind: 'approvals' }>, 'kind'>,
): Override | string {
  const row = rowNamed(report, name);
  if (row === undefined) {
    const known = (report?.guardrails ?? []).map(guardrailLabel);
    return `no guardrail on ${name} is judged; ${known.length === 0 ? 'nothing is judged yet' : `there are ${known.join(', ')}`}.`;
  }
  if (row.mode !== 'enforce')
    return `the guardrail on ${name} rolls nothing back (mode ${row.mode})${row.mode === 'pause' ? '; `resume` accepts what it says' : ''}.`;
  const bound = boundTo(row);
  return bound === null
    ? `no harm of ${name} is shown, so there is none that one could let pass (${figuresText(row)}).`
    : { kind: 'harm', ...bound, ...said };
}

function isStarter(starter: Person | null, actor: Person): boolean {
  return starter !== null && isSamePerson(starter, actor);
}

function isApprover({ roles }: Actor): boolean {
  return roles.includes('approver') || roles.includes('admin');
}

function has({ by, roles }: Actor): string {
  return `${by} has ${roles.length === 0 ? 'no role' : `only ${roles.join(', ')}`}`;
}
