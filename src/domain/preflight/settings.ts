import type { ContentPolicy } from './content-policy.ts';
import { parsePolicy } from './content-policy.ts';
import type { BrowserMatrix } from './compat/versions.ts';
import { DEFAULT_MATRIX } from './compat/versions.ts';

/** What a card is held to. */
export interface PreflightSettings {
  /** The organisation's content policy, under which cards are shown. */
  readonly policy: ContentPolicy;
  /** Oldest browser of each kind that agents use. */
  readonly minBrowsers: BrowserMatrix;
  /** Of the html, in bytes of UTF-8. */
  readonly maxHtmlBytes: number;
}

export const DEFAULT_SETTINGS: PreflightSettings = {
  policy: parsePolicy("default-src 'self'; script-src 'self' https://cdn.genesyscloud.com"),
  minBrowsers: DEFAULT_MATRIX,
  maxHtmlBytes: 256 * 1024,
};
