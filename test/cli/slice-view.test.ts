/** Slices on a terminal: each with its difference drawn, at any width. */
import { fit } from '../../src/cli/view/fit.ts';
import { sliceBlocks } from '../../src/cli/view/slice-view.ts';
import { startJudge, takeLook } from '../../src/domain/judge/judge.ts';
import { reportOf } from '../../src/domain/judge/report/report.ts';
import stringWidth from 'string-width';
import { acceptance, halfAccepted, inQueues, p95 } from '../domain/judge/helpers.ts';

const queues = ['0c2f4a7e-5b1d-4d9c-8f5e-6a7b8c9d0e1f', '日本語の窓口', 'Billing'];
const slices = { by: ['queue'], times: 2, alpha: 0.01 } as const;
const report = reportOf(
  inQueues(halfAccepted(60), queues).reduce(
    (state, look) => takeLook(state, look),
    startJudge([acceptance, p95], slices),
  ),
);
const lines = (columns: number, rows = Infinity): string[] =>
  fit(sliceBlocks(report, { paint: (_, text) => text, columns }), rows);

test.each([60, 80, 200])(
  'at %i columns no line is longer, and each slice has its values, cards and difference',
  (columns) => {
    const shown = lines(columns);
    expect(Math.max(...shown.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    const told = shown.join(' ').replaceAll(/ +/g, ' ');
    for (const name of ['queue 0c2f4a7e-5b1d-4d9…', 'queue 日本語の窓口', 'queue Billing'])
      expect(told).toMatch(new RegExp(`${name}: \\S+( p95)? \\S+, [\\d.]+ % vs [\\d.]+ %( slow cards)?, n \\d+/\\d+`));
    expect(shown.filter((line) => /^ {2}[·━◂▸0┊┃●]{15,41} {2}[-+][\d.]+ (%|pp) \(.+\)$/.test(line))).toHaveLength(3);
  },
);

test('where rows are few the pictures go first, and the sentence that decides stays', () => {
  const whole = lines(80);
  const sentences = whole.findIndex((line) => line.startsWith('queue Billing: acceptanceRate harm, '));
  expect(lines(80, whole.length - 1).filter((line) => line.includes('┃'))).toEqual([]);
  expect(lines(80, sentences)).toEqual(whole.slice(0, sentences));
  expect(
    sliceBlocks({ ...report, slices: [] }, { paint: (_, text) => text, columns: 80 }).flatMap(({ lines }) => lines),
  ).toEqual([]);
});
