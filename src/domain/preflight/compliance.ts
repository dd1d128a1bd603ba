/** What a preflight comes to, in one word, and what it was made with. */
import type { Problem } from '../plan/problem.ts';
import { COMPAT_DATA_VERSION } from './compat/data.ts';
import { BROWSERS } from './compat/versions.ts';
import type { PreflightSettings } from './settings.ts';

/**
 * Version of the rules. Raised with every change that can turn a pass into a failure or a failure into a pass, so that
 * an audit tells which rules a card was held to. A rollout that starts always asks the rules of its worker, never an
 * old answer.
 */
export const PREFLIGHT_RULES_VERSION = '5';

export type PreflightStatus = 'passed' | 'passedWithWarnings' | 'failed';

export function preflightStatus(problems: readonly Problem[]): PreflightStatus {
  if (problems.some(({ severity }) => severity === 'error')) return 'failed';
  return problems.length > 0 ? 'passedWithWarnings' : 'passed';
}

/** The data behind an answer: that of the browsers, and the oldest ones that agents use. */
export function preflightDataVersion({ minBrowsers }: PreflightSettings): string {
  const browsers = BROWSERS.flatMap((browser) =>
    minBrowsers[browser] === undefined ? [] : [`${browser} ${minBrowsers[browser]}`],
  );
  return `browser-compat-data ${COMPAT_DATA_VERSION}; ${browsers.join(', ')}`;
}
