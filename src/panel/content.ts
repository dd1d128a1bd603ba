/** What a page is sent of a version: the card, its hash, and what stands around it in its frame: its policy above all. */
import { createHash } from 'node:crypto';
import type { ContentPolicy } from '../domain/preflight/content-policy.ts';
import { cardDocument } from '../preview/card-frame.ts';

export interface CardContent {
  readonly sha256: string;
  /** The part of a `card` message that is the same for everybody, from behind the comma on. */
  readonly json: string;
}

export interface VersionToShow {
  readonly action: string;
  readonly html: string;
  readonly ui: { readonly size: string; readonly position: string };
}

/** Versions never change, so what is known of one holds; the last that were asked for are kept. */
export function createContents(
  read: (versionId: string) => Promise<VersionToShow>,
  policy: ContentPolicy,
): (versionId: string) => Promise<CardContent> {
  const known = new Map<string, Promise<CardContent>>();
  return (versionId) => {
    const found = known.get(versionId) ?? read(versionId).then((version) => contentOf(version, policy));
    known.delete(versionId);
    known.set(versionId, found);
    found.catch(() => known.delete(versionId));
    for (const oldest of known.keys()) {
      if (known.size <= MAX_KNOWN) break;
      known.delete(oldest);
    }
    return found;
  };
}

const MAX_KNOWN = 200;

function contentOf({ action, html, ui }: VersionToShow, policy: ContentPolicy): CardContent {
  const sha256 = createHash('sha256').update(html).digest('hex');
  const [before, after] = cardDocument(PLACE, policy).split(PLACE);
  return { sha256, json: JSON.stringify({ title: action, html, sha256, before, after, ...ui }).slice(1) };
}

/** Stands in no policy: they are texts of printable characters. */
const PLACE = '\u0000';
