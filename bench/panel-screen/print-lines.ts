/** The figures as lines; what is missed says so. */
interface Spread {
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
  readonly worst: number | undefined;
}

export interface Figures {
  readonly store: string;
  readonly load: readonly number[];
  readonly seconds: number;
  readonly shown: {
    readonly cards: number;
    readonly toRowMs: Spread;
    readonly fromRowMs: Spread;
    readonly toPaintedMs: Spread;
  };
  readonly withdrawal: {
    readonly pages: number;
    readonly writtenMs: number;
    readonly provenMs: number;
    readonly toPageMs: Spread;
    readonly goneFromScreenMs: number;
    readonly candidatesLeft: number;
    readonly baselinesWithdrawn: number;
  };
  readonly arms: { readonly cards: number; readonly wrongArm: number };
  readonly forged: {
    readonly sent: number;
    readonly taken: number;
    readonly trueSent: number;
    readonly trueTaken: number;
  };
  readonly hostile: { readonly requests: number; readonly otherWindows: number };
}

const MAX_PAINTED_MS = 100;
const MAX_WITHDRAWN_MS = 250;

export function printLines({ store, load, seconds, shown, withdrawal, arms, forged, hostile }: Figures): string {
  const goal = (value: number | undefined, below: number): string =>
    `(goal: below ${below} ms${value !== undefined && value < below ? '' : ', MISSED'})`;
  const { toPaintedMs, toRowMs, fromRowMs } = shown;
  const { toPageMs } = withdrawal;
  return [
    `${store}, load ${load.join(' to ')}, ${seconds} s`,
    `triggered (the card's row) to painted in Chromium, ${shown.cards} cards: p50 ${fromRowMs.p50} ms, ` +
      `p95 ${fromRowMs.p95} ms ${goal(fromRowMs.p95, MAX_PAINTED_MS)}, worst ${fromRowMs.worst} ms`,
    `said to the row: p50 ${toRowMs.p50} ms, p95 ${toRowMs.p95} ms; said to painted: p50 ${toPaintedMs.p50} ms, ` +
      `p95 ${toPaintedMs.p95} ms, worst ${toPaintedMs.worst} ms (with the sandbox's ticks of 50 ms)`,
    `roll back to ${withdrawal.pages} pages: p50 ${toPageMs.p50} ms, p99 ${toPageMs.p99} ms ` +
      `${goal(toPageMs.p99, MAX_WITHDRAWN_MS)}, worst ${toPageMs.worst} ms; gone from the screen of Chromium after ` +
      `${withdrawal.goneFromScreenMs} ms; written ${withdrawal.writtenMs} ms, proven ${withdrawal.provenMs} ms`,
    `candidate's cards left on pages: ${withdrawal.candidatesLeft}; baseline's taken away: ` +
      `${withdrawal.baselinesWithdrawn}`,
    `cards on the wrong arm: ${arms.wrongArm} of ${arms.cards}`,
    `forged events taken: ${forged.taken} of ${forged.sent} (true ones: ${forged.trueTaken} of ${forged.trueSent})`,
    `requests of a hostile card: ${hostile.requests}; other windows: ${hostile.otherWindows}`,
    '',
  ].join('\n');
}
