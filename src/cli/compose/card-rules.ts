/** What cards are held to here: the organisation's own policy and browsers, where the environment names them. */
import { readCardRules } from '../../config.ts';
import { parsePolicy } from '../../domain/preflight/content-policy.ts';
import type { PreflightSettings } from '../../domain/preflight/settings.ts';
import { DEFAULT_SETTINGS } from '../../domain/preflight/settings.ts';
import { matrixOf } from '../../lint/browsers.ts';
import type { Deps } from '../deps.ts';

/** `browsers`: a browserslist query that goes before the environment's. */
export function cardRules(env: Deps['env'], browsers?: string): PreflightSettings {
  const named = readCardRules(env);
  const query = browsers ?? named.browsers;
  return {
    ...DEFAULT_SETTINGS,
    ...(named.policy === null ? {} : { policy: parsePolicy(named.policy) }),
    ...(query === null ? {} : { minBrowsers: matrixOf(query) }),
  };
}
