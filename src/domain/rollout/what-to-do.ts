/** What whoever is called does about a rollout that needs a person, as docs/runbook.md has it: of every surface alike. Pure. */
import type { Deployment } from './deployment.ts';
import { isLostPhase } from './status.ts';

export interface NeedsPerson {
  readonly phase: string;
  readonly paused: boolean;
  readonly canDo: readonly string[];
  readonly deployment?: Pick<Deployment, 'baseline'> | null;
}

/** Begins small: it stands behind "What to do:". */
export function whatToDo(status: NeedsPerson): string {
  const { phase, paused, canDo } = status;
  const can = (act: string): boolean => canDo.includes(act);
  const orAbort = can('abort') ? ` In doubt abort: ${abortDoes(status)}.` : '';
  if (phase === 'needsAttention')
    return can('abort')
      ? "look at the baseline's card: its content is another than at the start. Abort goes back to it as it now is."
      : 'mend what is named here, and it goes on by itself; it is tried for ever. If that takes long, set it by hand.';
  if (phase === 'rollingBack') return 'nothing yet: it is being rolled back, and tried until that is proven.';
  if (can('recover')) return 'recover: it brings the baseline back to all conversations, and reads it back.';
  if (isLostPhase(phase) && can('undo'))
    return 'undo it again: that goes on where this one was left, and is read back.';
  if (phase === 'terminated') return 'nothing more: the baseline was brought back. `retry` starts the rollout again.';
  if (isLostPhase(phase)) return 'nothing more: the baseline was brought back. Put right what the workers run.';
  if (paused)
    return `read why it is paused; ${can('resume') ? 'resume accepts that as it is shown, and goes on' : 'it cannot be resumed yet'}.${orAbort}`;
  if (can('approve')) return `approve, if you may.${orAbort}`;
  if (phase === 'held') return `${heldText(can)}${orAbort}`;
  return `see that workers run and what they need is there; it goes on by itself.${orAbort}`;
}

/** Only what is possible is named. */
function heldText(can: (act: string) => boolean): string {
  const ways = [
    ...(can('advance') ? ['advance goes on without the proof'] : []),
    ...(can('promote') ? ['promote skips what is left'] : []),
  ];
  return ways.length === 0 ? 'read the figures.' : `read the figures: ${ways.join(', ')}.`;
}

/** A first version has none before it. */
function abortDoes({ deployment }: NeedsPerson): string {
  return deployment != null && deployment.baseline === null
    ? 'agents see no card again, and that is proven'
    : 'the version that served before is put back, and that is proven';
}
