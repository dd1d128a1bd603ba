/** A comparison as people read it. */
import type { Trigger } from '../../domain/plan/plan.ts';
import type { Paint, Tone } from './paint.ts';
import type { FieldChange } from '../../domain/diff/field-changes.ts';
import type { VersionDiff } from '../../domain/diff/version-diff.ts';
import type { TriggerFinding } from '../../domain/diff/trigger-findings.ts';
import type { FiringDiff } from '../../domain/diff/firing.ts';
import { isSameTrigger } from '../../domain/trigger/trigger-diff.ts';

export function comparisonLines(comparison: VersionDiff, paint: Paint): string[] {
  const { action, version, baseline, note } = comparison;
  return [
    paint('bold', baseline === null ? `${action} ${version}` : `${action} ${baseline.version} → ${version}`) +
      (baseline === null ? '' : paint('dim', `  baseline from ${baseline.from}`)),
    ...(note === null ? [] : [paint('warn', note)]),
    ...section(
      'In the organisation',
      comparison.writes.map((write) => `  ${write}`),
      paint,
    ),
    ...section(
      'Fields of the document',
      comparison.payload.map((change) => changeLine(change, paint)),
      paint,
    ),
    ...section('Card', cardLines(comparison, paint), paint),
    ...section('Trigger', triggerLines(comparison, paint), paint),
    ...section('How often it would fire', comparison.firing === null ? [] : firingLines(comparison.firing), paint),
    ...section(
      'Other triggers that the same words fire',
      comparison.overlaps.map((overlap) => overlapLine(overlap.action, overlap.keywords)),
      paint,
    ),
    ...section(
      'Look at',
      comparison.findings.map((finding) => paint('warn', `  ! ${findingText(finding)}`)),
      paint,
    ),
  ];
}

function findingText({ code, message, remedy }: TriggerFinding): string {
  return [...(code === undefined ? [] : [code]), message, ...(remedy === undefined ? [] : [remedy])].join('  ');
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines];
}

export function changeLine({ path, before, after }: FieldChange, paint: Paint): string {
  if (before === undefined) return paint('good', `  + ${path}: ${valueText(after)}`);
  if (after === undefined) return paint('bad', `  - ${path}: ${valueText(before)}`);
  return paint('warn', `  ~ ${path}: ${valueText(before)} → ${valueText(after)}`);
}

const MAX_VALUE_LENGTH = 120;

function valueText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}

function cardLines({ card }: VersionDiff, paint: Paint): string[] {
  if (card === null) return [];
  if (card.lines.length === 0) return ['  the same'];
  const tones: Readonly<Record<string, Tone>> = { '+': 'good', '-': 'bad', '@': 'dim' };
  return card.lines.map((line) => {
    const tone = tones[line[0] ?? ''];
    return `  ${tone === undefined ? line : paint(tone, line)}`;
  });
}

function triggerLines({ trigger }: VersionDiff, paint: Paint): string[] {
  if (trigger === null) return [];
  if (isSameTrigger(trigger)) return ['  the same'];
  const { minConfidence, stemming, keywords, conditions } = trigger;
  const conditionText = ({ type, id }: Trigger['conditions'][number]) => `condition ${type} ${id}`;
  return [
    ...(minConfidence === null
      ? []
      : [paint('warn', `  ~ minConfidence: ${minConfidence.before} → ${minConfidence.after}`)]),
    ...(stemming === null
      ? []
      : [paint('warn', `  ~ stemming: ${stemming.before ?? 'none'} → ${stemming.after ?? 'none'}`)]),
    ...[...keywords.added.map((keyword) => `keyword "${keyword}"`), ...conditions.added.map(conditionText)].map(
      (text) => paint('good', `  + ${text}`),
    ),
    ...[...keywords.removed.map((keyword) => `keyword "${keyword}"`), ...conditions.removed.map(conditionText)].map(
      (text) => paint('bad', `  - ${text}`),
    ),
  ];
}

function firingLines({ utterances, baseline, candidate, onlyBaseline, onlyCandidate }: FiringDiff): string[] {
  const rate = (fires: number) =>
    utterances === 0
      ? 'no utterances'
      : `${fires} of ${utterances} utterances, ${((100 * fires) / utterances).toFixed(2)} %`;
  return [
    `  baseline   ${rate(baseline.fires)}`,
    `  candidate  ${rate(candidate.fires)}${changeText(baseline.fires, candidate.fires)}`,
    `  only the candidate ${onlyCandidate}, only the baseline ${onlyBaseline}`,
    `  why the candidate does not: ${
      Object.entries(candidate.whyNot)
        .map(([why, count]) => `${why} ${count}`)
        .join(', ') || '-'
    }`,
  ];
}

function changeText(before: number, after: number): string {
  if (before === after) return ' (as often)';
  return before === 0
    ? ' (the baseline never)'
    : ` (${after > before ? '+' : ''}${((100 * (after - before)) / before).toFixed(1)} %)`;
}

function overlapLine(action: string, keywords: readonly (readonly [string, string])[]): string {
  const pairs = keywords
    .slice(0, 5)
    .map(([ours, other]) => (ours === other ? `"${ours}"` : `"${ours}" and "${other}"`));
  const more = keywords.length - pairs.length;
  return `  ${action}: ${pairs.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
