/** How much of the traffic comes in the parts of it that a plan's splits are for. */
import type { Plan } from '../plan/plan.ts';
import { splitOfAfter } from '../plan/steps/steps.ts';
import { audienceText, isSameAudience } from '../split/audience.ts';
import type { Audience } from '../split/audience.ts';

export interface AudienceShare {
  readonly of: Audience;
  /** 0..1, of the cards of the last days; null: nothing is known of it. */
  readonly share: number | null;
}

/** Each once, in the order of the steps. */
export function audiencesOf({ steps }: Pick<Plan, 'steps'>): readonly Audience[] {
  const all = steps.map(splitOfAfter).filter((of) => of !== null);
  return all.filter((of, at) => all.findIndex((one) => isSameAudience(one, of)) === at);
}

/** What is not known is counted as if everybody were in it. */
export function shareIn(shares: readonly AudienceShare[], of: Audience | null): number {
  return of === null ? 1 : (shares.find((one) => isSameAudience(one.of, of))?.share ?? 1);
}

/** One sentence each; empty where every split is for everybody. */
export function audiencesSentence(shares: readonly AudienceShare[]): string {
  return shares
    .map(({ of, share }) =>
      share === null
        ? `How much of the traffic comes in ${audienceText(of)} is not known: all of it is counted there, so those steps take longer.`
        : `Of the cards ${Number((100 * share).toPrecision(2))} % came in ${audienceText(of)}, and so many are counted there.`,
    )
    .join(' ');
}
