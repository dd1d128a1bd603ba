/** What our judge has promised, against what this run measured. */
import { OURS } from './judges.ts';
import { ALPHA, isHarmless } from './scenario.ts';
import { summaryOf } from './summary.ts';
import type { Cell } from './summary.ts';

export interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

const MEDIAN_RATIO = 2;
/** Most of delay / bound in any harm scenario; a p95 that moves without the median shows in a twentieth of the cards. */
const MAX_RATIO = 3.5;
const MAX_P95_RATIO = 4;
const OVER_BEST_PEER = 1.25;
const MINUTES_TO_SEE_LOSS = 10;
/** Mean over the null scenarios. */
const MAX_UNDECIDED = 0.11;

/** Scenarios in which a peer must have kept alpha, both, to count as a rival in a harm scenario of that name's end. */
const TWINS: readonly (readonly [suffix: string, twins: readonly string[]])[] = [
  ['-low', ['null-low', 'tolerable-low']],
  ['-high', ['null-high', 'tolerable-high']],
  ['-agents', ['null-agents', 'tolerable-agents']],
  ['-drift', ['null-drift', 'tolerable-drift']],
  ['-rising', ['null-rising', 'tolerable-rising']],
  ['-rare', ['null-5', 'tolerable-5']],
  ['', ['null-20', 'tolerable-edge']],
];

export function goalsOf(all: readonly Cell[]): readonly Goal[] {
  const ours = all.filter(({ judge, streams }) => judge === OURS && streams > 0);
  if (ours.length === 0) return [];
  const harms = ours.filter(({ kind }) => kind === 'harm');
  return [
    ...ours.filter(isHarmless).map(keepsBudget),
    ...harms.map(delayGoal),
    ...(harms.length > 1 ? [medianGoal(all)] : []),
    ...harms.map((cell) => peerGoal(cell, all)).filter((goal) => goal !== null),
    ...ours.filter(({ kind }) => kind === 'harm' || kind === 'edge').map(notShipped),
    ...ours.filter(({ kind }) => kind === 'other').flatMap(otherGoals),
    ...(ours.some(({ kind }) => kind === 'null') ? [undecidedGoal(all)] : []),
  ];
}

function keepsBudget({ scenario, rolledBack: { share, low, high, n } }: Cell): Goal {
  return {
    goal: `${scenario}: false rollbacks at or below ${percent(ALPHA)}`,
    measured: `${percent(share)} (${percent(low)} to ${percent(high)}, ${n} streams)`,
    met: low <= ALPHA,
  };
}

function delayGoal({ scenario, delayOverBound }: Cell): Goal {
  const most = scenario.includes('p95-') ? MAX_P95_RATIO : MAX_RATIO;
  return {
    goal: `${scenario}: median delay at most ${most} bounds`,
    measured: ratio(delayOverBound),
    met: delayOverBound !== null && delayOverBound <= most,
  };
}

function medianGoal(all: readonly Cell[]): Goal {
  const { medianRatio } = summaryOf(OURS, all);
  return {
    goal: `median over all harm at most ${MEDIAN_RATIO} bounds`,
    measured: ratio(medianRatio),
    met: medianRatio !== null && medianRatio <= MEDIAN_RATIO,
  };
}

/** null where no peer that keeps its budget finds the harm. */
function peerGoal(cell: Cell, all: readonly Cell[]): Goal | null {
  const twins = TWINS.find(([suffix]) => cell.scenario.endsWith(suffix))?.[1] ?? [];
  const keeps = (judge: string): boolean =>
    twins.every((twin) =>
      all.some(
        (other) =>
          other.judge === judge && other.scenario === twin && other.streams > 0 && other.rolledBack.low <= ALPHA,
      ),
    );
  const rivals = all.filter(
    (other) =>
      other.scenario === cell.scenario && other.judge !== OURS && other.delay.median !== null && keeps(other.judge),
  );
  const best = rivals.toSorted((a, b) => (a.delay.median ?? 0) - (b.delay.median ?? 0))[0];
  if (best === undefined || best.delay.median === null) return null;
  const times = cell.delay.median === null ? null : cell.delay.median / best.delay.median;
  return {
    goal: `${cell.scenario}: at most ${OVER_BEST_PEER} times the best peer that keeps its budget (${best.judge})`,
    measured: times === null ? 'never' : `${times.toFixed(2)} times`,
    met: times !== null && times <= OVER_BEST_PEER,
  };
}

function notShipped({ scenario, promoted: { share, low, high } }: Cell): Goal {
  return {
    goal: `${scenario}: promoted though worse at or below ${percent(ALPHA)}`,
    measured: `${percent(share)} (${percent(low)} to ${percent(high)})`,
    met: low <= ALPHA,
  };
}

function otherGoals({ scenario, minutes, promoted, rolledBack }: Cell): readonly Goal[] {
  if (scenario.startsWith('lost-')) {
    const met = minutes.p90 !== null && minutes.p90 <= MINUTES_TO_SEE_LOSS;
    return [
      {
        goal: `${scenario}: nine of ten seen within ${MINUTES_TO_SEE_LOSS} minutes`,
        measured: `median ${minutes.median ?? 'never'}, p90 ${minutes.p90 ?? 'never'} minutes`,
        met,
      },
    ];
  }
  if (scenario === 'no-data')
    return [
      {
        goal: 'nothing is promoted without data',
        measured: `${promoted.hits} of ${promoted.n}`,
        met: promoted.hits === 0,
      },
    ];
  return [
    {
      goal: `${scenario}: rolled back at or below ${percent(ALPHA)}`,
      measured: percent(rolledBack.share),
      met: rolledBack.low <= ALPHA,
    },
  ];
}

function undecidedGoal(all: readonly Cell[]): Goal {
  const { undecided } = summaryOf(OURS, all).nulls;
  return {
    goal: `fewer than ${percent(MAX_UNDECIDED)} of harmless versions left undecided (mean of the null scenarios)`,
    measured: percent(undecided),
    met: undecided < MAX_UNDECIDED,
  };
}

export function percent(share: number): string {
  const points = share * 100;
  return `${points > 0 && points < 10 ? points.toFixed(1).replace('.0', '') : points.toFixed(0)} %`;
}

export function ratio(value: number | null): string {
  return value === null ? 'never' : value.toFixed(1);
}
