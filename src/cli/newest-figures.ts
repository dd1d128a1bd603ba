/** Whoever follows a rollout sees its figures only grow: a look that knows less than an earlier one shows the earlier. */
import type { RolloutView } from '../configurator/rollouts.ts';
import type { JudgeReport } from '../domain/judge/types.ts';

/** One for each rollout that is followed. What an end was decided on is shown as it is. */
export function createFigures(): (view: RolloutView) => RolloutView {
  let newest: JudgeReport | null = null;
  return (view) => {
    const { status, progress } = view;
    if (status.outcome !== null) return view;
    const seen = progress?.report ?? status.report;
    if (seen !== null && (newest === null || cardsOf(seen) >= cardsOf(newest))) newest = seen;
    if (newest === null || seen === newest) return view;
    return progress === null
      ? { ...view, status: { ...status, report: newest } }
      : { ...view, progress: { ...progress, report: newest } };
  };
}

function cardsOf({ n }: JudgeReport): number {
  return n.candidate + n.baseline;
}
