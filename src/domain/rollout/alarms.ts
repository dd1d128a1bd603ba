/** Harm by guardrails that only pause: a person is asked, and nothing is rolled back. */
import type { JudgeReport } from '../judge/types.ts';
import { guardrailLabel } from '../plan/guardrail-label.ts';
import type { AcceptedEvidence, Evidence } from './accepted-evidence.ts';
import { againSentences, isNews } from './accepted-evidence.ts';

/** What says harm now, by what it watches. */
export function alarmsOf({ guardrails }: JudgeReport): readonly (Evidence & { readonly sentence: string })[] {
  return guardrails
    .filter(({ mode, verdict }) => mode === 'pause' && verdict === 'harm')
    .map((row) => ({ kind: guardrailLabel(row), logEvidence: row.logEvidence.harm, sentence: row.sentence }));
}

/** What no person has accepted yet; null: nothing. */
export function newAlarm(report: JudgeReport, accepted: 'all' | readonly AcceptedEvidence[]): string | null {
  if (accepted === 'all') return null;
  const fresh = alarmsOf(report).filter((alarm) => isNews(alarm, accepted));
  if (fresh.length === 0) return null;
  return [...fresh.map(({ sentence }) => sentence), ...againSentences(fresh, accepted)].join(' ');
}
