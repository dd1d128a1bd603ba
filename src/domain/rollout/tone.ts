/** How good or bad what is said of a rollout is, for whatever gives it a colour or a sign. */
import type { Verdict } from '../judge/types.ts';
import { isServedBy, LOST_PHASES } from './status.ts';

export const VERDICT_TONES = {
  harm: 'bad',
  safe: 'good',
  undecided: 'dim',
  noData: 'warn',
  untrusted: 'bad',
} as const satisfies Readonly<Record<Verdict, string>>;

const BAD: readonly string[] = ['rolledBack', 'rollingBack', 'needsAttention', 'rejected', ...LOST_PHASES];
const WAITING: readonly string[] = ['held', 'awaitingApproval', 'awaitingHook'];

/** Null: it goes its way. */
export function phaseTone(phase: string): 'good' | 'bad' | 'warn' | null {
  if (isServedBy(phase)) return 'good';
  if (BAD.includes(phase)) return 'bad';
  return WAITING.includes(phase) ? 'warn' : null;
}
