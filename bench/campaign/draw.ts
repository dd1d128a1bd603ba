/** What a schedule is made of, drawn from its seed alone: the same seed and number give the same rollouts and faults. */
import { seededRandom } from '../../src/domain/shared/random.ts';
import type { Random } from '../../src/domain/shared/random.ts';
import { DEEDS, SIDES } from './orders.ts';
import type { Boundary, Order } from './orders.ts';

/** Of each there is one in every schedule. */
const USUAL = ['good', 'harmful', 'aborted', 'approved', 'paused'] as const;
/**
 * Of these in turn: gone back from after its promotion; asks a hook; is watched on; is frozen; two in waves; two in waves
 * that are aborted as they begin.
 */
const FURTHER = ['undone', 'hooked', 'watchedOn', 'frozen', 'inWaves', 'calledOff'] as const;
const IN_WAVES: readonly Kind[] = ['inWaves', 'calledOff'];
export type Kind = (typeof USUAL | typeof FURTHER)[number];

/** What another hand does to one rollout, in the organisation and in Temporal. */
export const HANDS = [
  'swapCandidate',
  'changeBaseline',
  'moveSplit',
  'switchOff',
  'deleteCandidate',
  'addRival',
  'terminate',
  'reset',
  'cancel',
  'pauseWatch',
  'forgeRestored',
] as const;
export type Hand = (typeof HANDS)[number];

/** What befalls everybody for a while. */
export const WINDOWS = [
  'lostAnswers',
  'lostRequests',
  'storm429',
  'conflicts409',
  'forbidden403',
  'errors500',
  'slowAnswers',
  'cuts',
  'delays',
  'halves',
  'reordering',
  'slowPushes',
  'doubledPushes',
  'reorderedPushes',
  'cutPushes',
  'eventClockOff',
  'organisationClockOff',
  'workerClockOff',
  'workerKill',
  'workerStop',
  'eventsKill',
  'eventsStop',
  'temporalKill',
  'temporalStop',
  'databaseKill',
  'diskFull',
] as const;
export type WindowKind = (typeof WINDOWS)[number];

export interface PlannedRollout {
  readonly action: string;
  readonly kind: Kind;
  readonly startAtMs: number;
  /** From its start to what a person does. */
  readonly actAfterMs: number;
  readonly hand: Hand | null;
  /** The actions of the waves that it is in; null: it is in none. */
  readonly waves: readonly string[] | null;
}

export interface PlannedWindow {
  readonly kind: WindowKind;
  readonly atMs: number;
  readonly forMs: number;
  /** 0..1, of a size that the fault has. */
  readonly size: number;
}

export interface PlannedOrder extends Order {
  /** When it is given. */
  readonly atMs: number;
  /** Who falls asleep is woken after this. */
  readonly sleepMs: number;
}

export interface Schedule {
  readonly nth: number;
  readonly rollouts: readonly PlannedRollout[];
  readonly orders: readonly PlannedOrder[];
  readonly windows: readonly PlannedWindow[];
}

export const ACTIVITIES = [
  'open',
  'validate',
  'ensureExport',
  'deploy',
  'applySplit',
  'watch',
  'record',
  'authorise',
  'rollBack',
  'confirmQuiet',
  'retireBaseline',
  'isRestoring',
  'findUndo',
  'askHook',
  'longWatch',
  'startTime',
  'countHours',
  'awaitHours',
  'changeFreeze',
  'awaitCalendar',
  'calendar',
  'listFreezes',
  'lookAround',
  'askRegistry',
  'memberPhase',
  'recordWaves',
  'knowElsewhere',
  'startElsewhere',
  'findElsewhere',
  'followElsewhere',
  'actElsewhere',
  'guardianLook',
  'guardianAct',
  'restoreBaseline',
  'recordRecovery',
  'measureHandling',
  'signAudit',
  'shipAudit',
  'send',
] as const;
/** Of which a rollout has many: more may pass. */
const OFTEN: readonly string[] = ['applySplit', 'watch', 'record'];
/** Of which every rollout has one or two; of all others there are few, and the first that comes is taken. */
const USUALLY: readonly string[] = ['open', 'validate', 'ensureExport', 'deploy', 'authorise', 'rollBack'];

/** Nobody comes by these unless a rollout is torn out of its trial. */
const AFTER_TERMINATE: readonly string[] = ['guardianAct', 'restoreBaseline', 'recordRecovery'];

const BOUNDARIES: readonly Boundary[] = ACTIVITIES.flatMap((activity) =>
  SIDES.flatMap((side) => DEEDS.map((deed) => ({ activity, side, deed }))),
);

/** All faults begin within this. */
export const FAULTS_MS = 20_000;
/** More of them, and two cores have no time left to come to what is late. */
const ORDERS = 2;
const WINDOW_MS = { atLeast: 2_000, atMost: 9_000 };
const SLEEP_MS = { atLeast: 1_000, atMost: 14_000 };

/** `at`: only at the boundaries of these activities somebody dies, or falls asleep. */
export function drawSchedule(seed: number, nth: number, at: readonly string[] = ACTIVITIES): Schedule {
  const random = seededRandom(seed * 100_003 + nth);
  const further = FURTHER[nth % FURTHER.length] as Kind;
  const kinds = [...USUAL, further, ...(IN_WAVES.includes(further) ? [further] : [])];
  const names = kinds.map((kind, place) => `S${seed}n${nth}${kind}${place}`);
  const rollouts = kinds.map((kind, place): PlannedRollout => ({
    action: names[place] as string,
    kind,
    startAtMs: Math.round(random.next() * 4_000),
    actAfterMs: Math.round(500 + random.next() * 9_000),
    hand: random.next() < 0.25 ? pick(random, HANDS) : null,
    waves: IN_WAVES.includes(kind) ? names.slice(USUAL.length) : null,
  }));
  const orders = Array.from({ length: ORDERS }, (_, place) =>
    drawOrder(random, { seed, turn: nth * ORDERS + place, at }),
  );
  const isTorn = orders.some(({ activity }) => AFTER_TERMINATE.includes(activity));
  return {
    nth,
    rollouts: rollouts.map((one) => (isTorn && one.kind === 'good' ? { ...one, hand: 'terminate' } : one)),
    orders,
    windows: Array.from({ length: 1 + Math.floor(random.next() * 2) }, () => ({
      kind: pick(random, WINDOWS),
      atMs: Math.round(random.next() * (FAULTS_MS - WINDOW_MS.atMost)),
      forMs: Math.round(between(random, WINDOW_MS)),
      size: random.next(),
    })),
  };
}

interface Turn {
  readonly seed: number;
  readonly turn: number;
  readonly at: readonly string[];
}

/** Every boundary comes in turn, in an order of the seed's own, so that a long campaign comes to all alike: to whichever rollout comes by. */
function drawOrder(random: Random, { seed, turn, at }: Turn): PlannedOrder {
  const boundaries = shuffled(seed).filter(({ activity }) => at.includes(activity));
  const boundary = boundaries[turn % boundaries.length] as Boundary;
  const most = mostPassing(boundary);
  const passing = Math.floor(random.next() * most);
  const atMs = Math.round(random.next() * FAULTS_MS);
  return {
    ...boundary,
    of: 'any',
    passing,
    // What comes seldom may have come by already, later on.
    atMs: most > 1 ? atMs : atMs / 4,
    sleepMs: Math.round(between(random, SLEEP_MS)),
  };
}

function mostPassing({ activity }: Boundary): number {
  if (OFTEN.includes(activity)) return 5;
  return USUALLY.includes(activity) ? 2 : 1;
}

function shuffled(seed: number): readonly Boundary[] {
  const random = seededRandom(seed);
  return BOUNDARIES.map((boundary) => ({ boundary, at: random.next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ boundary }) => boundary);
}

function pick<T>(random: Random, all: readonly T[]): T {
  return all[Math.floor(random.next() * all.length)] as T;
}

function between(random: Random, { atLeast, atMost }: { readonly atLeast: number; readonly atMost: number }): number {
  return atLeast + random.next() * (atMost - atLeast);
}
