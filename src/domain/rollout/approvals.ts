/** Who has to approve, who has, and what is still to come. A person counts once, by whatever name. Pure. */
import type { Actor } from '../identity/actor.ts';
import { CLAIMED } from '../identity/actor.ts';
import { skeleton } from '../identity/names.ts';
import type { Step } from '../plan/steps/steps.ts';

/** Somebody who acted, as far as it is known who that was. */
export type Person = Pick<Actor, 'by' | 'verifiedBy' | 'subject'>;

export interface AskedApproval {
  /** Index into the plan's steps. */
  readonly step: number;
  readonly reason: string;
  /** Groups of which a person must be in one; empty: anybody may. */
  readonly by: readonly string[];
  readonly count: number;
  readonly notStarter: boolean;
  readonly given: readonly Person[];
}

export function askedApprovals(steps: readonly Step[]): readonly AskedApproval[] {
  return steps.flatMap((step, index) =>
    step.kind === 'approve'
      ? [
          {
            step: index,
            reason: step.reason,
            by: step.by ?? [],
            count: step.count ?? 1,
            notStarter: step.notStarter ?? false,
            given: [],
          },
        ]
      : [],
  );
}

/**
 * By what was verified where both were; else by the name, for nobody can be told apart from whoever bears it: people
 * who look the same to a reader are the same.
 */
export function isSamePerson(one: Person, other: Person): boolean {
  return one.subject !== null && one.subject === other.subject ? true : skeleton(one.by) === skeleton(other.by);
}

/** Two of whom it is known who they are may look alike, and neither takes back what the other gave. */
function isTheirOwn(known: Person, person: Person): boolean {
  const areTold = known.subject !== null && person.subject !== null;
  return areTold ? known.subject === person.subject || known.by === person.by : isSamePerson(known, person);
}

export function isGiven({ given, count }: AskedApproval): boolean {
  return given.length >= count;
}

export function approvalAt(asked: readonly AskedApproval[], step: number): AskedApproval | undefined {
  return asked.find((one) => one.step === step);
}

/** At the step at hand or after it, and not yet given. */
export function approvalsToCome(asked: readonly AskedApproval[], step: number): readonly AskedApproval[] {
  return asked.filter((one) => one.step >= step && !isGiven(one));
}

/** With one more name; the same person twice is one. */
export function withApproval(asked: readonly AskedApproval[], step: number, person: Person): readonly AskedApproval[] {
  return asked.map((one) =>
    one.step !== step || one.given.some((known) => isSamePerson(known, person))
      ? one
      : { ...one, given: [...one.given, person] },
  );
}

/** Taken back by whoever gave it. */
export function withoutApproval(
  asked: readonly AskedApproval[],
  step: number,
  person: Person,
): readonly AskedApproval[] {
  return asked.map((one) =>
    one.step === step ? { ...one, given: one.given.filter((known) => !isTheirOwn(known, person)) } : one,
  );
}

/** Why this person has nothing to take back, or null. */
export function withdrawalRefusal(asked: AskedApproval, person: Person): string | null {
  return asked.given.some((known) => isTheirOwn(known, person))
    ? null
    : `${person.by} has not approved (${givenText(asked)}); each takes back their own.`;
}

/** Why this person's approval does not count, or null. `groups`: verified. */
export function approvalRefusal(
  asked: AskedApproval,
  person: Person & { readonly groups: readonly string[] },
  starter: Person | null,
): string | null {
  if (asked.given.some((known) => isSamePerson(known, person)))
    return `${person.by} has approved already (${givenText(asked)}); it takes another person.`;
  if (asked.notStarter && starter !== null && isSamePerson(starter, person))
    return `${person.by} started this rollout, and the plan has somebody else approve it (notStarter).`;
  if (asked.by.length === 0 || asked.by.some((group) => person.groups.includes(group))) return null;
  const has = person.groups.length === 0 ? 'no group' : person.groups.join(', ');
  return `${groupsText(asked.by)} may approve, and ${person.by} is in ${has}.`;
}

/** `1 of 2 approvals: ana; team-leads may approve; not the starter (bob); names are claimed, not verified`. */
export function approvalText(asked: AskedApproval, starter: Person | null): string {
  const isClaimed = [...asked.given, ...(asked.notStarter && starter !== null ? [starter] : [])].some(
    ({ verifiedBy }) => verifiedBy === null,
  );
  return [
    givenText(asked),
    ...(asked.by.length === 0 ? [] : [`${groupsText(asked.by)} may approve`]),
    ...(asked.notStarter ? [`not the starter${starter === null ? '' : ` (${starter.by})`}`] : []),
    ...(isClaimed ? [`names are ${CLAIMED}`] : []),
  ].join('; ');
}

function givenText({ given, count }: AskedApproval): string {
  const names = given.length === 0 ? '' : `: ${given.map(({ by }) => by).join(', ')}`;
  return `${given.length} of ${count} ${count === 1 ? 'approval' : 'approvals'}${names}`;
}

function groupsText(groups: readonly string[]): string {
  return groups.join(' or ');
}

/** `"Team leads agree" (step 4, 0 of 2 approvals)`. */
export function toComeText(toCome: readonly AskedApproval[]): string {
  return toCome.map((one) => `"${one.reason}" (step ${one.step + 1}, ${givenText(one)})`).join(' and ');
}
