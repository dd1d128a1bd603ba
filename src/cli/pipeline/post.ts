/** The comment goes to the request where we may write there; else to the summary of the job, if it has one. */
import { appendFile } from 'node:fs/promises';
import { findForge } from '../../compose/forge.ts';
import type { Put } from '../../forge/one-comment.ts';
import { ForgeError } from '../../forge/forge.ts';
import { MARKER, putComment } from '../../forge/one-comment.ts';
import type { Deps } from '../deps.ts';

/** Where nothing is known of the one that it goes to. */
const MAX_LENGTH = 60_000;
/** The marker, and secrets that are cut out with more than they held. */
const ROOM = MARKER.length + 400;

export interface Posted {
  readonly done: Put | 'not posted';
  /** Of what was not posted. */
  readonly why: string | null;
}

interface Posting {
  /** No longer than it is told. */
  readonly text: (maxLength: number) => string;
  /** There is something to say; else only what was said before is renewed. */
  readonly isNews: boolean;
}

/** Never fails a review: who may not write has been reviewed all the same. */
export async function postReview(deps: Deps, { text, isNews }: Posting): Promise<Posted> {
  const found = findForge(deps.env);
  if (found.forge === null) return notPosted(deps, text, found.why);
  try {
    const body = text(found.forge.maxLength - ROOM);
    return { done: await putComment(found.forge, body, { onlyRenew: !isNews }), why: null };
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    return await notPosted(deps, text, error.message);
  } finally {
    found.close();
  }
}

async function notPosted({ env }: Deps, text: Posting['text'], why: string): Promise<Posted> {
  const summary = env['GITHUB_STEP_SUMMARY'];
  if (summary) await appendFile(summary, `${text(MAX_LENGTH)}\n`);
  return { done: 'not posted', why };
}
