/**
 * The report of a rollout as a page: made out of the record whenever it is opened, so that it is there from the end of
 * the rollout on, whichever process died then.
 */
import { setTimeout as sleep } from 'node:timers/promises';
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

/** A rollout shows that it has ended a moment before that is on record. */
const END_LOOKS = 20;
const END_PAUSE_MS = 500;

/** What is written down says nothing else than the page that leads to it. */
async function storyFor(parts: Parts, asked: Asked): Promise<Story> {
  if (asked.rollout !== undefined && parts.reports !== null) return parts.reports(asked.action, asked.rollout);
  for (let left = END_LOOKS; ; left -= 1) {
    const { story, hasEnded } = await newestOf(parts, asked);
    if (!hasEnded || story.rollout.endedAt !== null || left === 0) return story;
    await sleep(END_PAUSE_MS);
  }
}

async function newestOf(
  { reports, watches }: Parts,
  { action, run, rollout }: Asked,
): Promise<{ readonly story: Story; readonly hasEnded: boolean }> {
  const { told, view } = await watches.look(action, run);
  const { rolloutId, endedAt } = view.status;
  const hasEnded = endedAt !== null;
  if (reports !== null) return { story: await reports(action, rolloutId), hasEnded };
  if (told.story !== null && (rollout === undefined || rollout === rolloutId)) return { story: told.story, hasEnded };
  throw refusal(
    'console-not-found',
    rollout === undefined ? (told.missing ?? 'There is no report.') : 'Reports of the past are in the store alone.',
    rollout === undefined
      ? 'Try again in a moment.'
      : `Give the console DATABASE_URL, or type: assist-rollouts report ${action} --rollout ${rollout} --out report.html`,
  );
}
