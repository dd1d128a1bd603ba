/** What a plan says of itself to people: nothing is decided by it. */
import { z } from 'zod';

export interface PlanLink {
  readonly name: string;
  /** https */
  readonly url: string;
}

/** Both in the plan and in what is shown of its rollout. */
export interface About {
  /** What the rollout is for, in a sentence or two. */
  readonly description?: string | undefined;
  /** Where more of it stands: a ticket, a change record, a runbook. */
  readonly links?: readonly PlanLink[] | undefined;
}

const MAX_DESCRIPTION = 500;
const MAX_LINKS = 10;
const MAX_URL = 500;

/** No login in it, and nothing that steers a terminal or hides: it is shown to many. */
const HTTPS = /^https:\/\/[A-Za-z0-9[][A-Za-z0-9.:[\]-]*([/?#][!#-;=?-Z_a-z~[\]]*)?$/;
/** One line, without what is not seen. */
const LINE = /^\P{C}+$/u;

const line = (most: number) =>
  z.string().trim().min(1).max(most).regex(LINE, 'is more than one line, or has a character that is not seen');

export const aboutFields = {
  description: line(MAX_DESCRIPTION)
    .optional()
    .describe('What this rollout is for, in one line; shown wherever the rollout is.'),
  links: z
    .array(
      z.strictObject({
        name: line(80).describe('What is there: a ticket, a change record, a runbook.'),
        url: z.string().max(MAX_URL).regex(HTTPS, 'is no link that begins with https:// and holds no login'),
      }),
    )
    .min(1)
    .max(MAX_LINKS)
    .optional()
    .describe('Where more of it stands (https only); shown wherever the rollout is.'),
};

/** Of a plan, or of a status, what is there. */
export function aboutOf({ description, links }: About): About {
  return { ...(description !== undefined && { description }), ...(links !== undefined && { links }) };
}

/** The description, then each link in a line. */
export function aboutLines({ description, links = [] }: About): readonly string[] {
  return [...(description === undefined ? [] : [description]), ...links.map(({ name, url }) => `${name}: ${url}`)];
}
