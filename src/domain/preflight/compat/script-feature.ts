import type { BrowserVersions } from './versions.ts';

/** What the code of one node asks of the browser. */
export interface ScriptFeature {
  readonly feature: string;
  readonly first: BrowserVersions | undefined;
  readonly optional?: boolean;
}
