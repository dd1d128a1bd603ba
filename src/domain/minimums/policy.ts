/** What an organisation asks of every plan. A plan may be stricter; one that is laxer is refused. */
import type { Margin } from '../metrics/definition.ts';
import type { Guardrail } from '../plan/plan.ts';

export interface RequiredGuardrail {
  readonly metric: Guardrail['metric'];
  /** Only of a custom metric. */
  readonly name?: string;
  /** Absent: whichever the plan takes. */
  readonly statistic?: Guardrail['statistic'];
  /** The largest of each kind; a margin of a kind that is not here is refused. Empty: any margin. */
  readonly margins: readonly Margin[];
  /** The largest of each kind, as of margins. What the policy does not say is half of the largest margin. */
  readonly tolerances: readonly Margin[];
  readonly largestAlpha: number | null;
}

export interface OrganisationPolicy extends Minimums {
  /** Beside those of every plan; where there are any, each plan says which class it is of. */
  readonly risks: Readonly<Record<string, Minimums>>;
}

/** `null`: any. */
export interface Minimums {
  readonly guardrails: readonly RequiredGuardrail[];
  readonly largestAlpha: number | null;
  /** A guardrail with a smaller error budget hardly ever speaks. */
  readonly smallestAlpha: number | null;
  readonly largestMargin: LargestMargins;
  readonly largestFirstSplit: number | null;
  /**
   * Somebody approves before more than this percentage of the conversations sees the candidate; promotion is all of
   * them.
   */
  readonly approvalAbove: number | null;
  /** `safe`: each bake requires proof. */
  readonly require: 'safe' | null;
  readonly promoteUndecided: 'allowed' | 'forbidden';
  readonly force: 'allowed' | 'forbidden';
}

/** A share of the baseline; a share of all cards; ms. */
export interface LargestMargins {
  readonly relative: number | null;
  readonly rate: number | null;
  readonly latency: number | null;
}
