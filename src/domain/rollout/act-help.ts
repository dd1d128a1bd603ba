/** What stands beside each update, signal and query in the Temporal Web UI: what it does, and what a person types. */
import type { Act } from './acts.ts';

const WHO = '{ "by": "your name", "reason": "why; stands in the audit log" }';
const SIGNED =
  'Where operators are known (OPERATORS_FILE) it needs "expiresAt" and "signature" too: use `assist-rollouts`, which ' +
  'signs it.';

const WHAT: Readonly<Record<Act, string>> = {
  pause: 'Holds the rollout where it stands; guardrails stay live.',
  resume:
    'Lets a paused rollout go on, and accepts what it was paused for, as it is shown. Add "pause": 2, as in the status, ' +
    'and it is refused if it is paused for another reason since.',
  approve: 'Gives the approval that is waited for; each person counts once. Add "step": 4 to name it.',
  withdraw: 'Takes your approval back, until the step has gone on.',
  advance: 'Leaves the bake at hand now; never past harm, never over an approval. Add "step": 4 to name it.',
  promote:
    'Skips what remains and promotes; never past harm, never over an approval that is still to come; hooks that are still ' +
    'to come are asked. While not every guardrail is proven safe it takes an approver and a reason of some words, and stands as an override on record.',
  override:
    "Lets one guardrail's harm pass, as it is shown now and no worse, before it is proven; or, by an admin, the " +
    'approvals still to come, or the closed change window that is waited for. Add "until": "2026-03-01T12:00:00Z", ' +
    'and "guardrail": "acceptanceRate", "approvals": true or "window": true.',
  abort: 'Rolls back now, whatever is going on.',
};

export const ACT_HELP = Object.fromEntries(
  Object.entries(WHAT).map(([act, what]) => [act, `${what} Input: ${WHO}. ${SIGNED}`]),
) as Readonly<Record<Act, string>>;

export const BRAKE_HELP =
  'A brake that Temporal keeps until a worker runs. Input: { "name": "abort" or "pause", "by": "your name", "reason": ' +
  `"why" }. ${SIGNED}`;

export const GUARDIAN_HELP = 'From the guardian, which looks from outside. Nothing for people: use the updates.';

export const STATUS_HELP =
  'Where the rollout stands: steps, split, verdict, what it waits for, what a person can do. No input.';
