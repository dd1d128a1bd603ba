/**
 * A person let a distrust pass as it was shown: what came until then is not asked about again, and the test begins anew
 * with what comes since. A further test begins only after one has spoken, so the chance that data which are as they must
 * be are ever distrusted stays what it was. Each further one asks for more: ten times, then a hundred times, then ten
 * thousand times the evidence, so that what stays as it is asks less and less often.
 */
export interface AcceptedBefore {
  readonly times: number;
  /** Of the last acceptance, ms since the epoch: told twice it counts once. */
  readonly atMs: number;
}

const TENFOLD = Math.log(10);

/** ln, beyond what is needed of a test that was never accepted. */
export function moreNeeded(accepted: AcceptedBefore | undefined): number {
  return accepted === undefined ? 0 : TENFOLD * 2 ** (accepted.times - 1);
}

/** `fresh`: a test that has seen nothing. */
export function startAnew<Test extends { readonly accepted?: AcceptedBefore }>(
  test: Test,
  fresh: Test,
  atMs: number,
): Test {
  const { accepted } = test;
  if (accepted !== undefined && accepted.atMs >= atMs) return test;
  return { ...fresh, accepted: { times: (accepted?.times ?? 0) + 1, atMs } };
}
