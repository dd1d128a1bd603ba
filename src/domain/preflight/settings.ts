import type { ContentPolicy } from './content-policy.ts';
import { parsePolicy } from './content-policy.ts';
import type { BrowserVersions } from './features.ts';

/** What a card is held to. */
export interface PreflightSettings {
  readonly policy: ContentPolicy;
  /** Oldest browser of each kind that agents use. */
  readonly minBrowsers: BrowserVersions;
  /** Of the html, in bytes of UTF-8. */
  readonly maxHtmlBytes: number;
}

export const DEFAULT_SETTINGS: PreflightSettings = {
  policy: parsePolicy("default-src 'self'; script-src 'self' https://cdn.genesyscloud.com"),
  minBrowsers: { chrome: '90', firefox: '88', safari: '14' },
  maxHtmlBytes: 256 * 1024,
};
