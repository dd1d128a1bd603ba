/**
 * What somebody is shown when they are asked once more goes with their answer, so that what they confirm is that: where
 * it is worse by then, or something else, they are asked anew.
 */
import { z } from 'zod';
import { guardrailLabel } from '../domain/plan/guardrail-label.ts';
import type { GuardrailReport, JudgeReport } from '../domain/judge/types.ts';
import { boundTo, notSafeText, rowNamed } from '../domain/rollout/overrides.ts';
import type { RolloutView } from '../configurator/rollouts.ts';

export interface Confirming {
  readonly act: string;
  readonly guardrail?: string | undefined;
  readonly window?: unknown;
}

export const MAX_SHOWN_LENGTH = 16_384;

const shownSchema = z.strictObject({
  /** What is waited for, where that is what is let pass. */
  waits: z.string().nullable(),
  /** Verdicts and how far the candidate is from the baseline (null: not known), by guardrail; '' is the whole. */
  rows: z.array(z.tuple([z.string(), z.string(), z.number().nullable()])),
});
type Shown = z.output<typeof shownSchema>;

/** As it goes into the form. */
export function shownText(asked: Confirming, view: RolloutView | null): string {
  return JSON.stringify(shownOf(asked, view));
}

/** Whether what is so now is what was shown, or better. */
export function isAsShown(text: string | undefined, asked: Confirming, view: RolloutView | null): boolean {
  const now = shownOf(asked, view);
  if (now.rows.length === 0 && now.waits === null) return true;
  const shown = parse(text);
  if (shown === null || (now.waits !== null && now.waits !== shown.waits)) return false;
  const report = reportOf(view);
  return now.rows.every(([label, verdict, estimate]) => {
    const then = shown.rows.find(([known]) => known === label);
    return then !== undefined && then[1] === verdict && !isWorse(rowNamed(report, label), then[2] ?? 0, estimate ?? 0);
  });
}

function shownOf({ act, guardrail, window }: Confirming, view: RolloutView | null): Shown {
  const report = reportOf(view);
  if (act === 'override' && window !== undefined) return { waits: view?.status.waitingFor ?? '', rows: [] };
  if (act === 'override' && guardrail !== undefined) {
    const row = rowNamed(report, guardrail);
    return { waits: null, rows: row === undefined ? [] : [rowOf(row)] };
  }
  if (act !== 'promote' || view === null || notSafeText(report) === null) return { waits: null, rows: [] };
  const unproven = report?.guardrails.filter(({ mode, verdict }) => mode === 'enforce' && verdict !== 'safe') ?? [];
  return { waits: null, rows: [['', report?.verdict ?? 'noData', null], ...unproven.map(rowOf)] };
}

function reportOf(view: RolloutView | null): JudgeReport | null {
  return view === null ? null : (view.progress?.report ?? view.status.report);
}

function rowOf(row: GuardrailReport): Shown['rows'][number] {
  return [guardrailLabel(row), row.verdict, row.effect?.estimate ?? null];
}

/** What moves by less than so much of what an override of it lets pass is as it was shown: nobody is asked for ever. */
const STILL = 0.1;

function isWorse(row: GuardrailReport | undefined, then: number, now: number): boolean {
  const bound = row === undefined ? null : boundTo(row);
  // No worse than the baseline.
  if (row === undefined || bound === null) return false;
  const more = bound.atWorst - bound.shown.estimate;
  const worse = Math.sign((row.limit ?? 0) - (row.baselineValue ?? 0));
  return (now - then) * worse > Math.abs(more) * STILL;
}

function parse(text: string | undefined): Shown | null {
  try {
    return shownSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}
