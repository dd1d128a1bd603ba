/**
 * What a named person let pass in spite of what it says: a harm of one guardrail, as it was shown and no worse, the
 * approvals that are still to come, or what closes the change window, and nothing that closes it later; each until an
 * instant. Pure.
 */
import type { LetPass } from '../calendar/question.ts';
import { CLAIMED } from '../identity/actor.ts';
import { rowText } from '../metrics/format.ts';
import type { Effect, GuardrailReport, JudgeReport } from '../judge/types.ts';
import { guardrailLabel } from '../plan/guardrail-label.ts';
import type { Person } from './approvals.ts';

interface Given extends Person {
  readonly reason: string;
  /** ms since the epoch */
  readonly atMs: number;
  readonly untilMs: number;
}

export interface HarmOverride extends Given {
  readonly kind: 'harm';
  /** As people call it: `deliveryLatency p95`. */
  readonly guardrail: string;
  /** How far the candidate was from the baseline when it was shown. */
  readonly shown: Effect;
  /** The figures that were shown. */
  readonly figures: string;
  /** Up to here it is no worse than was shown: what was shown, and as much more as the plan tolerates. */
  readonly atWorst: number;
}

export interface ApprovalsOverride extends Given {
  readonly kind: 'approvals';
}

export interface WindowOverride extends Given, ClosedWindow {
  readonly kind: 'window';
}

/** As it is shown while a rise waits for it. */
export interface ClosedWindow {
  readonly why: string;
  /** Keys of what closes it. */
  readonly closing: readonly string[];
}

export type Override = HarmOverride | ApprovalsOverride | WindowOverride;

/** The row of the guardrail that a person names: by its label, or by its metric or name where only one has it. */
export function rowNamed(report: JudgeReport | null, name: string): GuardrailReport | undefined {
  const rows = report?.guardrails ?? [];
  const byLabel = rows.find((row) => guardrailLabel(row) === name);
  const loose = rows.filter((row) => (row.name ?? row.metric) === name);
  return byLabel ?? (loose.length === 1 ? loose[0] : undefined);
}

/**
 * What an override of this row's harm is bound to; null: nothing is shown of it that one could be bound to, or it is
 * shown no worse than the baseline.
 */
export function boundTo(
  row: GuardrailReport,
): Pick<HarmOverride, 'guardrail' | 'shown' | 'figures' | 'atWorst'> | null {
  const { effect, baselineValue, limit, tolerated } = row;
  if (effect == null || baselineValue === null || limit === null || limit === baselineValue) return null;
  if (effect.estimate * Math.sign(limit - baselineValue) <= 0) return null;
  const beyond = (tolerated ?? baselineValue) - baselineValue;
  const more = effect.unit === 'ofBaseline' ? beyond / Math.abs(baselineValue) : beyond;
  return {
    guardrail: guardrailLabel(row),
    shown: effect,
    figures: figuresText(row),
    atWorst: effect.estimate + more,
  };
}

/** `acceptanceRate 27.3 % vs 41.6 %, n 144`. */
export function figuresText(row: GuardrailReport): string {
  const show = (value: number | null): string => rowText(row, value);
  return `${guardrailLabel(row)} ${show(row.candidateValue)} vs ${show(row.baselineValue)}, n ${row.n.candidate}`;
}

/** What forbids to call it proven: every enforced guardrail that is not, with its figures; null: all are safe. */
export function notSafeText(report: JudgeReport | null): string | null {
  if (report === null) return 'noData: nothing is judged yet';
  if (report.verdict === 'safe') return null;
  const rows = report.guardrails.filter(({ mode, verdict }) => mode === 'enforce' && verdict !== 'safe');
  const said = rows.slice(0, MAX_FIGURES).map(figuresText);
  const more = rows.length > MAX_FIGURES ? [`${rows.length - MAX_FIGURES} more`] : [];
  return `${report.verdict}: ${said.length === 0 ? `n ${report.n.candidate}` : [...said, ...more].join('; ')}`;
}

const MAX_FIGURES = 3;

/**
 * Whether all that says harm was let pass: each such guardrail by somebody whose word still holds, and none of them
 * worse than it was shown. A slice's harm is never let pass.
 */
export function excusesHarm(overrides: readonly Override[], report: JudgeReport, nowMs: number): boolean {
  const harmed = report.guardrails.filter(({ mode, verdict }) => mode === 'enforce' && verdict === 'harm');
  return (
    harmed.length > 0 &&
    report.slices?.some(({ verdict }) => verdict === 'harm') !== true &&
    harmed.every((row) => overrides.some((one) => covers(one, row, nowMs)))
  );
}

function covers(override: Override, row: GuardrailReport, nowMs: number): boolean {
  return (
    override.kind === 'harm' &&
    override.guardrail === guardrailLabel(row) &&
    nowMs < override.untilMs &&
    !isWorse(override, row)
  );
}

/** Than it was shown: over the whole rollout, or, proven by its interval, among the latest cards. */
function isWorse({ shown, atWorst }: HarmOverride, row: GuardrailReport): boolean {
  const { effect, recent, limit, baselineValue } = row;
  if (effect == null || effect.unit !== shown.unit || limit === null || baselineValue === null) return true;
  const worse = Math.sign(limit - baselineValue);
  if ((effect.estimate - atWorst) * worse > 0) return true;
  if (recent === undefined || recent.effect.unit !== shown.unit) return false;
  const atBest = worse > 0 ? recent.effect.low : recent.effect.high;
  return atBest !== null && (atBest - atWorst) * worse > 0;
}

/** Has it been proven harmful, but for what named people have let pass? */
export function isHarmed({ harmed, report, overrides }: Harmed, nowMs: number): boolean {
  return harmed || (report !== null && report.verdict === 'harm' && !excusesHarm(overrides, report, nowMs));
}

interface Harmed {
  readonly harmed: boolean;
  readonly report: JudgeReport | null;
  readonly overrides: readonly Override[];
}

/** The latest word on the same thing takes the place of the one before. */
export function withOverride(overrides: readonly Override[], next: Override): readonly Override[] {
  return [...overrides.filter((one) => keyOf(one) !== keyOf(next)), next];
}

function keyOf(one: Override): string {
  return JSON.stringify([one.kind, one.kind === 'harm' ? one.guardrail : one.kind === 'window' ? one.closing : null]);
}

/** Why a harm that somebody had let pass counts after all; null: nobody had. */
export function endOfOverride(overrides: readonly Override[], report: JudgeReport, nowMs: number): string | null {
  for (const row of report.guardrails.filter(({ mode, verdict }) => mode === 'enforce' && verdict === 'harm')) {
    const known = overrides.findLast((one) => one.kind === 'harm' && one.guardrail === guardrailLabel(row));
    if (known === undefined || known.kind !== 'harm' || covers(known, row, nowMs)) continue;
    return nowMs >= known.untilMs
      ? `The override by ${known.by} held until ${new Date(known.untilMs).toISOString()}.`
      : `It is worse than ${known.by} was shown (${known.figures}).`;
  }
  return null;
}

export function letsPassApprovals(overrides: readonly Override[], nowMs: number): boolean {
  return overrides.some(({ kind, untilMs }) => kind === 'approvals' && nowMs < untilMs);
}

/** What of the calendar they let pass. */
export function letsPassWindows(overrides: readonly Override[]): LetPass[] {
  return overrides.flatMap((one) => (one.kind === 'window' ? [{ closing: one.closing, untilMs: one.untilMs }] : []));
}

/** One sentence for whoever looks, as long as it holds. */
export function overrideText(override: Override): string {
  const claimed = override.verifiedBy === null ? ` (${CLAIMED})` : '';
  const until = new Date(override.untilMs).toISOString();
  return `OVERRIDE by ${override.by}${claimed} until ${until}: ${letPassText(override)}: ${override.reason}`;
}

function letPassText(override: Override): string {
  switch (override.kind) {
    case 'harm':
      return `harm of ${override.figures}, and no worse`;
    case 'approvals':
      return 'the approvals still to come';
    case 'window':
      return `splits rise though the change window is ${override.why}`;
  }
}
