/** Waves: one card over several actions (queues, divisions, languages, organisations), one group of rollouts after another. */
import type { Plan } from '../plan/plan.ts';

export interface WavesPlan {
  /** Keeps two runs of the same waves apart. */
  readonly name: string;
  readonly waves: readonly Wave[];
  /** At most so many rollouts of a wave run at once. */
  readonly maxParallel: number;
  /** Between the last promotion of a wave and the start of the next. */
  readonly betweenMs: number;
  readonly onRollback: OnRollback;
}

export interface Wave {
  readonly name: string;
  /** Its rollouts, each of an action of its own. */
  readonly members: readonly Member[];
}

export interface Member {
  readonly plan: Plan;
  /** By its name in ORGANISATIONS_FILE, served by a worker of its own; absent: the one that the waves run in. */
  readonly organisation?: string;
}

/** Two organisations may have an action of one name. */
export function memberId({ plan, organisation }: Member): string {
  const { name } = plan.action;
  return organisation === undefined ? name : `${organisation}: ${name}`;
}

/** What becomes of the others once a member is rolled back or rejected; nothing more is started in any case. */
export interface OnRollback {
  /** Those that run. */
  readonly running: (typeof RUNNING_CHOICES)[number];
  /** Those that are promoted: left as they are, or taken back to the version before. */
  readonly promoted: (typeof PROMOTED_CHOICES)[number];
}

export const RUNNING_CHOICES = ['goOn', 'abort'] as const;
export const PROMOTED_CHOICES = ['leave', 'undo'] as const;

export const MAX_WAVES = 20;
export const MAX_MEMBERS = 50;
/** Characters of html in all: what Temporal carries in one message has an end. */
export const MAX_HTML = 1_200_000;
export const ORGANISATION_PATTERN = /^[a-z0-9][a-z0-9-]{0,39}$/;
export const ORGANISATION_HELP = 'a name of 1 to 40 small letters, digits and dashes';
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$/;
export const NAME_HELP = 'a name of 1 to 80 letters, digits, blanks, dots, dashes and underscores';
