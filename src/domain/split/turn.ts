/**
 * Whose turn a conversation is, where each card is ours to choose. A conversation is given its arm once, at its first
 * card, and keeps it to its end: for as long as that version may serve.
 */
import { isWithin } from './audience.ts';
import type { Audience, Place } from './audience.ts';
import { bucketOf, versionFor } from './bucket.ts';
import type { ServedVersion } from './bucket.ts';

export interface ServedArm extends ServedVersion {
  readonly versionId: string;
  /** A rollout holds it against no card. */
  readonly standsAlone: boolean;
}

/** What is divided: an agent meets one version, or a conversation does. */
export type DrawnUnit = 'conversation' | 'agent';

export interface DividedTraffic {
  readonly epoch: number;
  /** The last one at which nobody was given a candidate: what was drawn before has no part in what is tried now. */
  readonly trialEpoch: number;
  readonly arms: readonly ServedArm[];
  /** Null: everybody. */
  readonly of: Audience | null;
  readonly unit: DrawnUnit;
}

/** How a conversation came to its arm. */
export interface Draw {
  /** Of the split by which it was drawn. */
  readonly epoch: number;
  /** The candidate's share then, 0..100; null: it was outside of the audience. */
  readonly percent: number | null;
}

export interface Turn {
  readonly versionId: string;
  /** Nobody serves the conversation: the version's trigger is told, and no card is shown. */
  readonly withheld: boolean;
  readonly draw: Draw;
}

export interface MetPlace extends Place {
  readonly conversationId: string;
  /** No candidate may be shown in this moment: whoever is drawn now had no chance of one. */
  readonly baselineOnly?: boolean | undefined;
}

/** Null: nobody's. `last`: of its latest card; null: this is the first one. */
export function turnOf(
  split: DividedTraffic,
  { conversationId, baselineOnly = false, ...place }: MetPlace,
  last: Turn | null,
): Turn | null {
  if (last !== null && mayStay(split.arms, last)) return { ...last, draw: drawNow(last.draw, split) };
  const isInside = split.of === null || isWithin(split.of, place);
  const chance = baselineOnly ? 0 : candidateShare(split.arms);
  const draw: Draw = { epoch: split.epoch, percent: isInside ? chance : null };
  const serving = isInside
    ? versionFor(split.arms, bucketOf(split.unit === 'agent' ? place.agentId : conversationId))
    : servingOutside(split.arms);
  if (serving !== undefined) return { versionId: serving.versionId, withheld: false, draw };
  const alone = isInside ? split.arms.find(({ enabled, standsAlone }) => enabled && standsAlone) : undefined;
  return alone === undefined ? null : { versionId: alone.versionId, withheld: true, draw };
}

/** May the version be shown to anybody? */
export function maySurface({ enabled, splitPercent }: ServedVersion): boolean {
  return enabled && splitPercent > 0;
}

/** Whoever is not in the audience has the control, whatever its share within it. */
export function servingOutside<V extends ServedVersion>(arms: readonly V[]): V | undefined {
  return arms.find((arm) => arm.group === 'control' && maySurface(arm));
}

function mayStay(arms: readonly ServedArm[], { versionId, withheld }: Turn): boolean {
  const arm = arms.find((one) => one.versionId === versionId);
  if (arm === undefined) return false;
  return withheld ? arm.enabled && arm.standsAlone : maySurface(arm);
}

/** Where the candidate is no card, all that the control does not serve. */
function candidateShare(arms: readonly ServedArm[]): number {
  const candidate = arms.find((arm) => arm.group === 'candidate' && arm.enabled);
  if (candidate !== undefined) return candidate.splitPercent;
  const alone = arms.find((arm) => arm.group === 'control' && arm.enabled && arm.standsAlone);
  return alone === undefined ? 0 : Number((100 - alone.splitPercent).toFixed(2));
}

/** Of an earlier trial: there was no chance of the candidate that is tried now. */
function drawNow(draw: Draw, { trialEpoch }: DividedTraffic): Draw {
  return draw.epoch < trialEpoch ? { epoch: trialEpoch, percent: 0 } : draw;
}

/** Is nobody given a candidate? */
export function isTrialOver(arms: readonly ServedArm[]): boolean {
  return candidateShare(arms) === 0;
}
