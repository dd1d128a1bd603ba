import type { Guardrail } from './plan.ts';

/** What stands behind a guardrail that does not roll back; empty for one that does. */
export function modeText(mode: Guardrail['mode']): string {
  return { enforce: '', pause: ' (pauses)', observe: ' (observed only)' }[mode];
}
