/** Guardrails with other fields than the plan gave them: "what if alpha were 0.001?" */
import { enforcedAlpha } from '../judge/bets/joint-harm.ts';
import { writtenMargin } from '../metrics/format.ts';
import { definitionOf } from '../metrics/index.ts';
import { guardrailSchema } from '../plan/guardrail-schema.ts';
import { problemsOf } from '../plan/issues.ts';
import { MAX_ALPHA } from '../plan/rules.ts';
import type { Margin } from '../metrics/definition.ts';
import type { Guardrail } from '../plan/plan.ts';

const FIELDS = ['alpha', 'margin', 'tolerance', 'mode'] as const;
type Field = (typeof FIELDS)[number];

interface Setting {
  /** Metric, or name of a custom one; absent: of every guardrail. */
  readonly of: string | undefined;
  readonly field: Field;
  readonly value: string | number;
}

/**
 * Of `alpha=0.001` or `acceptanceRate.margin=20%`, values as a plan writes them. All settings of a guardrail are taken
 * together. A string: what is wrong.
 */
export function setFields(guardrails: readonly Guardrail[], texts: readonly string[]): readonly Guardrail[] | string {
  const settings: Setting[] = [];
  for (const text of texts) {
    const setting = readSetting(text);
    if (setting === undefined) return `"${text}" sets no field of a guardrail.`;
    if (setting.of !== undefined && !guardrails.some((guardrail) => nameOf(guardrail) === setting.of))
      return `"${text}": there is no guardrail on ${setting.of}, but on ${guardrails.map(nameOf).join(', ')}.`;
    settings.push(setting);
  }
  const changed: Guardrail[] = [];
  for (const guardrail of guardrails) {
    const own = settings.filter(({ of }) => of === undefined || of === nameOf(guardrail));
    const result = withFields(guardrail, own);
    if (typeof result === 'string') return `${nameOf(guardrail)}: ${result}`;
    changed.push(result);
  }
  const alpha = Number(enforcedAlpha(changed).toFixed(9));
  return settings.length > 0 && alpha > MAX_ALPHA
    ? `The enforced guardrails' alphas add up to ${alpha}; expected at most ${MAX_ALPHA}.`
    : changed;
}

function readSetting(text: string): Setting | undefined {
  const [, of, name, value = ''] = /^(?:(\w+)\.)?(\w+)=(.+)$/.exec(text) ?? [];
  const field = FIELDS.find((known) => known === name);
  return field && { of, field, value: /^[\d.]+$/.test(value) ? Number(value) : value };
}

function nameOf({ name, metric }: Guardrail): string {
  return name ?? metric;
}

/** Read by the plan's own rules; what is not set stays to the last digit. */
function withFields(guardrail: Guardrail, settings: readonly Setting[]): Guardrail | string {
  if (settings.length === 0) return guardrail;
  const raw = { ...written(guardrail), ...Object.fromEntries(settings.map(({ field, value }) => [field, value])) };
  const parsed = guardrailSchema.safeParse(raw);
  if (!parsed.success) {
    const [problem] = parsed.error.issues.flatMap((issue) => problemsOf(issue, raw, () => []));
    return problem?.message ?? parsed.error.message;
  }
  return { ...guardrail, ...Object.fromEntries(settings.map(({ field }) => [field, parsed.data[field]])) };
}

function written({ margin, tolerance, ...guardrail }: Guardrail): object {
  const { metric, name, unit, statistic, worseWhen, alpha, mode } = guardrail;
  const size = (value: number): string | number => writtenSize(metric, { kind: margin.kind, value });
  const all = { metric, name, unit, statistic, worseWhen, alpha, mode, margin: size(margin.value) };
  return tolerance === undefined ? all : { ...all, tolerance: size(tolerance) };
}

/** In a custom metric's own unit a plan writes a bare number. */
function writtenSize(metric: Guardrail['metric'], size: Margin): string | number {
  return size.kind === 'absolute' && definitionOf(metric).unit === 'own' ? size.value : writtenMargin(metric, size);
}
