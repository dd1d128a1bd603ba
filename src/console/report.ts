/**
 * The report of a rollout as a page: made out of the record whenever it is opened, so that it is there from the end of
 * the rollout on, whichever process died then.
 */
import type { Context } from 'hono';
import type { Story } from '../domain/story/story.ts';
import { REPORT_POLICY, reportPage } from '../story/page.ts';
import type { Parts } from './parts.ts';
import { refusal } from './refusal.ts';

interface Asked {
  readonly action: string;
  readonly run: string | undefined;
  /** Its id: of the record, which outlives what Temporal keeps of the run. */
  readonly rollout: string | undefined;
}

/** The same file that `assist-rollouts report` writes; it is its own page, with styles in it and no script. */
export async function report(parts: Parts, c: Context, asked: Asked): Promise<Response> {
  const page = await reportPage({
    story: await storyFor(parts, asked),
    policy: parts.cardPolicy,
    writtenAt: new Date(parts.now()).toISOString(),
  });
  return c.html(page, 200, { 'content-security-policy': REPORT_POLICY });
}

async function storyFor({ reports, watches }: Parts, { action, run, rollout }: Asked): Promise<Story> {
  if (rollout !== undefined && reports !== null) return reports(action, rollout);
  const { told, view } = await watches.look(action, run);
  if (told.story !== null && (rollout === undefined || rollout === view.status.rolloutId)) return told.story;
  throw refusal(
    'console-not-found',
    rollout === undefined ? (told.missing ?? 'There is no report.') : 'Reports of the past are in the store alone.',
    rollout === undefined
      ? 'Try again in a moment.'
      : `Give the console DATABASE_URL, or type: assist-rollouts report ${action} --rollout ${rollout} --out report.html`,
  );
}
