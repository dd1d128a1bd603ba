/** Which section of docs/runbook.md is for whoever is needed. */
import { isLostPhase } from './status.ts';
import type { JudgeReport } from '../judge/types.ts';

export interface RunbookSection {
  readonly title: string;
  /** Of its heading. */
  readonly anchor: string;
}

export const RUNBOOK = {
  table: { title: 'What you see, and what to do', anchor: 'what-you-see-and-what-to-do' },
  unproven: { title: 'A roll back is not confirmed', anchor: 'a-roll-back-is-not-confirmed' },
  ended: { title: 'Somebody terminated a rollout', anchor: 'somebody-terminated-a-rollout' },
  broken: { title: 'A release of ours is broken', anchor: 'a-release-of-ours-is-broken' },
  silent: { title: 'No cards come in', anchor: 'no-cards-come-in' },
  byHand: { title: 'Setting it by hand', anchor: 'setting-it-by-hand' },
} as const satisfies Readonly<Record<string, RunbookSection>>;

interface Needing {
  readonly phase: string;
  readonly paused: boolean;
  readonly report: Pick<JudgeReport, 'verdict'> | null;
  readonly byHand?: object | undefined;
}

/** The first is about what is the matter. */
export function runbookSections({ phase, paused, report, byHand }: Needing): readonly RunbookSection[] {
  return [sectionOf(phase, paused && report?.verdict === 'noData'), ...(byHand === undefined ? [] : [RUNBOOK.byHand])];
}

function sectionOf(phase: string, isSilent: boolean): RunbookSection {
  if (phase === 'needsAttention' || phase === 'rollingBack') return RUNBOOK.unproven;
  if (phase === 'frozen') return RUNBOOK.broken;
  if (isLostPhase(phase)) return RUNBOOK.ended;
  return isSilent ? RUNBOOK.silent : RUNBOOK.table;
}
