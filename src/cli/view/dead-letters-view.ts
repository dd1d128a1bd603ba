/** Dead letters as people read them. */
import { secondText } from '../../domain/text/instant.ts';
import type { DeadLetter } from '../../store/dead-letters.ts';
import { table } from './table.ts';
import { shownText } from './units.ts';

export function deadLetterLines(deadLetters: readonly DeadLetter[]): string[] {
  return table(
    [
      { title: 'id', right: true },
      { title: 'kind' },
      { title: 'last' },
      { title: 'times', right: true },
      { title: 'bytes', right: true },
      { title: 'of' },
      { title: 'why' },
    ],
    deadLetters.map((row) => [
      String(row.id),
      row.kind,
      secondText(row.lastAt.toISOString()),
      String(row.times),
      `${row.bodyBytes}${row.cut ? ' (cut)' : ''}`,
      row.destination ?? row.source ?? '',
      shownText(`${row.code}: ${row.reason}${row.replay === null ? '' : ` (replayed: ${row.replay})`}`),
    ]),
  );
}
