/**
 * Evidence that a person was shown and let pass. What they accepted is what they were shown, and ten times the evidence
 * is news. Evidence of what stays as it is grows with the cards, though: whoever has accepted it again is asked again
 * after ten times ten times that, and so on.
 */
import { oddsText } from '../judge/report/odds.ts';

export interface Evidence<Kind extends string = string> {
  readonly kind: Kind;
  /** ln; the highest so far. */
  readonly logEvidence: number;
}

/** Evidence of a kind that a person let pass, up to some times what there was then. */
export interface AcceptedEvidence<Kind extends string = string> extends Evidence<Kind> {
  readonly by: string;
  /** ms since the epoch */
  readonly atMs: number;
  /** How often it was accepted. */
  readonly times: number;
  /** The judge asks anew since then: whatever it proves is news. */
  readonly askedAnew?: true;
}

const TENFOLD = Math.log(10);

/** Of what was never accepted, or not so much of it. */
export function isNews(shown: Evidence, accepted: readonly AcceptedEvidence[]): boolean {
  const before = accepted.find(({ kind }) => kind === shown.kind);
  return before === undefined || isMore(shown, before);
}

/** Why what was accepted is told again: a sentence for each kind of which there is more now. */
export function againSentences(shown: readonly Evidence[], accepted: readonly AcceptedEvidence[]): string[] {
  return shown.flatMap(({ kind, logEvidence }) => {
    const before = accepted.find((one) => one.kind === kind);
    if (before === undefined || !isMore({ logEvidence }, before)) return [];
    const { by, atMs } = before;
    return [
      `Again: ${oddsText(logEvidence)}, and ${by} accepted ${oddsText(before.logEvidence)} at ` +
        `${new Date(atMs).toISOString()}.`,
    ];
  });
}

function isMore(shown: Pick<Evidence, 'logEvidence'>, { logEvidence, times, askedAnew }: AcceptedEvidence): boolean {
  return askedAnew === true || shown.logEvidence >= logEvidence + TENFOLD * 2 ** (times - 1);
}

/** Another of the same kind takes its place. */
export function acceptEvidence<Kind extends string>(
  before: readonly AcceptedEvidence<Kind>[],
  shown: readonly Evidence<Kind>[],
  by: string,
  atMs: number,
): readonly AcceptedEvidence<Kind>[] {
  const timesOf = (kind: Kind): number => before.find((one) => one.kind === kind)?.times ?? 0;
  return [
    ...before.filter(({ kind }) => !shown.some((one) => one.kind === kind)),
    ...shown.map(({ kind, logEvidence }) => ({ kind, logEvidence, by, atMs, times: timesOf(kind) + 1 })),
  ];
}
