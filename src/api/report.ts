/** The report of a rollout, out of the store: as `report --json` tells it, or as the file that `report --out` writes. */
import type { ContentPolicy } from '../domain/preflight/content-policy.ts';
import { REPORT_POLICY, reportPage } from '../story/page.ts';
import type { TellStory } from '../story/reports.ts';
import type { Answer } from './once.ts';
import { refusal } from './problem.ts';

export interface Reports {
  readonly tell: TellStory;
  /** Under which cards are shown. */
  readonly cardPolicy: ContentPolicy;
  readonly now: () => number;
}

interface Asked {
  readonly action: string;
  /** Absent: the newest of the action. */
  readonly rollout?: string | undefined;
  readonly format?: 'json' | 'html' | undefined;
}

export async function reportAnswer(reports: Reports | null, { action, rollout, format }: Asked): Promise<Answer> {
  if (reports === null)
    throw refusal(
      'api-not-here',
      'This api process has no store, and a report is made of what stands there.',
      'An admin gives it DATABASE_URL; `assist-rollouts report` writes one where that is set.',
    );
  const story = await reports.tell(action, rollout);
  if (format !== 'html') return { status: 200, body: story };
  const writtenAt = new Date(reports.now()).toISOString();
  const html = await reportPage({ story, policy: reports.cardPolicy, writtenAt });
  return { status: 200, body: {}, page: { html, policy: REPORT_POLICY } };
}
