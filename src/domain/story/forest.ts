/**
 * Slices beside the whole, on one scale whatever they are measured in: margins of the plan, worse the higher; 0 as the
 * baseline.
 */
import { asEffect } from '../judge/report/as-effect.ts';
import type { Compared } from '../judge/report/as-effect.ts';
import { effectText } from '../judge/report/effect-text.ts';
import { oddsText } from '../judge/report/odds.ts';
import { nearness, sliceName, sliceValueText, tippingSlice } from '../judge/report/slice-report.ts';
import type { ArmCounts, GuardrailReport, JudgeReport, SliceReport, Verdict } from '../judge/types.ts';
import { rowText } from '../metrics/format.ts';
import { guardrailLabel } from '../plan/guardrail-label.ts';

export interface ForestRow {
  readonly kind: 'whole' | 'slice';
  readonly name: string;
  /** By which it is shown. */
  readonly guardrail: string;
  readonly verdict: Verdict;
  /** It made the verdict of the whole. */
  readonly tipped: boolean;
  /** With its interval, in its own unit; null without data. */
  readonly difference: string | null;
  readonly candidate: string;
  readonly baseline: string;
  readonly tolerated: string;
  /** From where on it is harm that must not ship: of the whole one margin, of a slice as many as the plan says. */
  readonly harmful: string;
  readonly n: ArmCounts;
  /** Of harm, and what it must reach; null: it stands with the guardrail. */
  readonly evidence: string | null;
  readonly place: ForestPlace | null;
}

/** In margins. */
export interface ForestPlace {
  readonly estimate: number;
  /** Null: not bounded on that side. */
  readonly better: number | null;
  readonly worse: number | null;
  readonly tolerated: number;
  readonly harmful: number;
}

/** First the whole by each guardrail that leads in a slice, then the slices, the nearest to harm first. */
export function forestOf(report: JudgeReport): readonly ForestRow[] {
  const slices = (report.slices ?? []).toSorted((a, b) => nearness(b) - nearness(a));
  const leads = new Set(slices.map(leadOf));
  const wholes = report.guardrails.filter((row) => row.mode === 'enforce' && leads.has(guardrailLabel(row)));
  const tipping = tippingSlice(report);
  return [...wholes.map(wholeRow), ...slices.map((slice) => sliceRow(slice, slice === tipping))];
}

/** Its name is that of the slice. */
function leadOf({ metric, statistic }: SliceReport): string {
  return guardrailLabel({ metric, ...(statistic !== undefined && { statistic }) });
}

function wholeRow(row: GuardrailReport): ForestRow {
  const show = (value: number | null | undefined): string => rowText(row, value ?? null);
  return {
    kind: 'whole',
    name: 'whole rollout',
    guardrail: guardrailLabel(row),
    verdict: row.verdict,
    tipped: false,
    difference: row.effect == null ? null : effectText(row, row.effect),
    candidate: show(row.candidateValue),
    baseline: show(row.baselineValue),
    tolerated: show(row.tolerated),
    harmful: show(row.limit),
    n: row.n,
    evidence: null,
    place: placeOf(row, { ...row, harmful: row.limit }),
  };
}

function sliceRow(slice: SliceReport, tipped: boolean): ForestRow {
  const show = (value: number | null): string => sliceValueText(slice, value);
  return {
    kind: 'slice',
    name: sliceName(slice),
    guardrail: leadOf(slice),
    verdict: slice.verdict,
    tipped,
    difference: slice.effect === null ? null : effectText(slice, slice.effect),
    candidate: show(slice.candidateValue),
    baseline: show(slice.baselineValue),
    tolerated: show(slice.tolerated),
    harmful: show(slice.harmful),
    n: slice.n,
    evidence: `${oddsText(slice.logEvidence.harm)} of ${oddsText(slice.needed)}`,
    place: placeOf(slice, slice),
  };
}

interface Marks {
  readonly limit: number | null;
  readonly tolerated?: number | null;
  readonly harmful: number | null;
}

/** Null where there is no difference yet, or no margin that it could be counted in. */
function placeOf(row: Compared, { limit, tolerated, harmful }: Marks): ForestPlace | null {
  const margin = asEffect(row, limit);
  const { effect } = row;
  if (effect == null || margin === null || margin === 0) return null;
  const inMargins = (value: number | null): number | null => (value === null ? null : value / margin);
  const [better, worse] = margin > 0 ? [effect.low, effect.high] : [effect.high, effect.low];
  return {
    estimate: effect.estimate / margin,
    better: inMargins(better),
    worse: inMargins(worse),
    tolerated: inMargins(asEffect(row, tolerated)) ?? 0,
    harmful: inMargins(asEffect(row, harmful)) ?? 1,
  };
}

/** What all of them are drawn between: what lies far beyond what is harm presses nothing together, and goes to the edge. */
export function forestRange(rows: readonly ForestRow[]): readonly [number, number] {
  const places = rows.flatMap(({ place }) => place ?? []);
  const ofSlices = rows.flatMap(({ kind, place }) => (kind === 'slice' && place !== null ? [place.harmful] : []));
  const far = 2 * Math.max(1, ofSlices.length === 0 ? 1 : Math.min(...ofSlices));
  const values = places.flatMap(({ estimate, better, worse, harmful }) =>
    [estimate, better, worse, harmful].flatMap((value) =>
      value === null ? [] : [Math.min(far, Math.max(-far, value))],
    ),
  );
  return [Math.min(-1, ...values) - 0.25, Math.max(1, ...values) + 0.25];
}
