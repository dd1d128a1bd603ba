/**
 * The writes that bring both arms to a split, in an order that never takes a served bucket away: after every write,
 * whoever was served before is still served. This holds from any current state, also one that was changed by hand,
 * and when any of the writes arrives twice.
 */
import type { Arm } from '../judge/types.ts';
import type { ServedVersion } from './bucket.ts';
import { keepsService } from './coverage.ts';

export type Arms = Readonly<Record<Arm, ServedVersion>>;
/** Null: in that arm no card is shown. */
export type ServedArms = Readonly<Record<Arm, ServedVersion | null>>;

/** Bring this arm to this state, whatever it is now. */
export interface SplitWrite {
  readonly arm: Arm;
  readonly to: ServedVersion;
}

/**
 * Writes only what differs. `percent` is 0..100 and is rounded to the resolution of the buckets (0.01). A version that
 * stands alone serves its own arm, and nobody the other: that is what is asked.
 */
export function splitWrites({ candidate, baseline }: ServedArms, percent: number): readonly SplitWrite[] {
  if (candidate !== null && baseline !== null) return pairWrites({ candidate, baseline }, percent);
  return [
    ...aloneWrite('candidate', candidate, (current) => candidateAt(current, percent)),
    ...aloneWrite('baseline', baseline, () => ({
      enabled: true,
      group: 'control',
      splitPercent: roundToBuckets(100 - roundToBuckets(percent)),
    })),
  ];
}

function aloneWrite(
  arm: Arm,
  current: ServedVersion | null,
  stateFrom: (current: ServedVersion) => ServedVersion,
): readonly SplitWrite[] {
  if (current === null) return [];
  const to = stateFrom(current);
  return isSame(current, to) ? [] : [{ arm, to }];
}

function pairWrites(current: Arms, percent: number): readonly SplitWrite[] {
  return safestOrder(
    current,
    { arm: 'candidate', to: candidateAt(current.candidate, percent) },
    { arm: 'baseline', to: baselineBeside(percent) },
  );
}

/** Makes the candidate, where there is one, the whole of the control, then takes the baseline out. */
export function retireBaselineWrites({ candidate, baseline }: ServedArms): readonly SplitWrite[] {
  return standingWrites({ candidate, baseline }, { candidate: WHOLE, baseline: { ...OFF, group: 'control' } });
}

/** Makes the baseline, where there is one, the whole of the control, then takes the candidate out. */
export function retireCandidateWrites({ candidate, baseline }: ServedArms): readonly SplitWrite[] {
  return standingWrites({ candidate, baseline }, { candidate: { ...OFF, group: 'candidate' }, baseline: WHOLE });
}

const WHOLE: ServedVersion = { enabled: true, group: 'control', splitPercent: 100 };
const OFF = { enabled: false, splitPercent: 0 } as const;

function standingWrites({ candidate, baseline }: ServedArms, to: Arms): readonly SplitWrite[] {
  if (candidate !== null && baseline !== null)
    return safestOrder(
      { candidate, baseline },
      { arm: 'candidate', to: to.candidate },
      { arm: 'baseline', to: to.baseline },
    );
  return [
    ...aloneWrite('candidate', candidate, () => to.candidate),
    ...aloneWrite('baseline', baseline, () => to.baseline),
  ];
}

/** Both arms after the write. */
export function applyWrite(arms: Arms, write: SplitWrite): Arms {
  return { ...arms, [write.arm]: write.to };
}

/**
 * Raising finds the candidate first, lowering the baseline first. Where neither is safe (arms that swapped their groups
 * by hand), the baseline serves everything for a moment, which is always safe.
 */
function safestOrder(current: Arms, candidate: SplitWrite, baseline: SplitWrite): readonly SplitWrite[] {
  const everything: SplitWrite = { arm: 'baseline', to: WHOLE };
  const orders = [
    [candidate, baseline],
    [baseline, candidate],
  ].map((order) => onlyDifferences(current, order));
  return (
    orders.find((order) => neverUncovers(current, order)) ?? onlyDifferences(current, [everything, candidate, baseline])
  );
}

function neverUncovers(current: Arms, writes: readonly SplitWrite[]): boolean {
  let before = current;
  return writes.every((write) => {
    const after = applyWrite(before, write);
    const safe = keepsService(Object.values(before), Object.values(after));
    before = after;
    return safe;
  });
}

function onlyDifferences(current: Arms, writes: readonly SplitWrite[]): readonly SplitWrite[] {
  let arms = current;
  return writes.filter((write) => {
    const differs = !isSame(arms[write.arm], write.to);
    arms = applyWrite(arms, write);
    return differs;
  });
}

function isSame(a: ServedVersion, b: ServedVersion): boolean {
  return a.enabled === b.enabled && a.group === b.group && a.splitPercent === b.splitPercent;
}

/** At 0 a candidate that somebody disabled stays disabled. */
function candidateAt(current: ServedVersion, percent: number): ServedVersion {
  const splitPercent = roundToBuckets(percent);
  return { enabled: splitPercent > 0 || current.enabled, group: 'candidate', splitPercent };
}

/**
 * The control's split beside a candidate's. In floating point `100 - (100 - 0.01)` is more than 0.01, and that bucket
 * would belong to nobody: one bucket more costs nothing, since the candidate wins where both ranges overlap.
 */
export function baselineBeside(percent: number): ServedVersion {
  const candidate = roundToBuckets(percent);
  const rest = roundToBuckets(100 - candidate);
  const splitPercent = 100 - rest > candidate ? roundToBuckets(rest + 0.01) : rest;
  return { enabled: true, group: 'control', splitPercent };
}

function roundToBuckets(percent: number): number {
  if (!(percent >= 0 && percent <= 100)) throw new RangeError(`A split of ${percent} was asked; expected 0 to 100.`);
  return Math.round(percent * 100) / 100;
}
