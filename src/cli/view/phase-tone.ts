/** Which colour a phase has. */
import type { ShownStatus } from '../../configurator/lost.ts';
import type { Tone } from './paint.ts';

const BAD: readonly ShownStatus['phase'][] = [
  'rolledBack',
  'rollingBack',
  'needsAttention',
  'rejected',
  'terminated',
  'failed',
  'timedOut',
  'cancelled',
  'frozen',
];

export function phaseTone({ phase, paused }: ShownStatus): Tone {
  if (phase === 'promoted' || phase === 'retired' || phase === 'undone') return 'good';
  if (BAD.includes(phase)) return 'bad';
  return paused || phase === 'held' || phase === 'awaitingApproval' || phase === 'awaitingHook' ? 'warn' : 'bold';
}
