/** A guardrail's interval against its tolerance and its margin, in one line; what is worse lies to the right. */
import { scaleLinear } from 'd3-scale';
import { asEffect } from '../../domain/judge/report/as-effect.ts';
import type { Compared } from '../../domain/judge/report/as-effect.ts';
import type { GuardrailReport } from '../../domain/judge/types.ts';

export const PLOT_LEGEND = '0 as baseline  ┊ tolerated  ┃ margin  ━●━ difference, worse: right';

/** A guardrail, or a slice. */
type Marked = Compared & Pick<GuardrailReport, 'limit' | 'tolerated'>;

/** Null: nothing is known yet, or there is no room. */
export function intervalPlot(row: Marked, width: number): string | null {
  const { effect, limit, tolerated } = row;
  if (effect == null || limit === null || row.baselineValue === null || width < MIN_WIDTH) return null;
  const worse = limit >= row.baselineValue ? 1 : -1;
  const place = (value: number | null | undefined): number => worse * (asEffect(row, value) ?? 0);
  const margin = place(limit);
  const estimate = worse * effect.estimate;
  const [better, bad] = worse === 1 ? [effect.low, effect.high] : [effect.high, effect.low];
  const ends = [better, bad].map((end) => (end === null ? null : worse * end));
  // Wide enough for what decides; an interval that is wider still goes on beyond the edge.
  const reach = Math.max(Math.abs(margin) * 2, Math.abs(estimate) * 1.2) || 1;
  const scale = scaleLinear([-reach, reach], [0, width - 1]).clamp(true);
  const cells = Array.from({ length: width }, () => '·');
  const put = (at: number, sign: string): void => {
    cells[Math.round(scale(at))] = sign;
  };
  const [from, to] = [ends[0] ?? -reach, ends[1] ?? reach];
  for (let at = Math.round(scale(from)); at <= Math.round(scale(to)); at += 1) cells[at] = '━';
  if ((ends[0] ?? -Infinity) < -reach) cells[0] = '◂';
  if ((ends[1] ?? Infinity) > reach) cells[width - 1] = '▸';
  put(0, '0');
  if (tolerated != null) put(place(tolerated), '┊');
  put(margin, '┃');
  put(estimate, '●');
  return cells.join('');
}

const MIN_WIDTH = 15;
