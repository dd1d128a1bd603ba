/** The hands of tests are those of the fault campaign. */
export { connectHands } from '../../bench/lib/hands.ts';
export type { Hands } from '../../bench/lib/hands.ts';
