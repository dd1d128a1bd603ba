/** Where a target cannot give the candidate every percentage: what it gives for the one that is asked. */

/** A target moves whole queues or agents: these are all the shares that it can give. */
export interface Shares {
  /** Candidate's shares in percent, to 0.01, ascending from 0 to 100; absent: any. */
  readonly shares?: readonly number[] | undefined;
}

/**
 * The largest share that is not above the asked one (0..100), for nobody is shown a version that was not asked for; but
 * what is asked above 0 is never nobody, or a step would wait for cards that cannot come.
 */
export function achievedShare({ shares }: Shares, asked: number): number {
  if (shares === undefined || shares.includes(asked)) return asked;
  const below = shares.findLast((share) => share <= asked) ?? 0;
  return below > 0 || asked === 0 ? below : (shares.find((share) => share > 0) ?? 0);
}
