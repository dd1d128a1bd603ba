/** What was found, for a terminal of 80 columns: by area, and what is in the way first of all. */
import { AREAS } from '../../doctor/finding.ts';
import type { Area, Finding } from '../../doctor/finding.ts';
import type { Paint, Tone } from './paint.ts';

const COLUMNS = 80;
const LEVELS: Readonly<Record<Finding['level'], { readonly word: string; readonly tone: Tone }>> = {
  ok: { word: 'ok', tone: 'good' },
  warning: { word: 'warning', tone: 'warn' },
  error: { word: 'error', tone: 'bad' },
  notChecked: { word: 'not checked', tone: 'dim' },
};
const INDENT = ' '.repeat(13);

export function doctorLines(findings: readonly Finding[], paint: Paint): string[] {
  const counts = Object.entries(LEVELS).flatMap(([level, { word }]) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  const areas = (Object.keys(AREAS) as Area[]).filter((area) => findings.some((finding) => finding.area === area));
  return [
    ...areas.flatMap((area) => [
      paint('bold', AREAS[area]),
      ...findings.filter((finding) => finding.area === area).flatMap((finding) => linesOf(finding, paint)),
      '',
    ]),
    counts.join(', '),
  ];
}

function linesOf({ check, level, seen, expected, wayOut }: Finding, paint: Paint): string[] {
  const { word, tone } = LEVELS[level];
  const [first = '', ...rest] = wrapped(`${check}: ${seen}`);
  return [
    `${paint(tone, word)}${INDENT.slice(word.length)}${first}`,
    ...[...rest, ...labelled('expected', expected), ...labelled('way out', wayOut)].map((line) => `${INDENT}${line}`),
  ];
}

function labelled(label: string, text: string | undefined): string[] {
  return text === undefined ? [] : wrapped(`${label}: ${text}`);
}

/** A word that is longer than the line stands alone. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > COLUMNS - INDENT.length) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
