import { z } from 'zod';
import { DEFAULT_POLICIES, driftActions } from './default-policies.ts';
import { didYouMean } from './did-you-mean.ts';
import { readField } from './fields.ts';
import type { DriftAction, DriftKind } from './plan.ts';
import type { Fault } from './problem.ts';
import { show } from './problem.ts';

const MEANING: Readonly<Record<DriftKind, string>> = {
  candidateContent: "The new version's card, trigger or size was changed by another hand.",
  baselineContent: "The old version's card, trigger or size was changed by another hand.",
  split: 'The organisation shows another split.',
  enabled: 'A version was switched on or off.',
  deleted: 'A version is gone.',
  rival: 'There is another new version of the same action.',
  export: 'The export that brings the events is gone or changed.',
  unseen: 'The organisation no longer lets us look at it, so drift cannot be watched.',
};

const WHY_NOT: Partial<Record<DriftKind, string>> = {
  candidateContent: 'what another hand wrote was never checked, and the engine does not overwrite it',
  baselineContent: 'what another hand wrote may be a mend, and the engine does not overwrite it',
  deleted: "a version that somebody deleted is not the engine's to make again",
  rival: "a version that somebody else made is not the engine's to take away",
  unseen: 'the right to look is not ours to give',
};

/** What to do about drift, written the same in a plan and in the engine. */
export const driftSchema = z.strictObject({
  candidateContent: drift('candidateContent'),
  baselineContent: drift('baselineContent'),
  split: drift('split'),
  enabled: drift('enabled'),
  deleted: drift('deleted'),
  rival: drift('rival'),
  export: drift('export'),
  unseen: drift('unseen'),
});

function drift(kind: DriftKind) {
  return driftField(kind).prefault(DEFAULT_POLICIES.onDrift[kind]);
}

function driftField(kind: DriftKind) {
  const actions = driftActions(kind);
  return readField({ type: 'string', enum: actions, description: MEANING[kind] }, (value): DriftAction | Fault => {
    const action = actions.find((one) => one === value);
    if (action !== undefined) return action;
    if (value === 'reassert')
      return {
        code: 'plan-drift',
        message: `${kind} cannot be reassert: ${WHY_NOT[kind] ?? ''}.`,
        remedy: 'Write rollback or pause.',
      };
    return {
      code: 'plan-value',
      message: `Here stands ${show(value)}; expected ${actions.join(' or ')}.`,
      remedy: typeof value === 'string' ? didYouMean(value, actions) : `Write ${actions.join(' or ')}.`,
    };
  });
}
