/** Prior weights of the bets on a gain, the smallest first (gain-bets.ts). */
export const GAIN_WEIGHTS = [0.4, 0.35, 0.25] as const;
