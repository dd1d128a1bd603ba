/** Which colour a phase has. */
import type { ShownStatus } from '../../configurator/lost.ts';
import { phaseTone } from '../../domain/rollout/tone.ts';
import type { Tone } from './paint.ts';

export function statusTone({ phase, paused }: ShownStatus): Tone {
  const tone = phaseTone(phase);
  if (tone === 'good' || tone === 'bad') return tone;
  return paused || tone === 'warn' ? 'warn' : 'bold';
}
