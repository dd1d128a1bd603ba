/** Which section of docs/runbook.md is for whoever is needed. */
import { isLostPhase } from './status.ts';
import type { JudgeReport } from '../judge/types.ts';

export interface RunbookSection {
  readonly title: string;
  /** Of its heading, or of its row in the table. */
  readonly anchor: string;
}

export const RUNBOOK = {
  table: { title: 'What you see, and what to do', anchor: 'what-you-see-and-what-to-do' },
  approval: { title: 'Waits for an approval', anchor: 'row-waits-for-an-approval-awaitingapproval' },
  held: { title: 'Held for proof', anchor: 'row-held-for-proof-held' },
  overdue: { title: 'Held, its approval is overdue', anchor: 'row-held-its-approval-is-overdue-held' },
  paused: { title: 'Paused by a person', anchor: 'row-paused-by-a-person' },
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
  readonly reason: string;
  readonly canDo: readonly string[];
  readonly byHand?: object | undefined;
}

/** The first is about what is the matter. */
export function runbookSections(status: Needing): readonly RunbookSection[] {
  return [sectionOf(status), ...(status.byHand === undefined ? [] : [RUNBOOK.byHand])];
}

function sectionOf({ phase, paused, report, reason, canDo }: Needing): RunbookSection {
  if (phase === 'needsAttention' || phase === 'rollingBack') return RUNBOOK.unproven;
  if (phase === 'frozen') return RUNBOOK.broken;
  if (isLostPhase(phase)) return RUNBOOK.ended;
  if (paused && reason.startsWith('pause by ')) return RUNBOOK.paused;
  if (paused) return report?.verdict === 'noData' ? RUNBOOK.silent : RUNBOOK.table;
  if (phase === 'awaitingApproval') return RUNBOOK.approval;
  if (phase === 'held') return canDo.includes('approve') ? RUNBOOK.overdue : RUNBOOK.held;
  return RUNBOOK.table;
}
